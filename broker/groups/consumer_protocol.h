// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"

/// What members of the protocol type "consumer" put into the opaque bytes of JoinGroup and SyncGroup (Kafka's
/// ConsumerProtocolSubscription and ConsumerProtocolAssignment, versions 0-3). The coordinator routes these bytes
/// without needing them; it reads them to know which topics a group uses and to show who owns what.
///
///   Subscription => version:int16 [topic:STRING] user_data:NULLABLE_BYTES owned:[topic [partition:int32]] (1+)
///                   generation:int32 (2+) rack:NULLABLE_STRING (3+)
///   Assignment   => version:int16 [topic:STRING [partition:int32]] user_data:NULLABLE_BYTES
///   e.g. 0000 00000001 0001 'a' ffffffff is version 0, topics [a], no user data.
/// A version above 3 is read as 3: later versions may only add at the end.
namespace weir::groups {

inline constexpr std::string_view kConsumerProtocolType = "consumer";

struct ConsumerSubscription {
    std::int16_t version = 0;
    std::vector<std::string> topics;
    Bytes userData;
    std::vector<TopicPartition> owned;
    GenerationId generation{-1};
    std::optional<std::string> rackId;
};

struct ConsumerAssignment {
    std::int16_t version = 0;
    std::vector<TopicPartition> partitions;
    Bytes userData;
};

/// Nothing when the bytes are not such a message.
[[nodiscard]] std::optional<ConsumerSubscription> parseSubscription(ByteView bytes);
[[nodiscard]] std::optional<ConsumerAssignment> parseAssignment(ByteView bytes);

/// Written at `version` 0-3, partitions grouped by topic in the order given.
[[nodiscard]] Bytes writeSubscription(const ConsumerSubscription& subscription);
[[nodiscard]] Bytes writeAssignment(const ConsumerAssignment& assignment);

}  // namespace weir::groups
