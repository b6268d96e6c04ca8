// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/group_models.h"

#include <QCoreApplication>

#include "ui/pages/groups/group_words.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Groups", text);
}

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

/// Kafka writes "/127.0.0.1"; a person reads an address.
QString hostOf(const QString& host) {
    return host.startsWith(QLatin1Char('/')) ? host.mid(1) : host;
}

QStringList listOf(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) {
        list.append(QString::fromStdString(name));
    }
    return list;
}

QVariant partitionData(const LagRow& row, int role) {
    const TopicPartition& p = row.lag.partition;
    switch (role) {
        case Qt::DisplayRole:
            return QStringLiteral("%1-%2").arg(QString::fromStdString(p.topic)).arg(p.partition.value);
        case kSortRole:
            return QString::fromStdString(p.topic) +
                   QStringLiteral("-%1").arg(p.partition.value, 10, 10, QLatin1Char('0'));
        case kSeriesRole:
            return p.partition.value;
        case kMonoRole:
            return true;
        default:
            return {};
    }
}

QVariant memberData(const LagRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.lag.memberId.isEmpty()   ? kNone
                   : row.lag.clientId.isEmpty() ? row.lag.memberId
                                                : row.lag.clientId;
        case Qt::ToolTipRole:
            return row.lag.memberId.isEmpty() ? tr("No member reads this partition.")
                                              : row.lag.memberId.toHtmlEscaped();
        case kMonoRole:
            return true;
        case kTintRole:
            return row.lag.memberId.isEmpty() ? tinted(Tint::kTextDisabled) : QVariant();
        default:
            return {};
    }
}

KeyedColumn<LagRow> count(const char* title, std::function<qint64(const PartitionLag&)> value, Tint whenPositive,
                          const QString& tooltip) {
    return {tr(title),
            [value = std::move(value), whenPositive](const LagRow& row, int role) -> QVariant {
                const qint64 number = value(row.lag);
                switch (role) {
                    case Qt::DisplayRole:
                        return formatCountOrNone(number);
                    case kSortRole:
                        return number;
                    case kTintRole:
                        return tinted(number < 0 ? Tint::kTextDisabled : number > 0 ? whenPositive : Tint::kText);
                    default:
                        return {};
                }
            },
            tooltip, true};
}

template <class Text>
KeyedColumn<RebalanceRow> column(const char* title, Text text, bool isNumber = false) {
    return {tr(title),
            [text](const RebalanceRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(text(row.event)) : QVariant();
            },
            {},
            isNumber};
}

KeyedColumn<RebalanceRow> names(const char* title, std::vector<std::string> RebalanceEvent::*field) {
    return {tr(title), [field](const RebalanceRow& row, int role) -> QVariant {
                const QStringList all = listOf(row.event.*field);
                return role == Qt::DisplayRole   ? QVariant(all.isEmpty() ? kNone : shortList(all))
                       : role == Qt::ToolTipRole ? QVariant(all.join(QLatin1Char('\n')).toHtmlEscaped())
                       : role == kMonoRole       ? QVariant(true)
                                                 : QVariant();
            }};
}

}  // namespace

std::vector<KeyedColumn<LagRow>> lagColumns() {
    std::vector<KeyedColumn<LagRow>> columns;
    columns.push_back({tr("Partition"), partitionData});
    columns.push_back({tr("Member"), memberData});
    columns.push_back({tr("Host"), [](const LagRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole
                                      ? QVariant(row.lag.host.isEmpty() ? kNone : hostOf(row.lag.host))
                                  : role == kMonoRole ? QVariant(true)
                                  : role == kTintRole ? tinted(Tint::kTextSecondary)
                                                      : QVariant();
                       }});
    columns.push_back(count(
        "Committed", [](const PartitionLag& l) { return l.committed ? l.committed->value : -1; }, Tint::kText,
        tr("The next record that the group would read; – when it never committed here")));
    columns.push_back(count(
        "Log end", [](const PartitionLag& l) { return l.end.value; }, Tint::kText,
        tr("The next offset to be written")));
    columns.push_back(count(
        "Lag", [](const PartitionLag& l) { return l.lag; }, Tint::kWarnText, tr("Log end minus committed")));
    columns.push_back({tr("Time lag"),
                       [](const LagRow& row, int role) -> QVariant {
                           switch (role) {
                               case Qt::DisplayRole:
                                   return row.lag.timeLagMs == 0 ? tr("caught up") : formatDuration(row.lag.timeLagMs);
                               case kSortRole:
                                   return QVariant::fromValue<qint64>(row.lag.timeLagMs);
                               case kTintRole:
                                   return tinted(row.lag.timeLagMs > 0 ? Tint::kText : Tint::kTextSecondary);
                               default:
                                   return {};
                           }
                       },
                       tr("Age of the oldest record not yet read"), true});
    return columns;
}

std::vector<KeyedColumn<RebalanceRow>> rebalanceColumns() {
    std::vector<KeyedColumn<RebalanceRow>> columns;
    columns.push_back({tr("When"), [](const RebalanceRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole   ? QVariant(formatRelative(row.event.at, nowTimestamp()))
                                  : role == Qt::ToolTipRole ? QVariant(formatAbsolute(row.event.at))
                                  : role == kSortRole       ? QVariant::fromValue<qint64>(row.event.at.value)
                                                            : QVariant();
                       }});
    columns.push_back(column(
        "Took", [](const RebalanceEvent& e) { return formatDuration(e.durationMs); }, true));
    columns.push_back(column(
        "Generation", [](const RebalanceEvent& e) { return formatCount(e.generation.value); }, true));
    columns.push_back(column("Why", [](const RebalanceEvent& e) { return QString::fromStdString(e.reason); }));
    columns.push_back(names("Joined", &RebalanceEvent::joined));
    columns.push_back(names("Left", &RebalanceEvent::left));
    columns.push_back(column(
        "Members", [](const RebalanceEvent& e) { return formatCount(e.members); }, true));
    return columns;
}

}  // namespace weir::ui
