// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/classic/classic_group.h"

#include <algorithm>

#include "broker/groups/consumer_protocol.h"

namespace weir::groups {

ClassicGroup::ClassicGroup(GroupContext& groupContext)
    : Group(groupContext),
      m_stateSince(groupContext.wallNow()),
      m_rebalances(groupContext.options().rebalanceHistory) {}

ClassicGroup::ClassicGroup(GroupContext& groupContext, const ClassicRecord& record, const std::string& whyRebalancing)
    : ClassicGroup(groupContext) {
    m_stateSince = record.stateSince;
    m_generation = record.generation;
    if (!record.protocolType.empty()) {
        m_protocolType = record.protocolType;
    }
    for (const auto& stored : record.members) {
        ClassicMember member;
        member.id = stored.id;
        member.instanceId = stored.instanceId;
        member.client = stored.client;
        member.sessionTimeout = stored.sessionTimeout;
        member.rebalanceTimeout = stored.rebalanceTimeout;
        member.protocols = stored.protocols;
        member.assignment = stored.assignment;
        if (member.instanceId) {
            m_staticMembers[*member.instanceId] = member.id;
        }
        restartSession(m_members.insert_or_assign(stored.id, std::move(member)).first->second);
    }
    m_rebalances.startFrom(memberIds());
    if (m_members.empty()) {
        updateSubscribedTopics();
        return;
    }
    m_state = GroupState::kStable;
    m_protocol = record.protocol;
    m_leader = record.leader && m_members.contains(*record.leader) ? record.leader : m_members.begin()->first;
    updateSubscribedTopics();
    if (record.rebalancing) {
        prepareRebalance(whyRebalancing);
    }
}

void ClassicGroup::enter(GroupState state) {
    m_state = state;
    m_stateSince = context().wallNow();
    context().changed();
}

ClassicGroup::Found ClassicGroup::find(const std::string& memberId, const std::optional<std::string>& instanceId) {
    if (instanceId) {
        const auto registered = m_staticMembers.find(*instanceId);
        if (registered == m_staticMembers.end()) {
            return {GroupErrc::kUnknownMemberId, nullptr};
        }
        if (registered->second != memberId) {
            return {GroupErrc::kFencedInstanceId, nullptr};
        }
    }
    const auto it = m_members.find(memberId);
    if (it == m_members.end()) {
        return {GroupErrc::kUnknownMemberId, nullptr};
    }
    return {GroupErrc::kNone, &it->second};
}

void ClassicGroup::removeMember(const std::string& memberId) {
    const auto it = m_members.find(memberId);
    if (it == m_members.end()) {
        return;
    }
    auto& member = it->second;
    // Whoever still waits learns that it is out and joins anew.
    if (member.awaitsJoin()) {
        refuseJoin(std::move(member.parkedJoin), GroupErrc::kUnknownMemberId, memberId);
    }
    if (member.awaitsSync()) {
        SyncGroupResponse response;
        response.error = GroupErrc::kUnknownMemberId;
        context().answer(std::move(member.parkedSync), std::move(response));
    }
    if (member.instanceId) {
        m_staticMembers.erase(*member.instanceId);
    }
    m_pendingSync.erase(memberId);
    m_members.erase(it);
    if (m_leader == memberId) {
        m_leader = m_members.empty() ? std::nullopt : std::optional(m_members.begin()->first);
    }
    context().changed();
}

void ClassicGroup::removeAndRebalance(const std::string& memberId, const std::string& reason) {
    context().log().info("group {}: {}", context().groupId(), reason);
    removeMember(memberId);
    if (m_state == GroupState::kStable || m_state == GroupState::kCompletingRebalance) {
        prepareRebalance(reason);
    } else {
        completeJoinIfAllJoined();
    }
}

GroupErrc ClassicGroup::heartbeat(const HeartbeatRequest& request) {
    const auto found = find(request.memberId, request.instanceId);
    if (found.error != GroupErrc::kNone) {
        return found.error;
    }
    if (request.generation != m_generation) {
        return GroupErrc::kIllegalGeneration;
    }
    // A member may already beat between its JoinGroup and its SyncGroup; only a new join phase calls it back.
    restartSession(*found.member);
    return m_state == GroupState::kPreparingRebalance ? GroupErrc::kRebalanceInProgress : GroupErrc::kNone;
}

GroupErrc ClassicGroup::leaveOne(const LeaveGroupRequest::Member& leaver, std::vector<std::string>& reasons) {
    std::string memberId = leaver.memberId;
    if (!leaver.instanceId && m_pending.erase(memberId) > 0) {
        return GroupErrc::kNone;
    }
    if (memberId.empty() && leaver.instanceId) {
        const auto registered = m_staticMembers.find(*leaver.instanceId);
        if (registered == m_staticMembers.end()) {
            return GroupErrc::kUnknownMemberId;
        }
        memberId = registered->second;
    }
    const auto found = find(memberId, leaver.instanceId);
    if (found.error != GroupErrc::kNone) {
        return found.error;
    }
    auto reason = fmt::format("member {} left", memberId);
    if (leaver.reason && !leaver.reason->empty()) {
        reason += ": " + *leaver.reason;
    }
    context().log().info("group {}: {}", context().groupId(), reason);
    reasons.push_back(std::move(reason));
    removeMember(memberId);
    return GroupErrc::kNone;
}

LeaveGroupResponse ClassicGroup::leave(const LeaveGroupRequest& request) {
    LeaveGroupResponse response;
    std::vector<std::string> reasons;
    bool anyoneLeft = false;
    for (const auto& leaver : request.members) {
        const auto error = leaveOne(leaver, reasons);
        response.members.push_back({leaver.memberId, leaver.instanceId, error});
        anyoneLeft = anyoneLeft || error == GroupErrc::kNone;
    }
    if (!anyoneLeft) {
        return response;
    }
    if (m_state == GroupState::kPreparingRebalance) {
        completeJoinIfAllJoined();
    } else if (!reasons.empty()) {
        prepareRebalance(reasons.size() == 1
                             ? reasons.front()
                             : fmt::format("{} members left, first {}", reasons.size(), reasons.front()));
    }
    return response;
}

GroupErrc ClassicGroup::checkCommit(const OffsetCommitRequest& request) {
    // No generation: a tool, or a consumer that assigns partitions to itself. It may write while nobody owns the group.
    if (request.generationOrEpoch.value < 0 && m_state == GroupState::kEmpty) {
        return GroupErrc::kNone;
    }
    if (request.generationOrEpoch.value < 0 && request.memberId.empty() && !request.instanceId) {
        return GroupErrc::kUnknownMemberId;
    }
    const auto found = find(request.memberId, request.instanceId);
    if (found.error != GroupErrc::kNone) {
        return found.error;
    }
    if (request.generationOrEpoch != m_generation) {
        return GroupErrc::kIllegalGeneration;
    }
    // While members are asked to join again commits are still taken: the heartbeat tells of the rebalance. Once the
    // next generation is out, its partitions may already be another's.
    // A transaction's commit is judged by its generation alone, as in Kafka.
    if (m_state == GroupState::kCompletingRebalance && !request.transaction) {
        return GroupErrc::kRebalanceInProgress;
    }
    restartSession(*found.member);
    return GroupErrc::kNone;
}

GroupErrc ClassicGroup::checkFetch(const OffsetFetchRequest& /*request*/) const {
    return GroupErrc::kNone;
}

GroupErrc ClassicGroup::checkOffsetDelete() const {
    if (m_state != GroupState::kEmpty && m_protocolType != kConsumerProtocolType) {
        return GroupErrc::kNonEmptyGroup;
    }
    return GroupErrc::kNone;
}

bool ClassicGroup::isSubscribedTo(const std::string& topic) const {
    if (m_state == GroupState::kEmpty) {
        return false;
    }
    // A subscription that cannot be read may be to any topic.
    return m_subscribedTopics ? m_subscribedTopics->contains(topic) : m_protocolType == kConsumerProtocolType;
}

OffsetExpiry ClassicGroup::expiryOf(const std::string& topic) const {
    if (!m_protocolType) {
        return {OffsetExpiry::Rule::kSinceCommit, kNoTimestamp};
    }
    if (m_state == GroupState::kEmpty) {
        return {OffsetExpiry::Rule::kSinceEmptied, m_stateSince};
    }
    if (m_state == GroupState::kStable && m_subscribedTopics && !m_subscribedTopics->contains(topic)) {
        return {OffsetExpiry::Rule::kSinceCommit, kNoTimestamp};
    }
    return {};
}

std::set<std::string> ClassicGroup::memberIds() const {
    std::set<std::string> ids;
    for (const auto& entry : m_members) {
        ids.insert(entry.first);
    }
    return ids;
}

void ClassicGroup::updateSubscribedTopics() {
    m_subscribedTopics.reset();
    if (m_members.empty()) {
        m_subscribedTopics.emplace();
        return;
    }
    if (m_protocolType != kConsumerProtocolType || !m_protocol) {
        return;
    }
    std::set<std::string> topics;
    for (const auto& entry : m_members) {
        const auto* metadata = entry.second.metadataFor(*m_protocol);
        auto subscription = metadata ? parseSubscription(*metadata) : std::nullopt;
        if (!subscription) {
            return;
        }
        topics.insert(std::make_move_iterator(subscription->topics.begin()),
                      std::make_move_iterator(subscription->topics.end()));
    }
    m_subscribedTopics = std::move(topics);
}

}  // namespace weir::groups
