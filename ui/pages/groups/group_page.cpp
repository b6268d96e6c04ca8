// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/group_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/pages/groups/assignment_matrix.h"
#include "ui/pages/groups/delivery_section.h"
#include "ui/pages/groups/group_panels.h"
#include "ui/pages/groups/group_words.h"
#include "ui/pages/groups/reset_panel.h"
#include "ui/pages/groups/tasks_section.h"
#include "ui/widgets/card.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/history_chart.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

const QString kSettings = QStringLiteral("settings");

}  // namespace

GroupPage::GroupPage(Backend& backend, const QString& group, QWidget* parent)
    : Page(backend, QStringLiteral("group"), parent), m_group(group) {
    setTitle(group);
    buildActions();
    m_stack = new QStackedWidget(this);
    setContent(m_stack);
    setEmptyState(new EmptyState(QStringLiteral("groups"), tr("There is no group %1 any more.").arg(group), this));
    connect(&backend.live(), &LiveFeed::changed, this, &GroupPage::showState);
    showState();
}

void GroupPage::buildSections(GroupType type) {
    QStringList titles{tr("Partitions")};
    addSection(QStringLiteral("partitions"), buildPartitions());
    if (type == GroupType::kShare) {
        m_deliveries = new DeliverySection(backend(), m_group, m_stack);
        titles.append(tr("Deliveries"));
        addSection(QStringLiteral("deliveries"), m_deliveries);
        connect(m_deliveries, &DeliverySection::failed, this, &GroupPage::showProblem);
        connect(m_deliveries, &DeliverySection::opened, this, [this](const TopicPartition& partition, Offset from) {
            RecordQuery query;
            query.topic = QString::fromStdString(partition.topic);
            query.partitions = {partition.partition};
            query.start.kind = StartKind::kOffset;
            query.start.offset = from;
            openMessages(query);
        });
    } else if (type == GroupType::kStreams) {
        m_tasks = new TasksSection(backend(), m_group, m_stack);
        titles.append(tr("Tasks"));
        addSection(QStringLiteral("tasks"), m_tasks);
        connect(m_tasks, &TasksSection::failed, this, &GroupPage::showProblem);
    }
    addSection(QStringLiteral("assignment"), buildAssignment());
    addSection(QStringLiteral("rebalances"), buildRebalances());
    titles += QStringList{tr("Assignment"), tr("Rebalances")};
    if (type != GroupType::kClassic) {
        titles.append(tr("Settings"));
        addSection(kSettings, buildSettings());
    }
    m_sections = new SegmentedControl(titles, this);
    m_sections->setAccessibleName(tr("Section"));
    addHeaderWidget(m_sections);
    connect(m_sections, &SegmentedControl::chosen, this, &GroupPage::showSection);
    showSection(static_cast<int>(m_ids.indexOf(m_wantedSection)));
}

void GroupPage::addSection(const QString& id, QWidget* widget) {
    m_ids.append(id);
    m_stack->addWidget(widget);
}

QWidget* GroupPage::buildSettings() {
    auto* holder = new QWidget(m_stack);
    auto* column = new QVBoxLayout(holder);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_settings =
        new ConfigEditor(backend().settings(), QStringLiteral("group/config"), ConfigEditor::Bar::kWithApply, holder);
    m_settings->setForbidden(
        forbidden(backend().facts().capabilities.has(Feature::kEdit) ? Feature::kConfigs : Feature::kEdit));
    column->addWidget(m_settings);
    connect(m_settings, &ConfigEditor::applyRequested, this, &GroupPage::applySettings);
    return holder;
}

void GroupPage::showSection(int index) {
    if (m_sections == nullptr || index < 0 || index >= m_stack->count()) {
        return;
    }
    m_sections->setCurrent(index);
    m_stack->setCurrentIndex(index);
    if (m_ids.at(index) == kSettings && !m_settingsLoaded) {
        loadSettings();
    }
    showState();
}

void GroupPage::loadSettings() {
    m_settingsLoaded = true;
    backend().operations().describeGroupConfig(m_group, this,
                                               [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
                                                   if (answer.ok()) {
                                                       m_settings->setEntries(answer.value());
                                                   } else {
                                                       m_settingsLoaded = false;
                                                       showProblem(QString::fromStdString(answer.error().message));
                                                   }
                                               });
}

void GroupPage::applySettings(const std::vector<ConfigChange>& changes) {
    m_settings->setBusy(true);
    clearProblem();
    backend().operations().alterGroupConfig(
        m_group, changes, this, [this, count = static_cast<qint64>(changes.size())](const ClusterResult<void>& answer) {
            m_settings->setBusy(false);
            if (!answer.ok()) {
                showProblem(QString::fromStdString(answer.error().message));
                return;
            }
            m_settings->discard();
            say(tr("Applied %1.").arg(plural(count, tr("change"), tr("changes"))));
            loadSettings();
        });
}

void GroupPage::buildActions() {
    const auto action = [this](const char* icon, const QString& text, auto slot) {
        auto* made = new QAction(Theme::of().icon(QString::fromLatin1(icon)), text, this);
        connect(made, &QAction::triggered, this, slot);
        return made;
    };
    m_reset = action("replay", tr("Reset offsets"), &GroupPage::reset);
    m_undo = action("undo", tr("Undo last reset"), &GroupPage::undoReset);
    m_removeMember = action("user-remove", tr("Remove a member"), [this] { removeMember(QString()); });
    m_delete = action("delete", tr("Delete group"), &GroupPage::removeGroup);
    addHeaderAction(m_reset);
    forbid(m_undo, forbidden(Feature::kGroupOffsets));
    addMenuAction(m_undo);
    addMenuAction(m_removeMember);
    addMenuSeparator();
    addMenuAction(m_delete);
}

QWidget* GroupPage::buildPartitions() {
    auto* page = new QWidget(m_stack);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kGroupGap);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, 0);
    top->setSpacing(Theme::kGroupGap);
    auto* tiles = new QGridLayout;
    tiles->setSpacing(Theme::kGroupGap);
    m_lagTile = new StatTile(tr("Lag"), page);
    m_timeTile = new StatTile(tr("Time lag"), page);
    m_stateTile = new StatTile(tr("State"), page);
    m_memberTile = new StatTile(tr("Members"), page);
    tiles->addWidget(m_lagTile, 0, 0);
    tiles->addWidget(m_timeTile, 0, 1);
    tiles->addWidget(m_stateTile, 1, 0);
    tiles->addWidget(m_memberTile, 1, 1);
    tiles->setRowStretch(2, 1);
    top->addLayout(tiles, 2);
    auto* card = new Card(tr("Lag over time"), page);
    m_chart = new HistoryChart(backend().live(), card);
    m_chart->addSeries(tr("Lag"), Series::kGroupLag, m_group, Tint::kWarn);
    m_chart->setFormat([](double value) { return formatShortCount(value); });
    m_chart->setEmptyText(tr("No lag was measured in this time."));
    m_chart->setMinimumHeight(Theme::of().px(136));
    card->head()->addWidget(m_chart->spans());
    card->body()->addWidget(m_chart, 1);
    card->setFixedHeight(Theme::of().px(192));
    top->addWidget(card, 3);
    column->addLayout(top);
    m_model = new KeyedModel<LagRow>(lagColumns(), this);
    m_table = new DataTable(backend().settings(), QStringLiteral("group"), page);
    m_table->setDefaultWidths({220, 180, 130, 110, 110, 100, 100});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(1);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Partitions"));
    column->addWidget(m_table, 1);
    connect(m_chart, &HistoryChart::failed, this, &GroupPage::showProblem);
    connect(m_table, &DataTable::menuRequested, this, &GroupPage::partitionMenu);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const LagRow* lag = m_model->rowAt(row)) {
            RecordQuery query;
            query.topic = QString::fromStdString(lag->lag.partition.topic);
            query.partitions = {lag->lag.partition.partition};
            query.start.kind = StartKind::kGroup;
            query.start.group = m_group;
            openMessages(query);
        }
    });
    return page;
}

QWidget* GroupPage::buildAssignment() {
    auto* area = new QScrollArea(m_stack);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setAccessibleName(tr("Assignment"));
    auto* inside = new QWidget(area);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGroupGap);
    m_matrixNote = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, inside);
    m_matrixNote->setWordWrap(true);
    column->addWidget(m_matrixNote);
    m_matrix = new AssignmentMatrix(inside);
    column->addWidget(m_matrix, 0, Qt::AlignLeft);
    column->addStretch(1);
    area->setWidget(inside);
    connect(m_matrix, &AssignmentMatrix::memberMenu, this, [this](const QString& member, const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        auto* remove = menu->addAction(Theme::of().icon(QStringLiteral("user-remove")), tr("Remove this member"));
        forbid(remove, forbidden(Feature::kRemoveMember));
        connect(remove, &QAction::triggered, this, [this, member] { removeMember(member); });
        menu->popup(at);
    });
    return area;
}

QWidget* GroupPage::buildRebalances() {
    m_rebalances = new KeyedModel<RebalanceRow>(rebalanceColumns(), this);
    m_rebalanceTable = new DataTable(backend().settings(), QStringLiteral("group/rebalances"), m_stack);
    m_rebalanceTable->setDefaultWidths({110, 90, 90, 220, 170, 170, 80});
    m_rebalanceTable->setDefaultSort(0, Qt::DescendingOrder);
    m_rebalanceTable->setStretchColumn(3);
    m_rebalanceTable->setSource(m_rebalances);
    m_rebalanceTable->setAccessibleName(tr("Rebalances"));
    if (const std::string why = backend().facts().capabilities.whyNot(Feature::kRebalances); !why.empty()) {
        m_rebalanceTable->setEmptyText(QString::fromStdString(why));
    }
    return m_rebalanceTable;
}

void GroupPage::showGone() {
    showEmpty();
    setFacts(QString());
    for (QAction* action : {m_reset, m_removeMember, m_delete}) {
        action->setEnabled(false);
        action->setToolTip(tr("The group is gone."));
    }
}

void GroupPage::showState() {
    const SnapshotPtr snapshot = backend().live().current();
    const GroupSnapshot* group = snapshot->findGroup(m_group.toStdString());
    m_undo->setEnabled(backend().groups().canUndoReset(m_group));
    m_undo->setToolTip(m_undo->isEnabled() ? QString() : tr("Nothing was reset in this session."));
    if (group == nullptr) {
        showGone();
        return;
    }
    if (m_sections == nullptr) {
        buildSections(group->type);
    }
    showContent();
    const bool isShare = group->type == GroupType::kShare;
    if (m_deliveries != nullptr) {
        m_deliveries->update();
    }
    if (m_tasks != nullptr) {
        m_tasks->update();
    }
    const std::int64_t lag = backend().live().groupLag(m_group);
    m_trend.add(snapshot->takenAt, lag);
    setFacts(tr("%1 · %2 · %3")
                 .arg(wordOf(group->state), wordOf(group->type),
                      plural(static_cast<qint64>(group->members.size()), tr("member"), tr("members"))));
    m_lagTile->setFigure(formatCountOrNone(lag));
    m_lagTile->setDetail(m_trend.trend() == Trend::kUnknown ? tr("records to read") : wordOf(m_trend.trend()));
    m_stateTile->setFigure(wordOf(group->state));
    m_stateTile->setToolTip(meaningOf(group->state));
    m_stateTile->setDetail(group->protocolName.empty()
                               ? wordOf(group->type)
                               : tr("%1 assignor").arg(QString::fromStdString(group->protocolName)));
    const auto idle = std::count_if(group->members.begin(), group->members.end(),
                                    [](const auto& member) { return member.assigned.empty(); });
    m_memberTile->setFigure(formatCount(static_cast<qint64>(group->members.size())));
    m_memberTile->setDetail(idle > 0 ? tr("%1 idle").arg(formatCount(idle))
                                     : tr("generation %1").arg(group->generation.value));
    m_matrix->setGroup(group);
    m_matrixNote->setText(group->members.empty() ? tr("Nobody reads: the group has no members. Its offsets wait.")
                          : idle > 0
                              ? tr("%1 idle: a partition is read by one member of a group only, and there are fewer "
                                   "partitions than members.")
                                    .arg(plural(idle, tr("member is"), tr("members are")))
                          : isShare ? tr("Members share partitions: each record goes to one of those that have its "
                                         "partition.")
                                    : tr("Each partition is read by exactly one member of the group."));
    std::vector<RebalanceRow> events;
    for (const RebalanceEvent& event : group->rebalances) {
        events.push_back({event});
    }
    std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    events.erase(
        std::unique(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.key() == b.key(); }),
        events.end());
    m_rebalances->setRows(std::move(events));
    for (QAction* action : {m_reset, m_removeMember, m_delete}) {
        action->setEnabled(true);
        action->setToolTip(QString());
    }
    m_removeMember->setEnabled(!group->members.empty());
    m_removeMember->setToolTip(group->members.empty() ? tr("The group has no members.") : QString());
    m_delete->setEnabled(group->members.empty());
    m_delete->setToolTip(group->members.empty() ? QString() : tr("A group with members cannot be deleted."));
    for (const auto& [action, feature] :
         {std::pair(m_reset, Feature::kGroupOffsets), std::pair(m_removeMember, Feature::kRemoveMember),
          std::pair(m_delete, Feature::kEdit)}) {
        if (const QString why = forbidden(feature); !why.isEmpty()) {
            action->setEnabled(false);
            action->setToolTip(why);
        }
    }
    askLag();
}

void GroupPage::askLag() {
    // One question at a time; a slow cluster is asked more slowly.
    if (m_asking) {
        m_askAgain = true;
        return;
    }
    m_asking = true;
    m_askAgain = false;
    backend().groups().lag(m_group, this, [this](const ClusterResult<std::vector<PartitionLag>>& answer) {
        m_asking = false;
        if (answer.ok()) {
            // Only this question's own failure is taken back.
            if (std::exchange(m_lagFailed, false)) {
                clearProblem();
            }
            showLag(answer.value());
        } else {
            m_lagFailed = true;
            showProblem(QString::fromStdString(answer.error().message));
        }
        if (m_askAgain) {
            askLag();
        }
    });
}

void GroupPage::showLag(const std::vector<PartitionLag>& lags) {
    std::vector<LagRow> rows;
    std::int64_t oldest = -1;
    for (const PartitionLag& lag : lags) {
        oldest = std::max(oldest, lag.timeLagMs);
        rows.push_back({lag});
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_model->setRows(std::move(rows));
    m_timeTile->setFigure(oldest == 0 ? tr("0 s") : formatDuration(oldest));
    m_timeTile->setDetail(oldest < 0    ? tr("nothing committed")
                          : oldest == 0 ? tr("caught up")
                                        : tr("behind the newest"));
}

void GroupPage::reset() {
    auto* panel = new ResetPanel(backend(), m_group, this);
    connect(panel, &ResetPanel::finished, this, [this](int partitions) {
        offerUndo(tr("Reset %1.").arg(plural(partitions, tr("partition"), tr("partitions"))), [this] { undoReset(); });
        askLag();
    });
    openPanel(panel);
}

void GroupPage::undoReset() {
    backend().groups().undoReset(m_group, this, [this](const ClusterResult<void>& answer) {
        if (answer.ok()) {
            say(tr("The offsets are as before the reset."));
        } else {
            showProblem(QString::fromStdString(answer.error().message));
        }
        askLag();
    });
}

void GroupPage::removeGroup() {
    openPanel(new DeleteGroupsPanel(backend(), {m_group}, this));
}

void GroupPage::removeMember(const QString& member) {
    const SnapshotPtr snapshot = backend().live().current();
    if (const GroupSnapshot* group = snapshot->findGroup(m_group.toStdString())) {
        auto* panel = new RemoveMemberPanel(backend(), *group, member, this);
        connect(panel, &RemoveMemberPanel::finished, this,
                [this](const QString& name) { say(tr("Removed %1.").arg(name)); });
        openPanel(panel);
    }
}

void GroupPage::partitionMenu(const QPoint& at) {
    const LagRow* row = m_model->rowAt(m_table->currentSourceRow());
    if (row == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* records = menu->addAction(Theme::of().icon(QStringLiteral("topics")), tr("Show the records from here"));
    connect(records, &QAction::triggered, this, [this] { Q_EMIT m_table->rowOpened(m_table->currentSourceRow()); });
    auto* remove = menu->addAction(Theme::of().icon(QStringLiteral("user-remove")), tr("Remove its member"));
    remove->setEnabled(!row->lag.memberId.isEmpty());
    forbid(remove, forbidden(Feature::kRemoveMember));
    connect(remove, &QAction::triggered, this, [this, member = row->lag.memberId] { removeMember(member); });
    menu->popup(at);
}

void GroupPage::refresh() {
    if (m_sections == nullptr) {
        return;
    }
    m_chart->reload();
    showState();
    if (m_ids.value(m_stack->currentIndex()) == kSettings) {
        loadSettings();
    }
}

void GroupPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (target.section == QLatin1String("reset") && m_reset->isEnabled()) {
        reset();
    } else if (!target.section.isEmpty()) {
        m_wantedSection = target.section;
        showSection(static_cast<int>(m_ids.indexOf(target.section)));
    }
}

QVariantMap GroupPage::saveState() const {
    return {
        {QStringLiteral("section"), m_sections == nullptr ? m_wantedSection : m_ids.value(m_stack->currentIndex())}};
}

void GroupPage::restoreState(const QVariantMap& state) {
    NavigationTarget target;
    target.section = state.value(QStringLiteral("section")).toString();
    open(target);
}

}  // namespace weir::ui
