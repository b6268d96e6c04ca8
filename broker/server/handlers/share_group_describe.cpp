// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_group_describe.h"

#include "broker/server/handlers/describe_groups_of.h"
#include "broker/server/handlers/group_wire.h"
#include "broker/server/handlers/handlers.h"

namespace weir::server {

namespace {

using protocol::ShareGroupDescribeRequest;
using protocol::ShareGroupDescribeResponse;

ShareGroupDescribeResponse::Member toMember(groups::DescribedShareGroup::Member member,
                                            const groups::TopicDirectory& topics) {
    ShareGroupDescribeResponse::Member made;
    made.memberId = std::move(member.memberId);
    made.rackId = std::move(member.rackId);
    made.memberEpoch = member.memberEpoch;
    made.clientId = std::move(member.clientId);
    made.clientHost = std::move(member.clientHost);
    made.subscribedTopicNames = std::move(member.subscribedTopics);
    made.assignment.topicPartitions =
        toNamedWire<ShareGroupDescribeResponse::TopicPartitions>(member.assignment, topics);
    return made;
}

ShareGroupDescribeResponse shareGroupDescribe(Services& services, const Call& call, ShareGroupDescribeRequest request) {
    return describeGroupsOf<ShareGroupDescribeResponse>(
        services, call, std::move(request),
        [&](const std::string& groupId) { return services.groups.describeShareGroup(groupId); },
        [&services](auto& group, auto& found) {
            group.assignorName = std::move(found.assignor);
            for (auto& member : found.members) {
                group.members.push_back(toMember(std::move(member), services.topicFacts));
            }
        });
}

}  // namespace

constinit const Handler kShareGroupDescribeHandler =
    handledBy<shareGroupDescribe>(ShareGroupDescribeRequest::kVersions);

}  // namespace weir::server
