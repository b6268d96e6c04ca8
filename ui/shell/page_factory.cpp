// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_factory.h"

#include <utility>

namespace weir::ui {

void PageFactory::add(PageInfo info, Creator creator) {
    m_entries.push_back({std::move(info), std::move(creator)});
}

const PageInfo* PageFactory::info(PageKind kind) const {
    for (const Entry& entry : m_entries) {
        if (entry.info.kind == kind) {
            return &entry.info;
        }
    }
    return nullptr;
}

const PageInfo* PageFactory::infoById(const QString& id) const {
    for (const Entry& entry : m_entries) {
        if (entry.info.id == id) {
            return &entry.info;
        }
    }
    return nullptr;
}

std::vector<PageInfo> PageFactory::listed() const {
    std::vector<PageInfo> result;
    for (const Entry& entry : m_entries) {
        if (entry.info.isListed) {
            result.push_back(entry.info);
        }
    }
    return result;
}

Page* PageFactory::create(Backend& backend, const NavigationTarget& target) const {
    for (const Entry& entry : m_entries) {
        if (entry.info.kind == target.kind) {
            return entry.creator(backend, target);
        }
    }
    return nullptr;
}

}  // namespace weir::ui
