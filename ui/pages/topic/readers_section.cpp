// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/readers_section.h"

#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString wordOf(GroupState state) {
    switch (state) {
        case GroupState::kEmpty:
            return ReadersSection::tr("Empty");
        case GroupState::kStable:
            return ReadersSection::tr("Stable");
        case GroupState::kDead:
            return ReadersSection::tr("Dead");
        case GroupState::kUnknown:
            return ReadersSection::tr("Unknown");
        default:
            return ReadersSection::tr("Rebalancing");
    }
}

Tint tintOf(GroupState state) {
    return state == GroupState::kStable                                   ? Tint::kOk
           : state == GroupState::kEmpty || state == GroupState::kUnknown ? Tint::kTextSecondary
           : state == GroupState::kDead                                   ? Tint::kBad
                                                                          : Tint::kWarn;
}

KeyedColumn<ReaderRow> number(const QString& title, qint64 (*value)(const ReaderRow&), bool isLag) {
    return {title,
            [value, isLag](const ReaderRow& row, int role) -> QVariant {
                const qint64 count = value(row);
                switch (role) {
                    case Qt::DisplayRole:
                        return formatCountOrNone(count);
                    case kSortRole:
                        return count;
                    case kTintRole:
                        return isLag ? QVariant(static_cast<int>(count > 0    ? Tint::kWarnText
                                                                 : count == 0 ? Tint::kOkText
                                                                              : Tint::kTextDisabled))
                                     : QVariant();
                    default:
                        return {};
                }
            },
            {},
            true};
}

std::vector<KeyedColumn<ReaderRow>> columnsOf() {
    std::vector<KeyedColumn<ReaderRow>> columns;
    columns.push_back({ReadersSection::tr("Group"), [](const ReaderRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(QString::fromStdString(row.group))
                                  : role == kMonoRole     ? QVariant(true)
                                                          : QVariant();
                       }});
    columns.push_back({ReadersSection::tr("State"), [](const ReaderRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(wordOf(row.state))
                                  : role == kChipRole     ? QVariant(static_cast<int>(tintOf(row.state)))
                                                          : QVariant();
                       }});
    columns.push_back(number(
        ReadersSection::tr("Members"), [](const ReaderRow& row) { return static_cast<qint64>(row.members); }, false));
    columns.push_back(number(
        ReadersSection::tr("Partitions committed"),
        [](const ReaderRow& row) { return static_cast<qint64>(row.partitions); }, false));
    columns.push_back(number(
        ReadersSection::tr("Lag"), [](const ReaderRow& row) { return static_cast<qint64>(row.lag); }, true));
    return columns;
}

}  // namespace

std::vector<ReaderRow> readersOf(const Snapshot& snapshot, const std::string& topic) {
    std::vector<ReaderRow> rows;
    const TopicSnapshot* found = snapshot.findTopic(topic);
    for (const auto& group : snapshot.groups) {
        ReaderRow row;
        row.group = group->id;
        row.state = group->state;
        for (const CommittedOffset& commit : group->offsets) {
            if (commit.partition.topic != topic || found == nullptr) {
                continue;
            }
            for (const PartitionSnapshot& p : found->partitions) {
                if (p.partition == commit.partition.partition) {
                    ++row.partitions;
                    row.lag =
                        std::max<std::int64_t>(row.lag, 0) + std::max<std::int64_t>(0, p.highWatermark - commit.offset);
                }
            }
        }
        for (const GroupMemberSnapshot& member : group->members) {
            row.members += std::any_of(member.assigned.begin(), member.assigned.end(),
                                       [&](const TopicPartition& p) { return p.topic == topic; })
                               ? 1
                               : 0;
        }
        if (row.partitions > 0 || row.members > 0) {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

ReadersSection::ReadersSection(Settings& settings, const QString& topic, QWidget* parent)
    : QWidget(parent), m_topic(topic) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    m_model = new KeyedModel<ReaderRow>(columnsOf(), this);
    m_table = new DataTable(settings, QStringLiteral("topic/groups"), m_stack);
    m_table->setDefaultWidths({280, 160, 90, 160, 120});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(0);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Groups that read this topic"));
    m_stack->addWidget(m_table);
    auto* empty = new EmptyState(QStringLiteral("groups"), tr("No group reads this topic."), m_stack);
    empty->setDetail(
        tr("A group appears here as soon as a consumer commits an offset of it, or is assigned a partition."));
    m_stack->addWidget(empty);
    column->addWidget(m_stack);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const ReaderRow* reader = m_model->rowAt(row)) {
            Q_EMIT opened(QString::fromStdString(reader->group));
        }
    });
}

void ReadersSection::show(const Snapshot& snapshot) {
    m_model->setRows(readersOf(snapshot, m_topic.toStdString()));
    m_stack->setCurrentIndex(m_model->rowCount() == 0 ? 1 : 0);
}

}  // namespace weir::ui
