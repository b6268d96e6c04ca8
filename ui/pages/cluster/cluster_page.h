// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

class QStackedWidget;

namespace weir::ui {

class ClusterSection;
class SearchField;
class SegmentedControl;

/// How the cluster itself stands: log folders, metadata quorum, features. Only what is in front is asked for.
class ClusterPage : public Page {
    Q_OBJECT

public:
    explicit ClusterPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;
    void refresh() override;
    /// Sections "folders", "quorum", "features".
    void open(const NavigationTarget& target) override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void addSection(ClusterSection* section);
    void showSection(int index);
    [[nodiscard]] ClusterSection* current() const;

    SegmentedControl* m_sections;
    SearchField* m_search;
    QStackedWidget* m_stack;
};

}  // namespace weir::ui
