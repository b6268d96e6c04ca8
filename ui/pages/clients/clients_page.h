// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/clients/client_row.h"
#include "ui/widgets/page.h"

namespace weir::ui {

class ClientFigures;
class DataTable;
class KeyValueList;
class SearchField;
class SegmentedControl;
class TrafficMap;

/// Who is connected: every connection with its library, rates and errors, and a map of who writes to and reads what.
class ClientsPage : public Page {
    Q_OBJECT

public:
    explicit ClientsPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;

private:
    QWidget* buildInspector();
    void showState();
    void showClient(int row);
    void disconnectSelected();

    KeyedModel<ClientRow>* m_model;
    SearchField* m_search;
    SegmentedControl* m_kind;
    DataTable* m_table;
    TrafficMap* m_map;
    QLabel* m_title;
    KeyValueList* m_detail;
    KeyValueList* m_apis;
    /// nullptr: this cluster cannot tell.
    ClientFigures* m_figures = nullptr;
    QAction* m_disconnect;
    SnapshotPtr m_before = std::make_shared<const Snapshot>();
    std::uint64_t m_shown = 0;
};

}  // namespace weir::ui
