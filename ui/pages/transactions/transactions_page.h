// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/transactions/transaction_words.h"
#include "ui/widgets/pace.h"
#include "ui/widgets/page.h"

namespace weir::ui {

class DataTable;
class KeyValueList;
class SearchField;
class SegmentedControl;

/// Every transactional id: what is open, since when, where it holds readers of committed data; and the abort.
class TransactionsPage : public Page {
    Q_OBJECT

public:
    explicit TransactionsPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;
    void refresh() override;
    /// `subject` is a transactional id to choose.
    void open(const NavigationTarget& target) override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildTable();
    QWidget* buildDetail();
    void ask();
    void showRows();
    void showDetail();
    void abort();
    [[nodiscard]] const TransactionRow* current() const;

    QAction* m_abort;
    SearchField* m_search;
    SegmentedControl* m_scope;
    DataTable* m_table;
    KeyedModel<TransactionRow>* m_model;
    QLabel* m_meaning;
    KeyValueList* m_facts;
    DataTable* m_places;
    KeyedModel<PlaceRow>* m_placeModel;
    std::vector<TransactionInfo> m_all;
    std::string m_wanted;
    Pace m_pace{1000};
    bool m_failed = false;
};

}  // namespace weir::ui
