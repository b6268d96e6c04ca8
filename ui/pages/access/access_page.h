// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/access/access_models.h"
#include "ui/widgets/page.h"

class QStackedWidget;

namespace weir::ui {

class DataTable;
class SearchField;
class SegmentedControl;

/// Who may use the cluster and how much of it: users with passwords, access rules, quotas. Asked for when the page
/// comes to the front and after each change; nothing here moves by itself.
class AccessPage : public Page {
    Q_OBJECT

public:
    explicit AccessPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;
    void refresh() override;
    /// Sections "users", "rules", "quotas".
    void open(const NavigationTarget& target) override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    template <class Row>
    DataTable* buildTable(const QString& name, const QString& title, KeyedModel<Row>* model, const QList<int>& widths,
                          int stretch);
    void showSection(int index);
    void showState();
    void failed(const ClusterError& error);
    [[nodiscard]] DataTable* table() const;
    void add();
    void edit();
    void remove();
    void removeUsers(const QList<int>& rows);
    void removeRules(const QList<int>& rows);
    void removeQuotas(const QList<int>& rows);

    QAction* m_add;
    QAction* m_edit;
    QAction* m_remove;
    SearchField* m_search;
    SegmentedControl* m_sections;
    QStackedWidget* m_stack;
    KeyedModel<UserRow>* m_users;
    KeyedModel<RuleRow>* m_rules;
    KeyedModel<QuotaRow>* m_quotas;
    DataTable* m_userTable;
    DataTable* m_ruleTable;
    DataTable* m_quotaTable;
    Banner* m_note;
    bool m_areEnforced = false;
};

}  // namespace weir::ui
