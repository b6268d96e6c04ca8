// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/group_offsets.h"

#include <algorithm>
#include <map>

#include "app/bridge/live_state.h"

namespace weir::app {

namespace {

struct GroupView {
    SnapshotPtr snapshot;
    const GroupSnapshot* group = nullptr;
};

ClusterResult<GroupView> findGroup(Cluster& cluster, const std::string& id) {
    auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const GroupSnapshot* const group = (*snapshot)->findGroup(id);
    if (group == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 69, "Group " + id + " does not exist."});
    }
    return GroupView{*std::move(snapshot), group};
}

std::map<TopicPartition, Offset> committedOf(const GroupSnapshot& group) {
    std::map<TopicPartition, Offset> committed;
    for (const CommittedOffset& one : group.offsets) {
        committed.emplace(one.partition, one.offset);
    }
    return committed;
}

// Age of the record that the group would read next; -1 when it cannot be read.
std::int64_t timeLag(Cluster& cluster, const TopicPartition& partition, Offset next, Timestamp now) {
    ReadRequest request;
    request.partition = partition;
    request.from = next;
    request.maxRecords = 1;
    request.maxBytes = 1;
    const auto chunk = cluster.read(request);
    if (!chunk || (*chunk)->records.empty()) {
        return -1;
    }
    return std::max<std::int64_t>(0, now - (*chunk)->records.front().timestamp);
}

}  // namespace

ClusterResult<std::vector<ui::PartitionLag>> lagOf(Cluster& cluster, const std::string& id, Timestamp now) {
    const auto view = findGroup(cluster, id);
    if (!view) {
        return fail(ClusterError(view.error()));
    }
    std::map<TopicPartition, ui::PartitionLag> rows;
    for (const auto& [partition, offset] : committedOf(*view->group)) {
        rows[partition].committed = offset;
    }
    for (const GroupMemberSnapshot& member : view->group->members) {
        for (const TopicPartition& partition : member.assigned) {
            ui::PartitionLag& row = rows[partition];
            row.memberId = QString::fromStdString(member.memberId);
            row.clientId = QString::fromStdString(member.clientId);
            // Kafka writes the host as Java prints an address without a name: "/127.0.0.1".
            row.host = QString::fromStdString(member.host.substr(member.host.starts_with('/') ? 1 : 0));
        }
    }
    std::vector<ui::PartitionLag> lags;
    for (auto& [partition, row] : rows) {
        const PartitionSnapshot* const facts = findPartition(*view->snapshot, partition);
        if (facts == nullptr) {
            continue;
        }
        row.partition = partition;
        row.end = facts->highWatermark;
        if (row.committed) {
            row.lag = std::max<std::int64_t>(0, row.end - *row.committed);
            // A commit that retention has overtaken goes on at the log start.
            row.timeLagMs =
                row.lag == 0 ? 0 : timeLag(cluster, partition, std::max(*row.committed, facts->logStart), now);
        }
        lags.push_back(row);
    }
    return lags;
}

namespace {

class Resetter {
public:
    Resetter(Cluster& cluster, const ui::ResetSpec& spec, Timestamp now)
        : m_cluster(cluster), m_spec(spec), m_now(now) {}

    ClusterResult<std::vector<ui::OffsetBeforeAfter>> run() {
        auto view = findGroup(m_cluster, m_spec.group.toStdString());
        if (!view) {
            return fail(ClusterError(view.error()));
        }
        m_before = committedOf(*view->group);
        if (m_spec.kind == ui::ResetKind::kCopyFromGroup) {
            const std::string from = m_spec.fromGroup.toStdString();
            const GroupSnapshot* const source = view->snapshot->findGroup(from);
            if (source == nullptr) {
                return fail(ClusterError{ClusterErrc::kNotFound, 69, "Group " + from + " does not exist."});
            }
            m_source = committedOf(*source);
        }
        std::vector<ui::OffsetBeforeAfter> rows;
        for (const TopicPartition& partition : wanted()) {
            const PartitionSnapshot* const facts = findPartition(*view->snapshot, partition);
            if (facts == nullptr) {
                continue;
            }
            ui::OffsetBeforeAfter row;
            row.partition = partition;
            row.logStart = facts->logStart;
            row.end = facts->highWatermark;
            if (const auto before = m_before.find(partition); before != m_before.end()) {
                row.before = before->second;
            }
            const auto after = target(row);
            if (!after) {
                return fail(ClusterError(after.error()));
            }
            row.after = *after ? std::optional(std::clamp(**after, row.logStart, row.end)) : row.before;
            rows.push_back(std::move(row));
        }
        return rows;
    }

private:
    [[nodiscard]] std::vector<TopicPartition> wanted() const {
        if (!m_spec.partitions.empty()) {
            return m_spec.partitions;
        }
        std::map<TopicPartition, Offset> all = m_before;
        all.insert(m_source.begin(), m_source.end());
        std::vector<TopicPartition> partitions;
        for (const auto& [partition, offset] : all) {
            partitions.push_back(partition);
        }
        return partitions;
    }

    ClusterResult<std::optional<Offset>> atTime(const ui::OffsetBeforeAfter& row, Timestamp time) {
        const auto found = m_cluster.offsetFor(row.partition, {OffsetSpecKind::kAtTimestamp, time});
        if (!found) {
            return fail(ClusterError(found.error()));
        }
        return std::optional(*found == kNoOffset ? row.end : *found);
    }

    // Where the spec wants the partition; nothing: it stays.
    ClusterResult<std::optional<Offset>> target(const ui::OffsetBeforeAfter& row) {
        using ui::ResetKind;
        switch (m_spec.kind) {
            case ResetKind::kEarliest:
                return std::optional(row.logStart);
            case ResetKind::kLatest:
                return std::optional(row.end);
            case ResetKind::kOffset:
                return std::optional(m_spec.offset);
            case ResetKind::kTime:
                return atTime(row, std::max(Timestamp(0), m_spec.time));
            case ResetKind::kDuration:
                return atTime(row, std::max(Timestamp(0), m_now - m_spec.durationMs));
            case ResetKind::kShiftBy:
                return row.before ? std::optional(*row.before + m_spec.shift) : std::nullopt;
            case ResetKind::kCopyFromGroup: {
                const auto found = m_source.find(row.partition);
                return found == m_source.end() ? std::nullopt : std::optional(found->second);
            }
        }
        return std::optional<Offset>();
    }

    Cluster& m_cluster;
    const ui::ResetSpec& m_spec;
    Timestamp m_now;
    std::map<TopicPartition, Offset> m_before;
    std::map<TopicPartition, Offset> m_source;
};

}  // namespace

ClusterResult<std::vector<ui::OffsetBeforeAfter>> previewReset(Cluster& cluster, const ui::ResetSpec& spec,
                                                               Timestamp now) {
    return Resetter(cluster, spec, now).run();
}

ClusterResult<void> setOffsets(Cluster& cluster, const std::string& group,
                               const std::vector<ui::OffsetBeforeAfter>& rows, ResetSide side) {
    std::vector<OffsetChange> changes;
    for (const ui::OffsetBeforeAfter& row : rows) {
        if (row.before != row.after) {
            changes.push_back({row.partition, side == ResetSide::kAfter ? row.after : row.before});
        }
    }
    return changes.empty() ? ClusterResult<void>() : cluster.alterGroupOffsets(group, changes);
}

}  // namespace weir::app
