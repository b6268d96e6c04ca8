// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/cluster/cluster_models.h"
#include "ui/pages/cluster/cluster_section.h"

namespace weir::ui {

class DataTable;
class StatTile;

/// Who keeps the cluster's metadata, and how far behind each of them is.
class QuorumSection : public ClusterSection {
    Q_OBJECT

public:
    explicit QuorumSection(Backend& backend, QWidget* parent = nullptr);
    void setFilterText(const QString& text) override;

protected:
    void question() override;

private:
    void showQuorum(const QuorumInfo& info);

    StatTile* m_leader;
    StatTile* m_highWatermark;
    StatTile* m_lag;
    StatTile* m_members;
    KeyedModel<QuorumRow>* m_model;
    DataTable* m_table;
};

}  // namespace weir::ui
