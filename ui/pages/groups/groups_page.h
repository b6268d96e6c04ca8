// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>

#include "ui/pages/groups/lag_trend.h"
#include "ui/widgets/keyed_model.h"
#include "ui/widgets/page.h"

namespace weir::ui {

class DataTable;
class SearchField;

struct GroupRow {
    std::string id;
    GroupState state = GroupState::kUnknown;
    GroupType type = GroupType::kClassic;
    int members = 0;
    QStringList topics;
    std::int64_t lag = -1;
    std::int64_t timeLagMs = -1;
    Trend trend = Trend::kUnknown;

    [[nodiscard]] const std::string& key() const { return id; }
    bool operator==(const GroupRow&) const = default;
};

/// Who reads, and who falls behind.
class GroupsPage : public Page {
    Q_OBJECT

public:
    explicit GroupsPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;

private:
    void buildTable();
    void showRows();
    void askTimeLags();
    void removeSelected();
    void showMenu(const QPoint& at);
    [[nodiscard]] QStringList selectedGroups() const;

    KeyedModel<GroupRow>* m_model = nullptr;
    DataTable* m_table = nullptr;
    SearchField* m_search = nullptr;
    QAction* m_delete = nullptr;
    QHash<QString, LagTrend> m_trends;
    QHash<QString, std::int64_t> m_timeLags;
    /// Groups whose time lag is asked for now; a few at a time, in turn.
    QStringList m_asking;
    int m_next = 0;
};

}  // namespace weir::ui
