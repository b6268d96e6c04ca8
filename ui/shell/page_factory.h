// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include "ui/widgets/page.h"

namespace weir::ui {

struct PageInfo {
    PageKind kind = PageKind::kOverview;
    /// What sessions remember it by; never changes.
    QString id;
    QString title;
    QString icon;
    /// Has an entry in the navigation; the others are reached from a list (a topic, a group).
    bool isListed = true;
};

/// Makes pages by kind, so that the window knows none of them by name.
class PageFactory {
public:
    using Creator = std::function<Page*(Backend&, const NavigationTarget&)>;

    void add(PageInfo info, Creator creator);
    /// nullptr for a kind that nobody added.
    [[nodiscard]] const PageInfo* info(PageKind kind) const;
    [[nodiscard]] const PageInfo* infoById(const QString& id) const;
    /// In the order of adding.
    [[nodiscard]] std::vector<PageInfo> listed() const;
    /// A new page without a parent; nullptr for an unknown kind.
    [[nodiscard]] Page* create(Backend& backend, const NavigationTarget& target) const;

private:
    struct Entry {
        PageInfo info;
        Creator creator;
    };
    std::vector<Entry> m_entries;
};

}  // namespace weir::ui
