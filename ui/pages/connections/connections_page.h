// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

namespace weir::ui {

/// The clusters that Weir can open a window onto, beside its own broker.
class ConnectionsPage : public Page {
    Q_OBJECT

public:
    explicit ConnectionsPage(Backend& backend, QWidget* parent = nullptr);

private:
    void fill();
    QWidget* makeCard(const ConnectionProfile& profile, QWidget* parent);
    void edit(const ConnectionProfile& profile);
    void addFileActions();
    void importFile();
    void exportFile();
    void openFolder();
    void tell(const ClusterResult<int>& count, const QString& sentence);

    Connections* m_connections;
    QWidget* m_list;
    QVBoxLayout* m_column;
};

}  // namespace weir::ui
