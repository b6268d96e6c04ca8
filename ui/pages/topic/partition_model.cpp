// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/partition_model.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr std::int64_t kRateEveryMs = 1000;

QString tr(const char* text) {
    return QCoreApplication::translate("Topic", text);
}

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

QString idsOf(const std::vector<BrokerId>& ids) {
    QStringList list;
    for (const BrokerId id : ids) {
        list.append(QString::number(id.value));
    }
    return list.join(QStringLiteral(", "));
}

KeyedColumn<PartitionRow> offset(const char* title, Offset PartitionSnapshot::*field, const QString& tooltip) {
    return {tr(title),
            [field](const PartitionRow& row, int role) -> QVariant {
                const Offset value = row.now.*field;
                return role == Qt::DisplayRole ? QVariant(formatCountOrNone(value.value))
                       : role == kSortRole     ? QVariant::fromValue<qint64>(value.value)
                                               : QVariant();
            },
            tooltip, true};
}

KeyedColumn<PartitionRow> rate(const char* title, double PartitionRow::*field, bool isBytes, Tint tint) {
    return {tr(title),
            [field, isBytes, tint](const PartitionRow& row, int role) -> QVariant {
                const double value = row.*field;
                switch (role) {
                    case Qt::DisplayRole:
                        return value <= 0 ? kNone : isBytes ? formatByteRate(value) : formatRate(value);
                    case kSortRole:
                        return value;
                    case kTintRole:
                        return tinted(value > 0 ? tint : Tint::kTextDisabled);
                    default:
                        return {};
                }
            },
            {},
            true};
}

QVariant partitionData(const PartitionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return QString::number(row.now.partition.value);
        case kSortRole:
        case kSeriesRole:
            return row.now.partition.value;
        case Qt::ToolTipRole:
            return QString::fromStdString(row.now.offlineReason).toHtmlEscaped();
        case kTintRole:
            return row.now.offlineReason.empty() ? QVariant() : tinted(Tint::kBadText);
        case kMonoRole:
            return true;
        default:
            return {};
    }
}

QVariant replicasData(const PartitionRow& row, int role) {
    const bool behind = row.now.inSync.size() < row.now.replicas.size();
    switch (role) {
        case Qt::DisplayRole:
            return idsOf(row.now.replicas);
        case Qt::ToolTipRole:
            return tr("In sync: %1").arg(idsOf(row.now.inSync));
        case kTintRole:
            return behind ? tinted(Tint::kBadText) : tinted(Tint::kTextSecondary);
        default:
            return {};
    }
}

QVariant sizeData(const PartitionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatBytes(row.now.sizeBytes);
        case kSortRole:
            return QVariant::fromValue<qint64>(row.now.sizeBytes);
        case kShareRole:
            return row.share;
        case Qt::ToolTipRole:
            return formatBytesExact(row.now.sizeBytes);
        default:
            return {};
    }
}

QVariant lastData(const PartitionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatRelative(row.now.lastAppend, nowTimestamp());
        case kSortRole:
            return QVariant::fromValue<qint64>(row.now.lastAppend.value);
        case Qt::ToolTipRole:
            return row.now.lastAppend.value < 0 ? tr("Nothing was written since the broker started.")
                                                : formatAbsolute(row.now.lastAppend);
        case kTintRole:
            return tinted(Tint::kTextSecondary);
        default:
            return {};
    }
}

}  // namespace

bool PartitionRow::operator==(const PartitionRow& other) const {
    return now.partition == other.now.partition && now.logStart == other.now.logStart &&
           now.highWatermark == other.now.highWatermark && now.lastStable == other.now.lastStable &&
           now.sizeBytes == other.now.sizeBytes && now.segments == other.now.segments &&
           now.lastAppend == other.now.lastAppend && now.leader == other.now.leader && now.inSync == other.now.inSync &&
           now.offlineReason == other.now.offlineReason && recordsIn == other.recordsIn && bytesIn == other.bytesIn &&
           bytesOut == other.bytesOut;
}

std::vector<PartitionRow> PartitionRates::rows(const Snapshot& snapshot, const TopicSnapshot& topic) {
    const std::int64_t passed = snapshot.steadyMs - m_lastSteadyMs;
    const bool first = m_lastSteadyMs < 0;
    const bool measure = first || passed >= kRateEveryMs;
    std::vector<PartitionRow> rows;
    std::int64_t largest = 1;
    for (const PartitionSnapshot& p : topic.partitions) {
        Counters& last = m_last[p.partition.value];
        if (measure && !first) {
            const double seconds = static_cast<double>(passed) / 1000.0;
            last.recordRate = static_cast<double>(std::max<std::int64_t>(0, p.recordsIn - last.records)) / seconds;
            last.inRate = static_cast<double>(std::max<std::int64_t>(0, p.bytesIn - last.bytesIn)) / seconds;
            last.outRate = static_cast<double>(std::max<std::int64_t>(0, p.bytesOut - last.bytesOut)) / seconds;
        }
        if (measure) {
            last.records = p.recordsIn;
            last.bytesIn = p.bytesIn;
            last.bytesOut = p.bytesOut;
        }
        largest = std::max(largest, p.sizeBytes);
        rows.push_back({p, last.recordRate, last.inRate, last.outRate, 0});
    }
    for (PartitionRow& row : rows) {
        row.share = static_cast<double>(row.now.sizeBytes) / static_cast<double>(largest);
    }
    if (measure) {
        m_lastSteadyMs = snapshot.steadyMs;
    }
    return rows;
}

std::vector<KeyedColumn<PartitionRow>> partitionColumns(const QString& whyEstimated) {
    std::vector<KeyedColumn<PartitionRow>> columns;
    columns.push_back({tr("Partition"), partitionData});
    columns.push_back({tr("Leader"), [](const PartitionRow& row, int role) -> QVariant {
                           // A folder has none, and a partition that is offline.
                           return role != Qt::DisplayRole    ? QVariant()
                                  : row.now.leader.value < 0 ? QVariant(kNone)
                                                             : QVariant(QString::number(row.now.leader.value));
                       }});
    columns.push_back({tr("Replicas"), replicasData});
    columns.push_back(offset("Log start", &PartitionSnapshot::logStart, tr("The oldest offset that is still there")));
    columns.push_back(offset("High watermark", &PartitionSnapshot::highWatermark,
                             tr("Readers see records below it; the next offset on one node")));
    columns.push_back(offset("Last stable", &PartitionSnapshot::lastStable,
                             tr("read_committed readers see records below it; held back by open transactions")));
    columns.back().value = [plain = columns.back().value](const PartitionRow& row, int role) -> QVariant {
        const bool isHeld = row.now.lastStable < row.now.highWatermark;
        if (isHeld && role == kTintRole) {
            return tinted(Tint::kWarnText);
        }
        return isHeld && role == Qt::ToolTipRole
                   ? QVariant(tr("An open transaction holds readers of committed data here; %1 wait.")
                                  .arg(plural(row.now.highWatermark - row.now.lastStable, tr("record"), tr("records"))))
                   : plain(row, role);
    };
    columns.push_back({tr("Size"), sizeData, tr("The bar compares with the largest partition"), true});
    columns.push_back({tr("Segments"),
                       [](const PartitionRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole
                                      ? QVariant(row.now.segments > 0 ? formatCount(row.now.segments)
                                                                      : QStringLiteral("–"))
                                  : role == kSortRole ? QVariant(row.now.segments)
                                                      : QVariant();
                       },
                       {},
                       true});
    columns.push_back(rate("Records in", &PartitionRow::recordsIn, false, Tint::kText));
    columns.push_back(rate("In", &PartitionRow::bytesIn, true, Tint::kIn));
    if (!whyEstimated.isEmpty()) {
        columns.back().tooltip = whyEstimated;
        columns.back().value = [plain = columns.back().value](const PartitionRow& row, int role) -> QVariant {
            const QVariant value = plain(row, role);
            return role == Qt::DisplayRole && row.bytesIn > 0 ? QVariant(QLatin1Char('~') + value.toString()) : value;
        };
    }
    columns.push_back(rate("Out", &PartitionRow::bytesOut, true, Tint::kOut));
    columns.push_back({tr("Last record"), lastData});
    return columns;
}

}  // namespace weir::ui
