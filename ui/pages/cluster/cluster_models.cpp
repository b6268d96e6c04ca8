// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/cluster_models.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/pages/cluster/feature_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ClusterState", text);
}

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

/// A number of `Row`; -1 is "unknown".
template <class Row, class Value>
KeyedColumn<Row> number(const QString& title, Value value, const QString& tooltip = {}) {
    return {title,
            [value](const Row& row, int role) -> QVariant {
                const qint64 count = value(row);
                return role == Qt::DisplayRole          ? QVariant(formatCountOrNone(count))
                       : role == kSortRole              ? QVariant(count)
                       : role == kTintRole && count < 0 ? tinted(Tint::kTextDisabled)
                                                        : QVariant();
            },
            tooltip, true};
}

template <class Row, class Value>
KeyedColumn<Row> bytes(const QString& title, Value value, const QString& tooltip = {}) {
    return {title,
            [value](const Row& row, int role) -> QVariant {
                const qint64 count = value(row);
                return role == Qt::DisplayRole                 ? QVariant(count < 0 ? kNone : formatBytes(count))
                       : role == kSortRole                     ? QVariant(count)
                       : role == Qt::ToolTipRole && count >= 0 ? QVariant(formatBytesExact(count))
                       : role == kTintRole && count < 0        ? tinted(Tint::kTextDisabled)
                                                               : QVariant();
            },
            tooltip, true};
}

template <class Row, class Value>
KeyedColumn<Row> mono(const QString& title, Value value, const QString& tooltip = {}) {
    return {title,
            [value](const Row& row, int role) -> QVariant {
                const QString text = value(row);
                return role == Qt::DisplayRole                      ? QVariant(text.isEmpty() ? kNone : text)
                       : role == kMonoRole                          ? QVariant(!text.isEmpty())
                       : role == Qt::ToolTipRole && !text.isEmpty() ? QVariant(text)
                       : role == kTintRole && text.isEmpty()        ? tinted(Tint::kTextDisabled)
                                                                    : QVariant();
            },
            tooltip};
}

/// A broker's or controller's number: an id, not a count.
template <class Row, class Value>
KeyedColumn<Row> node(const QString& title, Value value) {
    return {title, [value](const Row& row, int role) -> QVariant {
                const BrokerId id = value(row);
                return role == Qt::DisplayRole ? QVariant(QString::number(id.value))
                       : role == kMonoRole     ? QVariant(true)
                       : role == kSortRole     ? QVariant(id.value)
                                               : QVariant();
            }};
}

template <class Row, class Value>
KeyedColumn<Row> moment(const QString& title, Value value, const QString& tooltip) {
    return {title,
            [value](const Row& row, int role) -> QVariant {
                const Timestamp at = value(row);
                const bool isKnown = at > Timestamp(0);
                return role == Qt::DisplayRole              ? QVariant(isKnown ? formatRelative(at, row.now) : kNone)
                       : role == kSortRole                  ? QVariant::fromValue<qint64>(at.value)
                       : role == Qt::ToolTipRole && isKnown ? QVariant(formatAbsolute(at))
                       : role == kTintRole && !isKnown      ? tinted(Tint::kTextDisabled)
                                                            : QVariant();
            },
            tooltip, true};
}

/// Of the disk, -1 where the broker does not tell.
double usedShare(const LogDir& dir) {
    return dir.totalBytes > 0 && dir.usableBytes >= 0
               ? 1 - static_cast<double>(dir.usableBytes) / static_cast<double>(dir.totalBytes)
               : -1;
}

QVariant fullData(const FolderRow& row, int role) {
    // Kafka itself stops at a full disk, so that a person should know before.
    constexpr double kNearlyFull = 0.9;
    const double used = usedShare(row.dir);
    switch (role) {
        case Qt::DisplayRole:
            return used < 0 ? kNone : formatShare(used);
        case kSortRole:
            return used;
        case kShareRole:
            return used < 0 ? QVariant() : QVariant(used);
        case kTintRole:
            return used < 0 ? tinted(Tint::kTextDisabled) : used > kNearlyFull ? tinted(Tint::kWarnText) : QVariant();
        default:
            return {};
    }
}

QVariant folderStateData(const FolderRow& row, int role) {
    const bool isWell = row.dir.problem.empty();
    switch (role) {
        case Qt::DisplayRole:
            return isWell ? tr("OK") : row.dir.path.empty() ? tr("Not told") : tr("Offline");
        case kChipRole:
            return tinted(isWell ? Tint::kOk : Tint::kBad);
        case Qt::ToolTipRole:
            return isWell ? tr("The broker reads and writes it.") : QString::fromStdString(row.dir.problem);
        default:
            return {};
    }
}

QString nameOf(const TopicPartition& partition) {
    return QStringLiteral("%1-%2").arg(QString::fromStdString(partition.topic)).arg(partition.partition.value);
}

QVariant partitionData(const ReplicaRow& row, int role) {
    const TopicPartition& p = row.replica.partition;
    switch (role) {
        case Qt::DisplayRole:
            return nameOf(p);
        case kSortRole:
            return QStringLiteral("%1 %2").arg(QString::fromStdString(p.topic)).arg(p.partition.value, 10);
        case kMonoRole:
            return true;
        case kSeriesRole:
            return p.partition.value;
        default:
            return {};
    }
}

QVariant replicaStateData(const ReplicaRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.replica.isFuture ? tr("Moving here") : tr("In use");
        case kChipRole:
            return tinted(row.replica.isFuture ? Tint::kAccent : Tint::kTextSecondary);
        case Qt::ToolTipRole:
            return row.replica.isFuture
                       ? tr("It is copied from another folder of the broker, and used once nothing is missing.")
                       : tr("What the broker reads from and writes to.");
        default:
            return {};
    }
}

QVariant roleData(const QuorumRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.isLeader ? tr("Leader") : row.replica.isVoter ? tr("Voter") : tr("Observer");
        case kChipRole:
            return tinted(row.isLeader ? Tint::kAccent : row.replica.isVoter ? Tint::kOk : Tint::kTextSecondary);
        case Qt::ToolTipRole:
            return row.isLeader          ? tr("Decides every change of the metadata; the others copy from it.")
                   : row.replica.isVoter ? tr("Copies the metadata, and may become the leader.")
                                         : tr("Copies the metadata without a vote: a broker, or a voter to be.");
        default:
            return {};
    }
}

QVariant lagData(const QuorumRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return formatCountOrNone(row.lag);
        case kSortRole:
            return row.lag;
        case kTintRole:
            return row.lag < 0 ? tinted(Tint::kTextDisabled) : QVariant();
        default:
            return {};
    }
}

QString listenersOf(const QuorumRow& row) {
    QStringList all;
    for (const std::string& each : row.replica.listeners) {
        all.append(QString::fromStdString(each));
    }
    return all.join(QStringLiteral(", "));
}

QVariant featureStateData(const FeatureRow& row, int role) {
    const auto& supported = row.state.supported;
    const bool isOn = row.state.finalized > 0;
    const bool canMore = supported && row.state.finalized < supported->max;
    switch (role) {
        case Qt::DisplayRole:
            return !supported ? tr("Unknown to it") : !isOn ? tr("Off") : canMore ? tr("Can be raised") : tr("Newest");
        case kChipRole:
            return tinted(!supported ? Tint::kWarn
                          : !isOn    ? Tint::kTextSecondary
                          : canMore  ? Tint::kAccent
                                     : Tint::kOk);
        case Qt::ToolTipRole:
            return !supported ? tr("The cluster has agreed on it, but the broker that answered does not know it.")
                   : !isOn    ? tr("The cluster has not agreed on it; this broker could.")
                   : canMore  ? tr("This broker could more than the cluster has agreed on.")
                              : tr("The cluster has agreed on the highest level that this broker knows.");
        default:
            return {};
    }
}

/// A level of the feature; nullopt: there is none.
template <class Value>
KeyedColumn<FeatureRow> level(const QString& title, Value value, const QString& tooltip) {
    return {title,
            [value](const FeatureRow& row, int role) -> QVariant {
                const std::optional<int> at = value(row.state);
                return role == Qt::DisplayRole         ? QVariant(at ? levelText(row.state.name, *at) : kNone)
                       : role == kSortRole             ? QVariant(at.value_or(-1))
                       : role == kMonoRole             ? QVariant(at.has_value())
                       : role == Qt::ToolTipRole && at ? QVariant(tr("Level %1").arg(*at))
                       : role == kTintRole && !at      ? tinted(Tint::kTextDisabled)
                                                       : QVariant();
            },
            tooltip, true};
}

std::optional<int> finalizedOf(const FeatureState& state) {
    return state.finalized > 0 ? std::optional<int>(state.finalized) : std::nullopt;
}
std::optional<int> lowestOf(const FeatureState& state) {
    return state.supported ? std::optional<int>(state.supported->min) : std::nullopt;
}
std::optional<int> highestOf(const FeatureState& state) {
    return state.supported ? std::optional<int>(state.supported->max) : std::nullopt;
}

}  // namespace

std::vector<KeyedColumn<FolderRow>> folderColumns() {
    std::vector<KeyedColumn<FolderRow>> columns;
    columns.push_back(
        mono<FolderRow>(tr("Folder"), [](const auto& row) { return QString::fromStdString(row.dir.path); }));
    columns.push_back(node<FolderRow>(tr("Broker"), [](const auto& row) { return row.dir.broker; }));
    columns.push_back({tr("State"), folderStateData});
    columns.push_back(number<FolderRow>(
        tr("Replicas"), [](const auto& row) { return row.replicas; }, tr("Partitions with a log in it")));
    columns.push_back(bytes<FolderRow>(
        tr("Logs"), [](const auto& row) { return row.sizeBytes; }, tr("What these logs take")));
    columns.push_back({tr("Disk in use"), fullData, tr("Of the whole disk, by whatever is on it"), true});
    columns.push_back(bytes<FolderRow>(tr("Usable"), [](const auto& row) { return qint64{row.dir.usableBytes}; }));
    columns.push_back(bytes<FolderRow>(tr("Total"), [](const auto& row) { return qint64{row.dir.totalBytes}; }));
    return columns;
}

std::vector<FolderRow> folderRows(const std::vector<LogDir>& all) {
    std::vector<FolderRow> rows;
    for (const LogDir& each : all) {
        FolderRow& row = rows.emplace_back();
        row.dir = {each.broker, each.path, each.problem, each.totalBytes, each.usableBytes, {}};
        row.replicas = static_cast<qint64>(each.replicas.size());
        row.sizeBytes = each.sizeBytes();
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    return rows;
}

std::vector<KeyedColumn<ReplicaRow>> replicaColumns() {
    std::vector<KeyedColumn<ReplicaRow>> columns;
    columns.push_back({tr("Partition"), partitionData});
    columns.push_back(node<ReplicaRow>(tr("Broker"), [](const auto& row) { return row.broker; }));
    columns.push_back(mono<ReplicaRow>(tr("Folder"), [](const auto& row) { return QString::fromStdString(row.path); }));
    auto size = bytes<ReplicaRow>(tr("Size"), [](const auto& row) { return qint64{row.replica.sizeBytes}; });
    size.value = [inner = size.value](const ReplicaRow& row, int role) {
        return role == kShareRole ? QVariant(row.share) : inner(row, role);
    };
    columns.push_back(std::move(size));
    columns.push_back(number<ReplicaRow>(
        tr("Offset lag"), [](const auto& row) { return qint64{row.replica.offsetLag}; },
        tr("Records that it has yet to copy")));
    columns.push_back({tr("State"), replicaStateData});
    return columns;
}

ReplicaRows replicaRows(const std::vector<LogDir>& all, const std::function<bool(const LogDir& dir)>& isWanted,
                        const QString& text, std::size_t most) {
    ReplicaRows found;
    std::vector<ReplicaRow>& rows = found.rows;
    for (const LogDir& dir : all) {
        if (!isWanted(dir)) {
            continue;
        }
        for (const LogDirReplica& each : dir.replicas) {
            if (text.isEmpty() || nameOf(each.partition).contains(text, Qt::CaseInsensitive)) {
                rows.push_back({dir.broker, dir.path, each, 0});
            }
        }
    }
    found.all = static_cast<qint64>(rows.size());
    if (rows.size() > most) {
        const auto end = rows.begin() + static_cast<std::ptrdiff_t>(most);
        std::nth_element(rows.begin(), end, rows.end(),
                         [](const auto& a, const auto& b) { return a.replica.sizeBytes > b.replica.sizeBytes; });
        rows.erase(end, rows.end());
    }
    std::int64_t largest = 1;
    for (const ReplicaRow& row : rows) {
        largest = std::max(largest, row.replica.sizeBytes);
    }
    for (ReplicaRow& row : rows) {
        row.share = static_cast<double>(row.replica.sizeBytes) / static_cast<double>(largest);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    return found;
}

std::vector<KeyedColumn<QuorumRow>> quorumColumns() {
    std::vector<KeyedColumn<QuorumRow>> columns;
    columns.push_back(node<QuorumRow>(tr("Node"), [](const auto& row) { return row.replica.id; }));
    columns.push_back({tr("Role"), roleData});
    columns.push_back(number<QuorumRow>(
        tr("Log end offset"), [](const auto& row) { return qint64{row.replica.logEnd.value}; },
        tr("How far its copy of the metadata goes")));
    columns.push_back({tr("Lag"), lagData, tr("Changes that it has yet to copy from the leader"), true});
    columns.push_back(moment<QuorumRow>(
        tr("Last caught up"), [](const auto& row) { return row.replica.lastCaughtUp; },
        tr("When it last had everything that the leader had")));
    columns.push_back(moment<QuorumRow>(
        tr("Last fetch"), [](const auto& row) { return row.replica.lastFetch; }, tr("When it last asked the leader")));
    columns.push_back(mono<QuorumRow>(tr("Listeners"), listenersOf));
    columns.push_back(mono<QuorumRow>(tr("Directory id"), [](const auto& row) {
        return row.replica.directory.isZero() ? QString() : QString::fromStdString(row.replica.directory.toString());
    }));
    return columns;
}

std::vector<QuorumRow> quorumRows(const QuorumInfo& info, Timestamp now) {
    std::vector<QuorumRow> rows;
    constexpr std::int64_t kSecond = 1000;
    for (const QuorumReplica& each : info.replicas) {
        rows.push_back({each, each.id == info.leader, info.lagOf(each), Timestamp(now.value / kSecond * kSecond)});
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    return rows;
}

std::vector<KeyedColumn<FeatureRow>> featureColumns() {
    std::vector<KeyedColumn<FeatureRow>> columns;
    columns.push_back(
        mono<FeatureRow>(tr("Feature"), [](const auto& row) { return QString::fromStdString(row.state.name); }));
    columns.push_back({tr("State"), featureStateData});
    columns.push_back(level(tr("Finalized"), finalizedOf, tr("What the cluster has agreed on")));
    columns.push_back(level(tr("Lowest"), lowestOf, tr("That the broker which answered supports")));
    columns.push_back(level(tr("Highest"), highestOf, tr("That the broker which answered supports")));
    columns.push_back({tr("What it is for"), [](const FeatureRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(purposeOf(row.state.name)) : QVariant();
                       }});
    return columns;
}

}  // namespace weir::ui
