// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/groups/classic/classic_group.h"
#include "broker/groups/consumer/consumer_group.h"
#include "broker/groups/consumer/migration.h"
#include "broker/groups/consumer_protocol.h"

/// Members that speak the classic protocol in a group that the broker assigns (KIP-848's migration). Each is a follower
/// of a leader that is not there: JoinGroup moves it one step to its target, SyncGroup fetches what that step gave, and
/// a heartbeat calls it back whenever there is another step to take.
namespace weir::groups {

bool ConsumerGroup::supportsProtocols(const JoinGroupRequest& request) const {
    return request.protocolType == kConsumerProtocolType &&
           std::ranges::any_of(request.protocols, [&](const auto& offered) {
               return std::ranges::all_of(m_members, [&](const auto& entry) {
                   const auto& classic = entry.second.classic;
                   return !classic || std::ranges::find(classic->protocols, offered.name,
                                                        &JoinGroupRequest::Protocol::name) != classic->protocols.end();
               });
           });
}

ConsumerGroup::Refusal ConsumerGroup::admitClassic(const JoinGroupRequest& request) {
    const auto options = context().options();
    const auto registered = request.instanceId ? m_staticMembers.find(*request.instanceId) : m_staticMembers.end();
    const bool replaces = registered != m_staticMembers.end();
    if (!replaces && !m_members.contains(request.memberId) && m_members.size() >= options.broker.consumerMaxSize) {
        return {GroupErrc::kGroupMaxSizeReached, "", nullptr};
    }
    if (!supportsProtocols(request)) {
        return {GroupErrc::kInconsistentGroupProtocol, "", nullptr};
    }
    if (!request.memberId.empty()) {
        if (request.instanceId && !replaces) {
            return {GroupErrc::kUnknownMemberId, "", nullptr};
        }
        if (replaces && registered->second != request.memberId) {
            return {GroupErrc::kFencedInstanceId, "", nullptr};
        }
        // Ids that were handed out are not remembered here: who brings one is taken at its word.
        const auto it = m_members.find(request.memberId);
        return it == m_members.end() ? Refusal{GroupErrc::kNone, "", &create(request.memberId, request.instanceId)}
                                     : Refusal{GroupErrc::kNone, "", &it->second};
    }
    const auto newId = request.instanceId.value_or(request.client.clientId) + "-" + context().newUuid();
    if (replaces) {
        takePlaceOf(registered->second, newId);
        auto& member = m_members.at(newId);
        startOver(member);
        return {GroupErrc::kNone, "", &member};
    }
    if (request.apiVersion >= 4 && !request.instanceId) {
        return {GroupErrc::kMemberIdRequired, newId, nullptr};
    }
    return {GroupErrc::kNone, "", &create(newId, request.instanceId)};
}

void ConsumerGroup::join(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    JoinGroupResponse response;
    response.memberId = request.memberId;
    const auto subscription =
        request.protocols.empty() ? std::nullopt : parseSubscription(request.protocols.front().metadata);
    if (!subscription) {
        response.error = GroupErrc::kInconsistentGroupProtocol;
        return context().answer(std::move(done), std::move(response));
    }
    const auto admitted = admitClassic(request);
    if (admitted.error != GroupErrc::kNone) {
        response.error = admitted.error;
        response.memberId = admitted.message.empty() ? response.memberId : admitted.message;
        return context().answer(std::move(done), std::move(response));
    }
    auto& member = *admitted.member;
    Request as;
    as.client = request.client;
    as.rackId = subscription->rackId;
    as.rebalanceTimeout = request.rebalanceTimeout.count() < 0 ? request.sessionTimeout : request.rebalanceTimeout;
    as.subscribedTopics = subscription->topics;
    as.subscribedRegex = "";
    const bool changed = updateSubscription(member, as);
    member.classic = ClassicFace{request.sessionTimeout, std::move(request.protocols)};
    member.serverAssignor.reset();
    advance(member, changed, byId(subscription->owned, context().topics()));
    member.classicDeadline = context().now() + member.rebalanceTimeout;  // until its SyncGroup
    context().wakeBy(member.classicDeadline);
    noteProgress();

    response.memberId = member.id;
    response.generation = GenerationId(member.epoch);
    response.protocolType = std::string(kConsumerProtocolType);
    response.protocolName = member.classic->protocols.front().name;
    StoreBatch batch;
    batch.putRecord = encodeRecord(record());
    auto* coordinator = &context();
    context().write(std::move(batch), [coordinator, done = std::move(done), response = std::move(response)](
                                          Group*, bool durable) mutable {
        response.error = durable ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable;
        coordinator->answer(std::move(done), std::move(response));
    });
}

ConsumerGroup::Refusal ConsumerGroup::findClassic(const std::string& memberId,
                                                  const std::optional<std::string>& instanceId,
                                                  GenerationId generation) {
    if (instanceId) {
        const auto registered = m_staticMembers.find(*instanceId);
        if (registered == m_staticMembers.end()) {
            return {GroupErrc::kUnknownMemberId, "", nullptr};
        }
        if (registered->second != memberId) {
            return {GroupErrc::kFencedInstanceId, "", nullptr};
        }
    }
    const auto it = m_members.find(memberId);
    if (it == m_members.end() || !it->second.classic) {
        return {GroupErrc::kUnknownMemberId, "", nullptr};
    }
    if (it->second.epoch != generation.value) {
        return {GroupErrc::kIllegalGeneration, "", nullptr};
    }
    return {GroupErrc::kNone, "", &it->second};
}

bool ConsumerGroup::mustJoinAgain(const ConsumerMember& member) const {
    if (member.epoch < m_groupEpoch || member.state == MemberState::kUnrevokedPartitions) {
        return true;
    }
    if (member.state != MemberState::kUnreleasedPartitions) {
        return false;
    }
    // What it waits for has come free.
    const auto target = m_target.find(member.id);
    for (const auto& [topic, partitions] : difference(target->second, member.assigned)) {
        for (const auto partition : partitions) {
            if (isHeldByAnother(member, topic, partition)) {
                return false;
            }
        }
    }
    return true;
}

void ConsumerGroup::sync(SyncGroupRequest request, Completion<SyncGroupResponse> done) {
    SyncGroupResponse response;
    const auto found = findClassic(request.memberId, request.instanceId, request.generation);
    response.error = found.error;
    if (found.member != nullptr) {
        auto& member = *found.member;
        const auto& protocol = member.classic->protocols.front();
        if ((request.protocolType && request.protocolType != kConsumerProtocolType) ||
            (request.protocolName && request.protocolName != protocol.name)) {
            response.error = GroupErrc::kInconsistentGroupProtocol;
        } else {
            restartSession(member);
            member.classicDeadline = Clock::Steady::max();
            ConsumerAssignment assignment;
            const auto subscription = parseSubscription(protocol.metadata);
            assignment.version = subscription ? std::min<std::int16_t>(subscription->version, 3) : std::int16_t{0};
            assignment.partitions = byName(member.assigned, context().topics());
            response.protocolType = std::string(kConsumerProtocolType);
            response.protocolName = protocol.name;
            response.assignment = writeAssignment(assignment);
        }
    }
    context().answer(std::move(done), std::move(response));
}

GroupErrc ConsumerGroup::heartbeat(const HeartbeatRequest& request) {
    const auto found = findClassic(request.memberId, request.instanceId, request.generation);
    if (found.member == nullptr) {
        return found.error;
    }
    restartSession(*found.member);
    if (!mustJoinAgain(*found.member)) {
        return GroupErrc::kNone;
    }
    if (found.member->classicDeadline == Clock::Steady::max()) {
        found.member->classicDeadline = context().now() + found.member->rebalanceTimeout;
        context().wakeBy(found.member->classicDeadline);
    }
    return GroupErrc::kRebalanceInProgress;
}

bool ConsumerGroup::turnBackIfClassic() {
    const auto policy = context().options().broker.migration;
    const bool mayDowngrade =
        policy == config::MigrationPolicy::kDowngrade || policy == config::MigrationPolicy::kBidirectional;
    if (m_members.empty() || !mayDowngrade ||
        !std::ranges::all_of(m_members, [](const auto& m) { return m.second.classic.has_value(); })) {
        return false;
    }
    const auto classic = toClassicRecord(record(), context().wallNow(), context().topics());
    StoreBatch batch;
    batch.putRecord = encodeRecord(classic);
    auto* coordinator = &context();
    coordinator->write(std::move(batch), [](Group*, bool) {});
    coordinator->replaceBy(
        std::make_unique<ClassicGroup>(*coordinator, classic, "the last member of the consumer protocol is gone"));
    return true;
}

}  // namespace weir::groups
