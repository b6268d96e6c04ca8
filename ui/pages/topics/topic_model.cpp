// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topic_model.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Topics", text);
}

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

QVariant nameData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return QString::fromStdString(row.name);
        case Qt::DecorationRole:
            return row.offline.isEmpty() ? QVariant()
                                         : QVariant(Theme::of().icon(QStringLiteral("warning"), Tint::kBad));
        case Qt::ToolTipRole:
            return row.offline.isEmpty() ? QVariant() : QVariant(row.offline.toHtmlEscaped());
        case kMonoRole:
            return true;
        case kTintRole:
            return row.isInternal ? tinted(Tint::kTextSecondary) : QVariant();
        default:
            return {};
    }
}

QVariant inSyncData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.replicas == 0 ? kNone : QStringLiteral("%1/%2").arg(row.inSync).arg(row.replicas);
        case kSortRole:
            return row.inSync - row.replicas;
        case kTintRole:
            return row.inSync < row.replicas ? tinted(Tint::kBadText) : tinted(Tint::kTextSecondary);
        case Qt::ToolTipRole:
            return row.inSync < row.replicas
                       ? tr("%1 of %2 replicas lag behind.").arg(row.replicas - row.inSync).arg(row.replicas)
                       : tr("All replicas are in sync.");
        default:
            return {};
    }
}

QVariant recordsData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatCount(row.records, row.countIsExact);
        case kSortRole:
            return QVariant::fromValue<qint64>(row.records);
        case Qt::ToolTipRole:
            if (row.countIsExact) {
                return tr("Exact: log end offsets minus log start offsets.");
            }
            return row.cleanup.find("compact") != std::string::npos
                       ? tr("At most. This topic is compacted: offsets of replaced records are counted, their "
                            "records are gone.")
                       : tr("At most. Transaction markers take offsets as well and are counted here.");
        default:
            return {};
    }
}

QVariant rateData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.rate > 0 ? formatRate(row.rate) : kNone;
        case kSortRole:
            return row.rate;
        case kTintRole:
            return tinted(row.rate > 0 ? Tint::kText : Tint::kTextDisabled);
        default:
            return {};
    }
}

QVariant lastData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatRelative(row.last, nowTimestamp());
        case kSortRole:
            return QVariant::fromValue<qint64>(row.last.value);
        case kTintRole:
            return tinted(row.last.value < 0 ? Tint::kTextDisabled : Tint::kTextSecondary);
        case Qt::ToolTipRole:
            return row.last.value < 0 ? tr("Nothing was written since the broker started.") : formatAbsolute(row.last);
        default:
            return {};
    }
}

QVariant lagData(const TopicRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatCountOrNone(row.readers.lag);
        case kSortRole:
            return QVariant::fromValue<qint64>(row.readers.lag);
        case kTintRole:
            return tinted(row.readers.lag > 0 ? Tint::kWarnText
                                              : (row.readers.lag == 0 ? Tint::kOkText : Tint::kTextDisabled));
        case Qt::ToolTipRole:
            return row.readers.lag < 0 ? tr("No group has committed an offset of this topic.")
                                       : tr("Records that the slowest group has still to read.");
        default:
            return {};
    }
}

template <class Text, class Sort>
KeyedColumn<TopicRow> plain(const char* title, Text text, Sort sort, bool isNumber, const QString& tooltip = {}) {
    return {tr(title),
            [text, sort](const TopicRow& row, int role) -> QVariant {
                if (role == Qt::DisplayRole) {
                    return text(row);
                }
                return role == kSortRole ? QVariant(sort(row)) : QVariant();
            },
            tooltip, isNumber};
}

}  // namespace

TopicReadersByName readersOf(const Snapshot& snapshot) {
    TopicReadersByName readers;
    for (const auto& group : snapshot.groups) {
        std::unordered_map<std::string, std::int64_t> lags;
        const TopicSnapshot* topic = nullptr;
        for (const CommittedOffset& commit : group->offsets) {
            if (topic == nullptr || topic->name != commit.partition.topic) {
                topic = snapshot.findTopic(commit.partition.topic);
            }
            if (topic == nullptr) {
                continue;
            }
            for (const PartitionSnapshot& p : topic->partitions) {
                if (p.partition == commit.partition.partition) {
                    lags[topic->name] += std::max<std::int64_t>(0, p.highWatermark - commit.offset);
                }
            }
        }
        for (const GroupMemberSnapshot& member : group->members) {
            for (const TopicPartition& partition : member.assigned) {
                lags.try_emplace(partition.topic, -1);
            }
        }
        for (const auto& [name, lag] : lags) {
            TopicReaders& each = readers[name];
            ++each.groups;
            each.lag = std::max(each.lag, lag);
        }
    }
    return readers;
}

std::vector<TopicRow> topicRows(const LiveFeed& live, const TopicReadersByName& readers, InternalTopics internal) {
    const SnapshotPtr snapshot = live.current();
    std::vector<TopicRow> rows;
    rows.reserve(snapshot->topics.size());
    for (const auto& topic : snapshot->topics) {
        if (topic->isInternal && internal == InternalTopics::kHide) {
            continue;
        }
        TopicRow row;
        row.name = topic->name;
        row.partitions = static_cast<int>(topic->partitions.size());
        row.countIsExact = topic->countIsExact;
        row.cleanup = topic->cleanupPolicy;
        row.retentionMs = topic->retentionMs;
        row.retentionBytes = topic->retentionBytes;
        row.isInternal = topic->isInternal;
        for (const PartitionSnapshot& p : topic->partitions) {
            row.records += p.highWatermark - p.logStart;
            row.bytes += p.sizeBytes;
            row.inSync += static_cast<int>(p.inSync.size());
            row.replicas += static_cast<int>(p.replicas.size());
            row.last = std::max(row.last, p.lastAppend);
            if (!p.offlineReason.empty() && row.offline.isEmpty()) {
                row.offline = tr("Partition %1 is offline: %2")
                                  .arg(p.partition.value)
                                  .arg(QString::fromStdString(p.offlineReason));
            }
        }
        row.rate = live.topicRate(QString::fromStdString(topic->name)).recordsIn;
        if (const auto it = readers.find(topic->name); it != readers.end()) {
            row.readers = it->second;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<KeyedColumn<TopicRow>> topicColumns(const LiveFeed& live) {
    std::vector<KeyedColumn<TopicRow>> columns;
    columns.push_back({tr("Name"), nameData, {}, false});
    columns.push_back(plain(
        "Partitions", [](const TopicRow& row) { return formatCount(row.partitions); },
        [](const TopicRow& row) { return row.partitions; }, true));
    columns.push_back({tr("In sync"), inSyncData, tr("Replicas that have every acknowledged record"), true});
    columns.push_back(
        {tr("Records"), recordsData, tr("~ where it cannot be exact; the reason is in the tooltip"), true});
    columns.push_back({tr("Size"),
                       [](const TopicRow& row, int role) -> QVariant {
                           switch (role) {
                               case Qt::DisplayRole:
                                   return formatBytes(row.bytes);
                               case kSortRole:
                                   return QVariant::fromValue<qint64>(row.bytes);
                               case Qt::ToolTipRole:
                                   return formatBytesExact(row.bytes);
                               default:
                                   return {};
                           }
                       },
                       tr("On disk, indexes not counted"), true});
    columns.push_back({tr("In"), rateData, tr("Records a second"), true});
    columns.push_back({tr("Last minute"),
                       [&live](const TopicRow& row, int role) -> QVariant {
                           if (role == kSparkRole) {
                               QVariantList values;
                               for (const double value : live.topicSpark(QString::fromStdString(row.name))) {
                                   values.append(value);
                               }
                               return values;
                           }
                           if (role == kSortRole) {
                               return row.rate;
                           }
                           return role == kTintRole ? tinted(Tint::kIn) : QVariant();
                       },
                       {},
                       false});
    columns.push_back({tr("Last record"), lastData, {}, false});
    columns.push_back(plain(
        "Cleanup", [](const TopicRow& row) { return QString::fromStdString(row.cleanup); },
        [](const TopicRow& row) { return QString::fromStdString(row.cleanup); }, false,
        tr("What happens to old records")));
    columns.push_back(plain(
        "Retention",
        [](const TopicRow& row) {
            // Without a policy nothing is known of the topic's settings.
            return row.cleanup.empty() ? kNone : wordedRetention(row.retentionMs, row.retentionBytes);
        },
        [](const TopicRow& row) {
            return QVariant::fromValue<qint64>(row.retentionMs < 0 ? INT64_MAX : row.retentionMs);
        },
        false));
    columns.push_back(plain(
        "Groups", [](const TopicRow& row) { return row.readers.groups == 0 ? kNone : formatCount(row.readers.groups); },
        [](const TopicRow& row) { return row.readers.groups; }, true, tr("Consumer groups that read it")));
    columns.push_back({tr("Lag"), lagData, tr("Of the slowest group"), true});
    return columns;
}

QString wordedRetention(std::int64_t retentionMs, std::int64_t retentionBytes) {
    QStringList parts;
    if (retentionMs >= 0) {
        parts.append(formatDuration(retentionMs));
    }
    if (retentionBytes >= 0) {
        parts.append(formatBytes(retentionBytes));
    }
    return parts.isEmpty() ? tr("forever") : parts.join(QStringLiteral(" · "));
}

}  // namespace weir::ui
