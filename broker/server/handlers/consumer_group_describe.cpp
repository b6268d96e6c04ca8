// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/consumer_group_describe.h"

#include "broker/server/handlers/describe_groups_of.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::ConsumerGroupDescribeRequest;
using protocol::ConsumerGroupDescribeResponse;
using WireTopic = ConsumerGroupDescribeResponse::TopicPartitions;

ConsumerGroupDescribeResponse::Member toMember(groups::DescribedConsumerGroup::Member member,
                                               const groups::TopicDirectory& topics) {
    constexpr std::int8_t kClassic = 0;
    constexpr std::int8_t kConsumer = 1;
    ConsumerGroupDescribeResponse::Member made;
    made.memberId = std::move(member.memberId);
    made.instanceId = std::move(member.instanceId);
    made.rackId = std::move(member.rackId);
    made.memberEpoch = member.memberEpoch;
    made.clientId = std::move(member.clientId);
    made.clientHost = std::move(member.clientHost);
    made.subscribedTopicNames = std::move(member.subscribedTopics);
    made.subscribedTopicRegex = std::move(member.subscribedRegex);
    made.assignment.topicPartitions = toNamedWire<WireTopic>(member.assignment, topics);
    made.targetAssignment.topicPartitions = toNamedWire<WireTopic>(member.target, topics);
    made.memberType = member.usesClassicProtocol ? kClassic : kConsumer;
    return made;
}

ConsumerGroupDescribeResponse consumerGroupDescribe(Services& services, const Call& call,
                                                    ConsumerGroupDescribeRequest request) {
    return describeGroupsOf<ConsumerGroupDescribeResponse>(
        services, call, std::move(request),
        [&](const std::string& groupId) { return services.groups.describeConsumerGroup(groupId); },
        [&services](auto& group, auto& found) {
            group.assignorName = std::move(found.assignor);
            for (auto& member : found.members) {
                group.members.push_back(toMember(std::move(member), services.topicFacts));
            }
        });
}

}  // namespace

constinit const Handler kConsumerGroupDescribeHandler =
    handledBy<consumerGroupDescribe>(ConsumerGroupDescribeRequest::kVersions);

}  // namespace weir::server
