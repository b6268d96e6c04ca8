// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "broker/model/record.h"

/// Requests and answers of administration, the same for the embedded broker and for a remote cluster.
namespace weir {

/// Why a cluster refused or failed. `kafkaCode` is Kafka's error code where the cluster gave one, else 0.
enum class ClusterErrc {
    kUnreachable,
    kTimeout,
    kRefused,
    kNotFound,
    kAlreadyExists,
    kInvalid,
    kUnsupported,
    kStorage,
    kStopped,
    kCancelled
};
struct ClusterError {
    ClusterErrc code = ClusterErrc::kRefused;
    std::int16_t kafkaCode = 0;
    /// A sentence for a person: what happened, to what.
    std::string message;
};
template <class T>
using ClusterResult = Result<T, ClusterError>;

struct ConfigEntry {
    std::string name;
    /// nullopt: sensitive, or no value.
    std::optional<std::string> value;
    enum class Source {
        kTopic = 1,
        kDynamicBroker = 2,
        kDynamicDefaultBroker = 3,
        kStaticBroker = 4,
        kDefault = 5,
        kGroup = 8
    };
    Source source = Source::kDefault;
    enum class Type { kUnknown, kBoolean, kString, kInt, kShort, kLong, kDouble, kList, kClass, kPassword };
    Type type = Type::kUnknown;
    std::optional<std::string> defaultValue;
    std::string documentation;
    bool readOnly = false;
    bool sensitive = false;
    /// False: accepted for tools' sake, without effect on one node.
    bool hasEffect = true;
    /// Legal values of a closed set; empty when free.
    std::vector<std::string> allowed;
};

/// Set `name` to `value`, or back to its default when nullopt.
struct ConfigChange {
    std::string name;
    std::optional<std::string> value;
};

struct NewTopic {
    std::string name;
    /// -1: the broker's num.partitions.
    std::int32_t partitions = -1;
    std::int16_t replicationFactor = -1;
    std::vector<ConfigChange> configs;
};

enum class OffsetSpecKind { kEarliest, kLatest, kAtTimestamp, kMaxTimestamp };
struct OffsetSpec {
    OffsetSpecKind kind = OffsetSpecKind::kLatest;
    Timestamp at = kNoTimestamp;
};

enum class Acks : std::int8_t { kNone = 0, kLeader = 1, kAll = -1 };

/// Who an idempotent producer is, and the number of its next record in each partition (KIP-98).
struct ProducerNumbers {
    ProducerId id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    std::map<TopicPartition, Sequence> next;
};

struct ProduceOptions {
    Compression compression = Compression::kNone;
    Acks acks = Acks::kAll;
    /// For who means to go on as the same producer in a later call, or after a restart, so that the cluster refuses
    /// what it has already. Taken from it where it names nobody yet. Meaningful after a call that succeeded only;
    /// outlives the call. A cluster in this process, whose calls are never under way when they fail, leaves it alone.
    ProducerNumbers* numbers = nullptr;
};

/// Where a published record went.
struct PublishedRecord {
    PartitionId partition;
    Offset offset;
    Timestamp timestamp;
};

struct OffsetChange {
    TopicPartition partition;
    /// nullopt: remove the commit.
    std::optional<Offset> offset;
};

/// One read of a partition for people: never commits, never joins, never blocks a writer.
struct ReadRequest {
    TopicPartition partition;
    Offset from;
    /// First record with offset >= `until` is left out; kNoOffset: to the high watermark.
    Offset until = kNoOffset;
    std::int32_t maxRecords = 1000;
    std::int64_t maxBytes = 1 << 20;
    Isolation isolation = Isolation::kReadUncommitted;
    /// Control batches (transaction markers) as records too.
    bool includeControl = false;
};

/// A segment file as a storage view draws it.
struct SegmentInfo {
    Offset base;
    Offset next;
    std::int64_t sizeBytes = 0;
    Timestamp maxTimestamp = kNoTimestamp;
    bool isActive = false;
};

}  // namespace weir
