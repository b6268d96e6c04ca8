// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/tasks_section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "ui/widgets/buttons.h"
#include "ui/widgets/card.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString listOf(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) {
        list.append(QString::fromStdString(name));
    }
    return list.isEmpty() ? kNone : list.join(QStringLiteral(", "));
}

/// "0_0, 0_1, 1_3", as Kafka Streams names its tasks.
QString tasksOf(const std::vector<StreamsTask>& tasks) {
    QStringList list;
    for (const StreamsTask& task : tasks) {
        list.append(QStringLiteral("%1_%2").arg(QString::fromStdString(task.subtopology)).arg(task.partition.value));
    }
    return list.isEmpty() ? kNone : list.join(QStringLiteral(", "));
}

template <class Row>
KeyedColumn<Row> words(const QString& title, std::function<QString(const Row&)> text, const QString& tooltip = {},
                       bool mono = true) {
    return {title,
            [text = std::move(text), mono](const Row& row, int role) -> QVariant {
                return role == Qt::DisplayRole   ? QVariant(text(row))
                       : role == Qt::ToolTipRole ? QVariant(text(row).toHtmlEscaped())
                       : role == kMonoRole       ? QVariant(mono)
                                                 : QVariant();
            },
            tooltip};
}

std::vector<KeyedColumn<SubtopologyRow>> partColumns() {
    using T = TasksSection;
    using Row = SubtopologyRow;
    return {words<Row>(T::tr("Part"), [](const Row& row) { return QString::fromStdString(row.part.id); }),
            {T::tr("Tasks"),
             [](const Row& row, int role) -> QVariant {
                 return role == Qt::DisplayRole ? QVariant(formatCount(row.tasks))
                        : role == kSortRole     ? QVariant(row.tasks)
                                                : QVariant();
             },
             T::tr("One for each partition that it reads"), true},
            words<Row>(T::tr("Reads"), [](const Row& row) { return listOf(row.part.sources); }),
            words<Row>(
                T::tr("Repartitions to"), [](const Row& row) { return listOf(row.part.sinks); },
                T::tr("Internal topics through which another part goes on")),
            words<Row>(
                T::tr("Keeps state in"), [](const Row& row) { return listOf(row.part.changelogs); },
                T::tr("Changelogs, from which a state store is built again"))};
}

std::vector<KeyedColumn<StreamsMemberRow>> memberColumns() {
    using T = TasksSection;
    using Row = StreamsMemberRow;
    return {words<Row>(T::tr("Member"),
                       [](const Row& row) {
                           return QString::fromStdString(row.member.clientId.empty() ? row.member.memberId
                                                                                     : row.member.clientId);
                       }),
            words<Row>(
                T::tr("Process"), [](const Row& row) { return QString::fromStdString(row.member.processId); },
                T::tr("Members of one process share its state stores")),
            words<Row>(T::tr("Active tasks"), [](const Row& row) { return tasksOf(row.member.active); }),
            words<Row>(
                T::tr("Standby tasks"), [](const Row& row) { return tasksOf(row.member.standby); },
                T::tr("Copies of state that take over when a member goes")),
            words<Row>(
                T::tr("Will run"),
                [](const Row& row) {
                    return row.member.target == row.member.active ? T::tr("the same") : tasksOf(row.member.target);
                },
                T::tr("While tasks move, what the member is to end up with"), false)};
}

}  // namespace

TasksSection::TasksSection(Backend& backend, const QString& group, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_group(group) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGroupGap);
    m_note = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, this);
    m_note->setWordWrap(true);
    column->addWidget(m_note);
    const auto table = [&](const QString& title, const QString& name, QAbstractItemModel* model,
                           const QList<int>& widths, int stretch, const QString& empty) {
        auto* card = new Card(title, this);
        card->setFlush();
        auto* made = new DataTable(backend.settings(), name, card);
        made->setDefaultWidths(widths);
        made->setDefaultSort(0, Qt::AscendingOrder);
        made->setStretchColumn(stretch);
        made->setSource(model);
        made->setAccessibleName(title);
        made->setEmptyText(empty);
        card->body()->addWidget(made, 1);
        column->addWidget(card, 1);
    };
    m_parts = new KeyedModel<SubtopologyRow>(partColumns(), this);
    m_members = new KeyedModel<StreamsMemberRow>(memberColumns(), this);
    table(tr("Topology"), QStringLiteral("group/topology"), m_parts, {96, 72, 240, 280, 240}, 4,
          tr("The application has not told its topology yet."));
    table(tr("Who runs what"), QStringLiteral("group/tasks"), m_members, {220, 200, 220, 200, 140}, 2,
          tr("Nobody runs the application now. Its offsets and its state wait."));
}

void TasksSection::update() {
    if (!isVisible() || !m_pace.begin()) {
        return;
    }
    m_backend.operations().streams(m_group, this, [this](const ClusterResult<StreamsInfo>& answer) {
        m_pace.answered();
        if (answer.ok()) {
            show(answer.value());
        } else {
            Q_EMIT failed(QString::fromStdString(answer.error().message));
        }
    });
}

void TasksSection::show(const StreamsInfo& info) {
    std::map<std::string, int> running;
    std::vector<StreamsMemberRow> members;
    bool isMoving = false;
    int standbys = 0;
    int active = 0;
    for (const StreamsMember& member : info.members) {
        for (const StreamsTask& task : member.active) {
            ++running[task.subtopology];
            ++active;
        }
        standbys += static_cast<int>(member.standby.size());
        isMoving = isMoving || member.target != member.active;
        members.push_back({member});
    }
    std::vector<SubtopologyRow> parts;
    for (const Subtopology& part : info.subtopologies) {
        parts.push_back({part, running[part.id]});
    }
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_parts->setRows(std::move(parts));
    m_members->setRows(std::move(members));
    m_note->setText(tr("Topology %1 · %2 run · %3%4")
                        .arg(info.topologyEpoch)
                        .arg(plural(active, tr("task"), tr("tasks")), plural(standbys, tr("standby"), tr("standbys")),
                             isMoving ? tr(" · tasks are moving") : QString()));
}

}  // namespace weir::ui
