// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/groups/group_models.h"
#include "ui/pages/groups/lag_trend.h"
#include "ui/widgets/page.h"

class QStackedWidget;

namespace weir::ui {

class AssignmentMatrix;
class ConfigEditor;
class DataTable;
class DeliverySection;
class HistoryChart;
class SegmentedControl;
class StatTile;
class TasksSection;

/// One group of any type: where it stands in each partition, who reads what, its rebalances and its settings; of a
/// share group what was delivered, of a streams group its tasks; and its offsets to be moved.
class GroupPage : public Page {
    Q_OBJECT

public:
    GroupPage(Backend& backend, const QString& group, QWidget* parent = nullptr);
    void refresh() override;
    /// Sections "partitions", "deliveries", "tasks", "assignment", "rebalances", "settings"; "reset" opens the panel.
    void open(const NavigationTarget& target) override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

private:
    void buildActions();
    /// Once the group's type is known.
    void buildSections(GroupType type);
    void addSection(const QString& id, QWidget* widget);
    QWidget* buildSettings();
    void showSection(int index);
    void loadSettings();
    void applySettings(const std::vector<ConfigChange>& changes);
    QWidget* buildPartitions();
    QWidget* buildAssignment();
    QWidget* buildRebalances();
    void showState();
    void showGone();
    void askLag();
    void showLag(const std::vector<PartitionLag>& lags);
    void reset();
    void undoReset();
    void removeGroup();
    void removeMember(const QString& member);
    void partitionMenu(const QPoint& at);

    QString m_group;
    QAction* m_reset = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_removeMember = nullptr;
    QAction* m_delete = nullptr;
    SegmentedControl* m_sections = nullptr;
    QStackedWidget* m_stack = nullptr;
    QStringList m_ids;
    QString m_wantedSection;
    DeliverySection* m_deliveries = nullptr;
    TasksSection* m_tasks = nullptr;
    ConfigEditor* m_settings = nullptr;
    bool m_settingsLoaded = false;
    StatTile* m_lagTile = nullptr;
    StatTile* m_timeTile = nullptr;
    StatTile* m_stateTile = nullptr;
    StatTile* m_memberTile = nullptr;
    HistoryChart* m_chart = nullptr;
    DataTable* m_table = nullptr;
    KeyedModel<LagRow>* m_model = nullptr;
    AssignmentMatrix* m_matrix = nullptr;
    QLabel* m_matrixNote = nullptr;
    KeyedModel<RebalanceRow>* m_rebalances = nullptr;
    DataTable* m_rebalanceTable = nullptr;
    LagTrend m_trend;
    bool m_asking = false;
    bool m_lagFailed = false;
    bool m_askAgain = false;
};

}  // namespace weir::ui
