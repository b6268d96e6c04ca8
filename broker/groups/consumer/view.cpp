// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/consumer_group.h"
#include "broker/groups/member_table.h"

/// What can be seen of a consumer group, and what its members may do with offsets.
namespace weir::groups {

LeaveGroupResponse ConsumerGroup::leave(const LeaveGroupRequest& request) {
    LeaveGroupResponse response;
    bool anyoneLeft = false;
    for (const auto& leaver : request.members) {
        auto memberId = leaver.memberId;
        auto error = GroupErrc::kNone;
        if (leaver.instanceId) {
            const auto registered = m_staticMembers.find(*leaver.instanceId);
            if (registered == m_staticMembers.end()) {
                error = GroupErrc::kUnknownMemberId;
            } else if (!memberId.empty() && memberId != registered->second) {
                error = GroupErrc::kFencedInstanceId;
            } else {
                memberId = registered->second;
            }
        }
        if (error == GroupErrc::kNone && !m_members.contains(memberId)) {
            error = GroupErrc::kUnknownMemberId;
        }
        if (error == GroupErrc::kNone) {
            removeMember(memberId, leaver.reason ? fmt::format("member {} left: {}", memberId, *leaver.reason)
                                                 : fmt::format("member {} left", memberId));
            anyoneLeft = true;
        }
        response.members.push_back({leaver.memberId, leaver.instanceId, error});
    }
    if (anyoneLeft && !turnBackIfClassic()) {
        persist();
    }
    return response;
}

GroupErrc ConsumerGroup::checkCommit(const OffsetCommitRequest& request) {
    if (request.generationOrEpoch.value < 0 && m_members.empty()) {
        return GroupErrc::kNone;
    }
    const auto it = m_members.find(request.memberId);
    if (it == m_members.end()) {
        return GroupErrc::kUnknownMemberId;
    }
    if (it->second.classic) {
        const auto error =
            request.generationOrEpoch.value == it->second.epoch ? GroupErrc::kNone : GroupErrc::kIllegalGeneration;
        if (error == GroupErrc::kNone) {
            restartSession(it->second);
        }
        return error;
    }
    if (request.apiVersion < 9) {
        return GroupErrc::kUnsupportedVersion;  // before 9 a client takes a member epoch for a generation
    }
    return request.generationOrEpoch.value == it->second.epoch ? GroupErrc::kNone : GroupErrc::kStaleMemberEpoch;
}

GroupErrc ConsumerGroup::checkFetch(const OffsetFetchRequest& request) const {
    return checkMemberFetch(m_members, request);
}

bool ConsumerGroup::isSubscribedTo(const std::string& topic) const {
    for (const auto& entry : m_members) {
        if (topicsOf(entry.second).contains(topic)) {
            return true;
        }
    }
    return false;
}

OffsetExpiry ConsumerGroup::expiryOf(const std::string& topic) const {
    return {isSubscribedTo(topic) ? OffsetExpiry::Rule::kNever : OffsetExpiry::Rule::kSinceCommit, kNoTimestamp};
}

DescribedConsumerGroup ConsumerGroup::describeConsumers() const {
    DescribedConsumerGroup group;
    group.groupId = context().groupId();
    group.state = state();
    group.groupEpoch = m_groupEpoch;
    group.assignmentEpoch = m_assignmentEpoch;
    group.assignor = assignorName();
    for (const auto& [id, member] : m_members) {
        DescribedConsumerGroup::Member described;
        described.memberId = id;
        described.instanceId = member.instanceId;
        described.rackId = member.rackId;
        described.memberEpoch = member.epoch;
        described.clientId = member.client.clientId;
        described.clientHost = member.client.clientHost;
        described.subscribedTopics = member.subscribedTopics;
        if (!member.subscribedRegex.empty()) {
            described.subscribedRegex = member.subscribedRegex;
        }
        described.usesClassicProtocol = member.classic.has_value();
        described.assignment = member.assigned;
        if (const auto target = m_target.find(id); target != m_target.end()) {
            described.target = target->second;
        }
        group.members.push_back(std::move(described));
    }
    return group;
}

void ConsumerGroup::fill(GroupSnapshot& snapshot) const {
    snapshot.state = state();
    snapshot.protocolType = protocolType();
    snapshot.protocolName = assignorName();
    snapshot.generation = GenerationId(m_groupEpoch);
    snapshot.rebalances = m_rebalances.events();
    for (const auto& [id, member] : m_members) {
        GroupMemberSnapshot seen;
        seen.memberId = id;
        seen.instanceId = member.instanceId.value_or("");
        seen.clientId = member.client.clientId;
        seen.host = member.client.clientHost;
        const auto topics = topicsOf(member);
        seen.subscribed.assign(topics.begin(), topics.end());
        for (const auto& [topicId, partitions] : member.assigned) {
            const auto facts = context().topics().byId(topicId);
            for (const auto partition : partitions) {
                seen.assigned.push_back({facts ? facts->name : topicId.toString(), partition});
            }
        }
        snapshot.members.push_back(std::move(seen));
    }
}

}  // namespace weir::groups
