// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_offsets.h"

#include <limits>
#include <map>
#include <utility>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ListOffsetsRequest;
using protocol::ListOffsetsResponse;

constexpr std::int16_t kFirstWithLeaderEpoch = 4;

/// From which version a special timestamp exists; older requests with it are refused (Kafka's ListOffsetsHandler).
std::int16_t firstVersionWith(std::int64_t timestamp) {
    using Query = topics::OffsetQuery;
    switch (timestamp) {
        case Query::kMaxTimestamp:
            return 7;
        case Query::kEarliestLocal:
            return 8;
        case Query::kLatestTiered:
            return 9;
        case Query::kEarliestPendingUpload:
            return 11;
        default:
            // Other negative numbers are questions of versions to come.
            return timestamp < Query::kEarliestPendingUpload ? std::numeric_limits<std::int16_t>::max() : 0;
    }
}

ListOffsetsResponse::ListOffsetsPartitionResponse find(Services& services, const Call& call,
                                                       const topics::TopicPtr& topic,
                                                       const ListOffsetsRequest::ListOffsetsPartition& wanted,
                                                       Isolation isolation, bool isAllowed) {
    ListOffsetsResponse::ListOffsetsPartitionResponse found;
    found.partitionIndex = wanted.partitionIndex;
    if (!isAllowed) {
        found.errorCode = ErrorCode::kTopicAuthorizationFailed;
        call.noteError();
        return found;
    }
    const auto partition = topic ? topic->partition(wanted.partitionIndex) : nullptr;
    if (!partition) {
        found.errorCode = errorOfAbsent(topic.get(), wanted.partitionIndex);
    } else if (call.isBefore(firstVersionWith(wanted.timestamp.value))) {
        found.errorCode = ErrorCode::kUnsupportedVersion;
    } else if (const auto epoch = partition->checkLeaderEpoch(wanted.currentLeaderEpoch); !epoch) {
        found.errorCode = toKafka(epoch.error().code);
    } else if (const auto at = partition->offsetFor(wanted.timestamp.value, isolation); !at) {
        found.errorCode = toKafka(at.error().code);
    } else {
        found.timestamp = at->timestamp;
        found.offset = at->offset;
        if (!call.isBefore(kFirstWithLeaderEpoch)) {
            found.leaderEpoch = at->leaderEpoch;
        }
    }
    if (found.errorCode != ErrorCode::kNone) {
        services.logger.debug("ListOffsets of {}: error {}", topic ? topic->name : std::string("an unknown topic"),
                              static_cast<int>(found.errorCode));
        call.noteError();
    }
    return found;
}

ListOffsetsResponse listOffsets(Services& services, const Call& call, ListOffsetsRequest request) {
    const Isolation isolation = request.isolationLevel == 1 ? Isolation::kReadCommitted : Isolation::kReadUncommitted;
    const auto topics = services.topics.snapshot();
    ListOffsetsResponse response;
    for (auto& wanted : request.topics) {
        const auto topic = topics->byName(wanted.name);
        const bool isAllowed = mayTopic(services, call, AclOperation::kDescribe, wanted.name);
        auto& answered = response.topics.emplace_back();
        std::map<PartitionId, int> asked;
        for (const auto& each : wanted.partitions) {
            ++asked[each.partitionIndex];
        }
        for (const auto& each : wanted.partitions) {
            // What is asked more than once is refused once (KafkaApis.handleListOffsetRequest).
            int& times = asked[each.partitionIndex];
            if (times != 1) {
                if (std::exchange(times, 0) > 1) {
                    auto& refused = answered.partitions.emplace_back();
                    refused.partitionIndex = each.partitionIndex;
                    refused.errorCode = ErrorCode::kInvalidRequest;
                    call.noteError();
                }
                continue;
            }
            answered.partitions.push_back(find(services, call, topic, each, isolation, isAllowed));
        }
        answered.name = std::move(wanted.name);
    }
    return response;
}

}  // namespace

constinit const Handler kListOffsetsHandler = handledBy<listOffsets>(ListOffsetsRequest::kVersions);

}  // namespace weir::server
