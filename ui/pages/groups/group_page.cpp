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
#include "ui/pages/groups/group_panels.h"
#include "ui/pages/groups/group_words.h"
#include "ui/pages/groups/reset_panel.h"
#include "ui/widgets/card.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/history_chart.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

const QStringList kSections = {QStringLiteral("partitions"), QStringLiteral("assignment"),
                               QStringLiteral("rebalances")};

}  // namespace

GroupPage::GroupPage(Backend& backend, const QString& group, QWidget* parent)
    : Page(backend, QStringLiteral("group"), parent), m_group(group) {
    setTitle(group);
    buildActions();
    m_sections = new SegmentedControl({tr("Partitions"), tr("Assignment"), tr("Rebalances")}, this);
    m_sections->setAccessibleName(tr("Section"));
    addHeaderWidget(m_sections);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(buildPartitions());
    m_stack->addWidget(buildAssignment());
    m_stack->addWidget(buildRebalances());
    setContent(m_stack);
    connect(m_sections, &SegmentedControl::chosen, m_stack, &QStackedWidget::setCurrentIndex);
    setEmptyState(new EmptyState(QStringLiteral("groups"), tr("There is no group %1 any more.").arg(group), this));
    connect(&backend.live(), &LiveFeed::changed, this, &GroupPage::showState);
    showState();
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
    showContent();
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
    connect(remove, &QAction::triggered, this, [this, member = row->lag.memberId] { removeMember(member); });
    menu->popup(at);
}

void GroupPage::refresh() {
    m_chart->reload();
    showState();
}

void GroupPage::open(const NavigationTarget& target) {
    Page::open(target);
    const auto section = static_cast<int>(kSections.indexOf(target.section));
    if (section >= 0) {
        m_sections->setCurrent(section);
        m_stack->setCurrentIndex(section);
    } else if (target.section == QLatin1String("reset") && m_reset->isEnabled()) {
        reset();
    }
}

QVariantMap GroupPage::saveState() const {
    return {{QStringLiteral("section"), kSections.value(m_stack->currentIndex())}};
}

void GroupPage::restoreState(const QVariantMap& state) {
    NavigationTarget target;
    target.section = state.value(QStringLiteral("section")).toString();
    open(target);
}

}  // namespace weir::ui
