// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

#include "broker/base/strong.h"
#include "broker/base/uuid.h"

/// The field's nouns as types. Every signature of the engine speaks in these.
namespace weir {

using PartitionId = Strong<struct PartitionIdTag, std::int32_t>;
using BrokerId = Strong<struct BrokerIdTag, std::int32_t>;
/// Position of a record in a partition, from 0. -1 stands for "none" where a field's comment says so.
using Offset = Strong<struct OffsetTag, std::int64_t>;
/// Milliseconds since 1970-01-01T00:00:00Z; -1 is "no timestamp".
using Timestamp = Strong<struct TimestampTag, std::int64_t>;
using LeaderEpoch = Strong<struct LeaderEpochTag, std::int32_t>;
/// -1 is "not idempotent".
using ProducerId = Strong<struct ProducerIdTag, std::int64_t>;
using ProducerEpoch = Strong<struct ProducerEpochTag, std::int16_t>;
/// Sequence number of a producer in a partition; wraps from 2^31-1 to 0.
using Sequence = Strong<struct SequenceTag, std::int32_t>;
using GenerationId = Strong<struct GenerationIdTag, std::int32_t>;

using TopicId = Uuid;

inline constexpr Offset kNoOffset{-1};
inline constexpr Timestamp kNoTimestamp{-1};
inline constexpr LeaderEpoch kNoLeaderEpoch{-1};
inline constexpr ProducerId kNoProducerId{-1};
inline constexpr ProducerEpoch kNoProducerEpoch{-1};
inline constexpr Sequence kNoSequence{-1};

struct TopicPartition {
    std::string topic;
    PartitionId partition;
    auto operator<=>(const TopicPartition&) const = default;
};

}  // namespace weir

template <>
struct std::hash<weir::TopicPartition> {
    std::size_t operator()(const weir::TopicPartition& tp) const noexcept {
        return std::hash<std::string>{}(tp.topic) * 31 + std::hash<std::int32_t>{}(tp.partition.value);
    }
};
