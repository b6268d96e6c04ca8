// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/model/snapshot.h"

/// What the catalog keeps, as plain values.
namespace weir::catalog {

using Settings = std::map<std::string, std::string, std::less<>>;

struct TopicRow {
    TopicId id;
    std::string name;
    std::int32_t partitions = 0;
    Timestamp createdAt = kNoTimestamp;
    Settings configs;
    bool operator==(const TopicRow&) const = default;
};

/// A topic that was deleted and can be brought back until `keepUntil`.
struct DeletedTopicRow {
    TopicRow topic;
    Timestamp deletedAt;
    Timestamp keepUntil;
    /// Log start of each partition when it was deleted.
    std::vector<Offset> logStarts;
};

struct OffsetRow {
    CommittedOffset committed;
    /// kNoTimestamp: the group's rule decides.
    Timestamp expireAt = kNoTimestamp;
};

/// An offset that a producer's transaction will commit, or not.
struct StagedOffsetRow {
    ProducerId producerId;
    OffsetRow offset;
};

/// A transaction ends: what its producer has staged in the group becomes committed, or goes.
struct StagedEnd {
    ProducerId producerId;
    bool isCommit = false;
};

/// One atomic change of one group. `removeGroup` takes the record and every offset and comes before the puts.
struct GroupBatch {
    std::string groupId;
    bool removeGroup = false;
    std::vector<OffsetRow> putOffsets;
    std::vector<TopicPartition> removeOffsets;
    std::optional<Bytes> putRecord;
    std::vector<StagedOffsetRow> stageOffsets;
    std::optional<StagedEnd> endStaged;
};

struct GroupRow {
    std::string groupId;
    /// None: the group only has offsets.
    std::optional<Bytes> record;
    std::vector<OffsetRow> offsets;
    std::vector<StagedOffsetRow> staged;
};

/// One partition of one share group: everything below `start` is done, `ranges` is the coordinator's encoding of what
/// lies above.
struct SharePartitionRow {
    std::string groupId;
    TopicId topicId;
    PartitionId partition;
    Offset start;
    Bytes ranges;
};

struct GroupOffset {
    std::string groupId;
    OffsetRow offset;
};

/// A topic that came back, with the commits that its groups had.
struct Undeleted {
    DeletedTopicRow topic;
    std::vector<GroupOffset> offsets;
};

enum class ConfigScope { kBroker, kBrokerDefault };

struct BrokerSettings {
    Settings broker;
    Settings brokerDefault;
};

}  // namespace weir::catalog
