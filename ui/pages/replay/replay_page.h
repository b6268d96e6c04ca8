// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

namespace weir::ui {

class KeyValueList;
class ReplayForm;
class UnfinishedList;

/// Do it again: a selection of records to any topic, with a dry run first.
class ReplayPage : public Page {
    Q_OBJECT

public:
    explicit ReplayPage(Backend& backend, QWidget* parent = nullptr);
    void open(const NavigationTarget& target) override;
    void focusSearch() override;

private:
    QWidget* buildDryRun();
    void dryRun();
    void start();
    void showDryRun(const DryRun& run);
    void forgetDryRun();
    void showTargets();
    void showActions();

    ReplayForm* m_form;
    QAction* m_dry;
    QAction* m_start;
    QLabel* m_dryState;
    KeyValueList* m_dryFacts;
    QLabel* m_warnings;
    UnfinishedList* m_unfinished;
    int m_asked = 0;
};

}  // namespace weir::ui
