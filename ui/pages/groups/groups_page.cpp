// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/groups_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <algorithm>
#include <set>

#include "ui/pages/groups/group_panels.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kAskedAtOnce = 8;

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

QStringList topicsOf(const GroupSnapshot& group) {
    std::set<std::string> names;
    for (const CommittedOffset& commit : group.offsets) {
        names.insert(commit.partition.topic);
    }
    for (const GroupMemberSnapshot& member : group.members) {
        names.insert(member.subscribed.begin(), member.subscribed.end());
    }
    QStringList topics;
    for (const std::string& name : names) {
        topics.append(QString::fromStdString(name));
    }
    return topics;
}

QVariant stateData(const GroupRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return wordOf(row.state);
        case kChipRole:
            return tinted(tintOf(row.state));
        case Qt::ToolTipRole:
            return meaningOf(row.state);
        default:
            return {};
    }
}

QVariant topicsData(const GroupRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.topics.isEmpty() ? kNone : shortList(row.topics);
        case Qt::ToolTipRole:
            return row.topics.join(QLatin1Char('\n')).toHtmlEscaped();
        case kMonoRole:
            return true;
        case kTintRole:
            return tinted(Tint::kTextSecondary);
        default:
            return {};
    }
}

QVariant lagData(const GroupRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatCountOrNone(row.lag);
        case kSortRole:
            return QVariant::fromValue<qint64>(row.lag);
        case kTintRole:
            return tinted(row.lag > 0 ? Tint::kWarnText : row.lag == 0 ? Tint::kOkText : Tint::kTextDisabled);
        case Qt::ToolTipRole:
            return row.lag < 0 ? GroupsPage::tr("The group has committed nothing.")
                               : GroupsPage::tr("Records still to be read, over all partitions.");
        default:
            return {};
    }
}

QVariant timeLagData(const GroupRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.timeLagMs == 0 ? GroupsPage::tr("caught up") : formatDuration(row.timeLagMs);
        case kSortRole:
            return QVariant::fromValue<qint64>(row.timeLagMs);
        case kTintRole:
            return tinted(row.timeLagMs > 0 ? Tint::kText : Tint::kTextSecondary);
        case Qt::ToolTipRole:
            return GroupsPage::tr("Age of the oldest record that is still to be read.");
        default:
            return {};
    }
}

std::vector<KeyedColumn<GroupRow>> groupColumns() {
    std::vector<KeyedColumn<GroupRow>> columns;
    columns.push_back({GroupsPage::tr("Group"), [](const GroupRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(QString::fromStdString(row.id))
                                  : role == kMonoRole     ? QVariant(true)
                                                          : QVariant();
                       }});
    columns.push_back({GroupsPage::tr("State"), stateData});
    columns.push_back({GroupsPage::tr("Type"), [](const GroupRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(wordOf(row.type)) : QVariant();
                       }});
    columns.push_back({GroupsPage::tr("Members"),
                       [](const GroupRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(formatCount(row.members))
                                  : role == kSortRole     ? QVariant(row.members)
                                                          : QVariant();
                       },
                       {},
                       true});
    columns.push_back({GroupsPage::tr("Topics"), topicsData});
    columns.push_back({GroupsPage::tr("Lag"), lagData, {}, true});
    columns.push_back({GroupsPage::tr("Trend"),
                       [](const GroupRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(wordOf(row.trend))
                                  : role == kTintRole     ? tinted(tintOf(row.trend))
                                  : role == kSortRole     ? QVariant(static_cast<int>(row.trend))
                                                          : QVariant();
                       },
                       GroupsPage::tr("Of the lag, over the last twenty seconds")});
    columns.push_back({GroupsPage::tr("Time lag"), timeLagData, {}, true});
    return columns;
}

}  // namespace

GroupsPage::GroupsPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("groups"), parent) {
    setTitle(tr("Groups"));
    m_search = new SearchField(tr("Search groups"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    toolRow()->addWidget(m_search, 1);
    toolRow()->addStretch(2);
    m_delete = new QAction(Theme::of().icon(QStringLiteral("delete")), tr("Delete group"), this);
    m_delete->setShortcut(QKeySequence::Delete);
    m_delete->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_delete);
    connect(m_delete, &QAction::triggered, this, &GroupsPage::removeSelected);
    forbid(m_delete, forbidden(Feature::kEdit));
    buildTable();
    auto* empty = new EmptyState(QStringLiteral("groups"), tr("No consumer groups yet."), this);
    empty->setDetail(
        tr("A group appears when a consumer with a group.id connects to %1 or commits an offset. Its members "
           "share the partitions of a topic; here you see who reads what, and how far behind.")
            .arg(backend.facts().bootstrap));
    auto* code = new QAction(tr("Show code that reads"), this);
    connect(code, &QAction::triggered, this, [this] { go(NavigationTarget()); });
    empty->addStep(code);
    setEmptyState(empty);
    connect(&backend.live(), &LiveFeed::changed, this, &GroupsPage::showRows);
    showRows();
}

void GroupsPage::buildTable() {
    m_model = new KeyedModel<GroupRow>(groupColumns(), this);
    m_table = new DataTable(backend().settings(), QStringLiteral("groups"), this);
    m_table->setDefaultWidths({240, 170, 90, 76, 220, 110, 100, 110});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(0);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Groups"));
    setContent(m_table);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const GroupRow* group = m_model->rowAt(row)) {
            openGroup(QString::fromStdString(group->id));
        }
    });
    connect(m_table, &DataTable::menuRequested, this, &GroupsPage::showMenu);
    connect(m_search, &SearchField::searched, m_table, &DataTable::setFilterText);
}

void GroupsPage::showRows() {
    LiveFeed& live = backend().live();
    const SnapshotPtr snapshot = live.current();
    std::vector<GroupRow> rows;
    rows.reserve(snapshot->groups.size());
    int behind = 0;
    for (const auto& group : snapshot->groups) {
        const QString id = QString::fromStdString(group->id);
        GroupRow row;
        row.id = group->id;
        row.state = group->state;
        row.type = group->type;
        row.members = static_cast<int>(group->members.size());
        row.topics = topicsOf(*group);
        row.lag = live.groupLag(id);
        m_trends[id].add(snapshot->takenAt, row.lag);
        row.trend = m_trends[id].trend();
        row.timeLagMs = row.lag == 0 ? 0 : row.lag < 0 ? -1 : m_timeLags.value(id, -1);
        behind += row.lag > 0 ? 1 : 0;
        rows.push_back(std::move(row));
    }
    m_model->setRows(std::move(rows));
    setFacts(tr("%1 · %2 behind").arg(plural(m_model->rowCount(), tr("group"), tr("groups")), formatCount(behind)));
    if (snapshot->groups.empty()) {
        showEmpty();
    } else {
        showContent();
    }
    if (isVisible()) {
        askTimeLags();
    }
}

void GroupsPage::askTimeLags() {
    const auto& rows = m_model->rows();
    for (std::size_t tried = 0; tried < rows.size() && m_asking.size() < kAskedAtOnce; ++tried) {
        m_next = (m_next + 1) % static_cast<int>(rows.size());
        const GroupRow& row = rows[static_cast<std::size_t>(m_next)];
        const QString id = QString::fromStdString(row.id);
        if (row.lag <= 0 || m_asking.contains(id)) {
            continue;
        }
        m_asking.append(id);
        backend().groups().lag(id, this, [this, id](const ClusterResult<std::vector<PartitionLag>>& answer) {
            m_asking.removeAll(id);
            std::int64_t oldest = -1;
            if (answer.ok()) {
                for (const PartitionLag& lag : answer.value()) {
                    oldest = std::max(oldest, lag.timeLagMs);
                }
            }
            m_timeLags.insert(id, oldest);
        });
    }
}

QStringList GroupsPage::selectedGroups() const {
    QStringList ids;
    for (const int row : m_table->selectedSourceRows()) {
        if (const GroupRow* group = m_model->rowAt(row)) {
            ids.append(QString::fromStdString(group->id));
        }
    }
    return ids;
}

void GroupsPage::removeSelected() {
    const QStringList groups = selectedGroups();
    if (groups.isEmpty()) {
        return;
    }
    auto* panel = new DeleteGroupsPanel(backend(), groups, this);
    connect(panel, &DeleteGroupsPanel::finished, this, [this](const QStringList& deleted) {
        say(tr("Deleted %1.")
                .arg(deleted.size() == 1 ? deleted.front() : plural(deleted.size(), tr("group"), tr("groups"))));
    });
    openPanel(panel);
}

void GroupsPage::showMenu(const QPoint& at) {
    const QStringList groups = selectedGroups();
    if (groups.isEmpty()) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* openAction = menu->addAction(Theme::of().icon(QStringLiteral("groups")), tr("Open"));
    connect(openAction, &QAction::triggered, this, [this, groups] {
        for (const QString& group : groups) {
            openGroup(group);
        }
    });
    auto* reset = menu->addAction(Theme::of().icon(QStringLiteral("undo")), tr("Reset offsets"));
    reset->setEnabled(groups.size() == 1);
    forbid(reset, forbidden(Feature::kGroupOffsets));
    connect(reset, &QAction::triggered, this, [this, group = groups.front()] {
        NavigationTarget target;
        target.kind = PageKind::kGroup;
        target.subject = group;
        target.section = QStringLiteral("reset");
        go(target);
    });
    menu->addSeparator();
    menu->addAction(m_delete);
    menu->popup(at);
}

void GroupsPage::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

}  // namespace weir::ui
