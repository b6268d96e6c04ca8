// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_share_group_offsets.h"

#include <map>
#include <set>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeShareGroupOffsetsRequest;
using protocol::DescribeShareGroupOffsetsResponse;
using protocol::ErrorCode;
using WireGroup = DescribeShareGroupOffsetsResponse::DescribeShareGroupOffsetsResponseGroup;
using WirePartition = DescribeShareGroupOffsetsResponse::DescribeShareGroupOffsetsResponsePartition;

/// Where the group stands in the partition, and how many records it has not got done (KIP-1226): below 0 where it was
/// set to begin after the end.
WirePartition positionOf(Services& services, const std::string& groupId, const topics::Topic* topic,
                         PartitionId partition) {
    WirePartition answer;
    answer.partitionIndex = partition;
    answer.startOffset = kNoOffset;
    if (topic == nullptr) {
        return answer;
    }
    // Apache Kafka 4.2.1 leaves this question without an answer.
    if (!topic->has(partition)) {
        answer.errorCode = ErrorCode::kUnknownTopicOrPartition;
        answer.errorMessage = "This server does not host this topic-partition.";
        return answer;
    }
    const auto log = topic->partition(partition);
    const auto share = services.shares.find({groupId, topic->id, partition});
    if (!share || !log) {
        return answer;
    }
    const auto position = share->position();
    if (position.start == kNoOffset) {
        return answer;
    }
    answer.startOffset = position.start;
    answer.leaderEpoch = log->leaderEpoch();
    answer.lag = log->offsets().highWatermark - position.start - position.doneAhead;
    return answer;
}

/// What was asked for, or everything that the group has a position in.
std::map<std::string, std::set<PartitionId>> wantedOf(
    Services& services, const DescribeShareGroupOffsetsRequest::DescribeShareGroupOffsetsRequestGroup& group) {
    std::map<std::string, std::set<PartitionId>> wanted;
    if (group.topics) {
        for (const auto& topic : *group.topics) {
            wanted[topic.topicName].insert(topic.partitions.begin(), topic.partitions.end());
        }
        return wanted;
    }
    for (const auto& share : services.shares.ofGroup(group.groupId)) {
        if (const auto facts = services.topicFacts.byId(share->id().topicId)) {
            wanted[facts->name].insert(share->id().partition);
        }
    }
    return wanted;
}

DescribeShareGroupOffsetsResponse describeShareGroupOffsets(Services& services, const Call& call,
                                                            DescribeShareGroupOffsetsRequest request) {
    DescribeShareGroupOffsetsResponse response;
    const auto topics = services.topics.snapshot();
    for (const auto& asked : request.groups) {
        WireGroup& group = response.groups.emplace_back();
        group.groupId = asked.groupId;
        if (!mayGroup(services, call, AclOperation::kDescribe, asked.groupId)) {
            group.errorCode = refusalOf(ResourceType::kGroup);
            call.noteError();
            continue;
        }
        // A group that is not there is one without positions.
        for (const auto& [name, partitions] : wantedOf(services, asked)) {
            if (!mayTopic(services, call, AclOperation::kDescribe, name)) {
                continue;
            }
            auto& answered = group.topics.emplace_back();
            answered.topicName = name;
            const auto topic = topics->byName(name);
            answered.topicId = topic ? topic->id : TopicId{};
            for (const PartitionId partition : partitions) {
                answered.partitions.push_back(positionOf(services, asked.groupId, topic.get(), partition));
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeShareGroupOffsetsHandler =
    handledBy<describeShareGroupOffsets>(DescribeShareGroupOffsetsRequest::kVersions);

}  // namespace weir::server
