// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/model/ids.h"

/// How a cluster itself stands: who keeps its metadata, which protocol levels it has agreed on, where its brokers keep
/// their logs. Plain values, asked for and not kept.
namespace weir {

/// One that keeps a copy of the metadata log, with a vote or only reading along (a broker).
struct QuorumReplica {
    BrokerId id{-1};
    bool isVoter = false;
    /// Nil before kraft.version 1.
    Uuid directory;
    /// kNoOffset where the leader does not know it.
    Offset logEnd = kNoOffset;
    /// kNoTimestamp where it was never seen, or the cluster is too old to tell.
    Timestamp lastFetch = kNoTimestamp;
    Timestamp lastCaughtUp = kNoTimestamp;
    /// "CONTROLLER://host:9093"; empty where the cluster is too old to tell.
    std::vector<std::string> listeners;
    auto operator<=>(const QuorumReplica&) const = default;
};

/// Kafka's metadata quorum (DescribeQuorum).
struct QuorumInfo {
    BrokerId leader{-1};
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    Offset highWatermark = kNoOffset;
    /// Voters first.
    std::vector<QuorumReplica> replicas;

    /// How many changes of the metadata a replica has yet to copy from the leader; -1 where nobody knows.
    [[nodiscard]] std::int64_t lagOf(const QuorumReplica& replica) const;
    bool operator==(const QuorumInfo&) const = default;
};

/// A feature in Kafka's sense (KIP-584): a protocol level.
struct FeatureState {
    std::string name;
    struct Range {
        std::int16_t min = 0;
        std::int16_t max = 0;
        bool operator==(const Range&) const = default;
    };
    /// What the broker that answered could do; nullopt for a feature that it does not know.
    std::optional<Range> supported;
    /// What the cluster has agreed on; 0 is off.
    std::int16_t finalized = 0;
    bool operator==(const FeatureState&) const = default;
};

struct FeaturesInfo {
    /// Grows with every change; -1 where the cluster does not tell.
    std::int64_t epoch = -1;
    /// By name.
    std::vector<FeatureState> features;
    bool operator==(const FeaturesInfo&) const = default;
};

/// One partition's log in one folder.
struct LogDirReplica {
    TopicPartition partition;
    std::int64_t sizeBytes = 0;
    /// Behind the high watermark; of a future replica, behind the one that it is to replace.
    std::int64_t offsetLag = 0;
    /// It is being moved here (AlterReplicaLogDirs).
    bool isFuture = false;
    auto operator<=>(const LogDirReplica&) const = default;
};

/// One folder of one broker, or, with an empty path, why the broker tells of none.
struct LogDir {
    BrokerId broker{-1};
    std::string path;
    /// A sentence; empty while all is well.
    std::string problem;
    /// -1: the broker is too old to tell.
    std::int64_t totalBytes = -1;
    std::int64_t usableBytes = -1;
    std::vector<LogDirReplica> replicas;

    [[nodiscard]] std::int64_t sizeBytes() const;
    bool operator==(const LogDir&) const = default;
};

}  // namespace weir
