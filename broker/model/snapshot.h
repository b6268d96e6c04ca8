// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"

/// What a cluster looks like at one instant: plain values, immutable once made, shared between threads by
/// shared_ptr<const Snapshot>. Counters only grow while a broker lives; rates are made by whoever compares two
/// snapshots.
namespace weir {

struct PartitionSnapshot {
    PartitionId partition;
    LeaderEpoch leaderEpoch;
    Offset logStart;
    Offset highWatermark;
    Offset lastStable;
    std::int64_t sizeBytes = 0;
    std::int32_t segments = 0;
    std::int64_t recordsIn = 0;
    std::int64_t bytesIn = 0;
    std::int64_t bytesOut = 0;
    /// Broker time of the newest append; kNoTimestamp before the first since start.
    Timestamp lastAppend = kNoTimestamp;
    /// Why the partition serves nothing (disk error, damage), in words; empty when it serves.
    std::string offlineReason;
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> inSync;
    BrokerId leader;
};

struct TopicSnapshot {
    std::string name;
    TopicId id;
    bool isInternal = false;
    std::vector<PartitionSnapshot> partitions;
    /// Effective values that lists show without a describe call.
    std::string cleanupPolicy;
    std::int64_t retentionMs = -1;
    std::int64_t retentionBytes = -1;
    std::int32_t replicationFactor = 1;
    /// High watermark minus log start counts records exactly only when nothing was compacted and no markers stand in
    /// the log; otherwise lists say "~" and why.
    bool countIsExact = true;

    [[nodiscard]] std::int64_t recordCount() const;
    [[nodiscard]] std::int64_t sizeBytes() const;
};

enum class GroupState {
    kUnknown,
    kEmpty,
    kPreparingRebalance,
    kCompletingRebalance,
    kStable,
    kDead,
    kAssigning,
    kReconciling,
    kNotReady
};
enum class GroupType { kClassic, kConsumer, kShare, kStreams };

struct GroupMemberSnapshot {
    std::string memberId;
    /// Empty: a dynamic member.
    std::string instanceId;
    std::string clientId;
    std::string host;
    std::vector<TopicPartition> assigned;
    std::vector<std::string> subscribed;
};

struct CommittedOffset {
    TopicPartition partition;
    Offset offset;
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    std::string metadata;
    Timestamp committedAt = kNoTimestamp;
};

struct RebalanceEvent {
    Timestamp at;
    std::int64_t durationMs = 0;
    GenerationId generation;
    std::string reason;
    std::vector<std::string> joined;
    std::vector<std::string> left;
    std::int32_t members = 0;
};

struct GroupSnapshot {
    std::string id;
    GroupType type = GroupType::kClassic;
    GroupState state = GroupState::kUnknown;
    std::string protocolType;
    std::string protocolName;
    GenerationId generation;
    std::string leaderId;
    std::vector<GroupMemberSnapshot> members;
    std::vector<CommittedOffset> offsets;
    std::vector<RebalanceEvent> rebalances;
};

struct ApiUse {
    std::int16_t apiKey = 0;
    std::string apiName;
    std::int16_t version = 0;
    std::int64_t requests = 0;
    std::int64_t errors = 0;
};

struct ConnectionSnapshot {
    std::uint64_t id = 0;
    std::string remoteAddress;
    std::string clientId;
    std::string softwareName;
    std::string softwareVersion;
    Timestamp connectedAt;
    Timestamp lastRequestAt = kNoTimestamp;
    std::int64_t bytesIn = 0;
    std::int64_t bytesOut = 0;
    std::int64_t requests = 0;
    std::int64_t errors = 0;
    std::vector<ApiUse> apis;
    std::vector<std::string> producedTopics;
    std::vector<std::string> fetchedTopics;
    std::vector<std::string> groups;
};

/// Sums over everything since the broker started.
struct Totals {
    std::int64_t recordsIn = 0;
    std::int64_t bytesIn = 0;
    std::int64_t bytesOut = 0;
    std::int64_t requests = 0;
    std::int64_t errors = 0;
    std::int64_t diskBytes = 0;
    std::int64_t diskFreeBytes = 0;
};

/// Something that a person should know: full disk, quarantined bytes, an offline partition.
struct Problem {
    enum class Severity { kInfo, kWarning, kError };
    Severity severity = Severity::kWarning;
    Timestamp since = kNoTimestamp;
    std::string subject;
    std::string message;
};

struct Snapshot {
    /// Wall time and a monotonic stamp at which it was taken; rates divide by the monotonic difference.
    Timestamp takenAt;
    std::int64_t steadyMs = 0;
    std::vector<std::shared_ptr<const TopicSnapshot>> topics;  // by name
    std::vector<std::shared_ptr<const GroupSnapshot>> groups;  // by id
    std::vector<ConnectionSnapshot> connections;
    Totals totals;
    std::vector<Problem> problems;

    /// nullptr when there is none.
    [[nodiscard]] const TopicSnapshot* findTopic(const std::string& name) const;
    [[nodiscard]] const GroupSnapshot* findGroup(const std::string& id) const;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace weir
