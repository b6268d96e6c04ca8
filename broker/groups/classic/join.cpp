// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/groups/classic/classic_group.h"
#include "broker/groups/consumer_protocol.h"

/// JoinGroup (Kafka's GroupMetadataManager.classicGroupJoinToClassicGroup and below).
namespace weir::groups {
namespace {

/// Whether a static member that came back wants what it wanted before. Its consumer's bytes also carry what it owned
/// and in which generation, which a fresh process cannot know and which must not cost the group a rebalance.
bool wantsTheSame(const std::optional<std::string>& protocolType, const Bytes& before, const Bytes& after) {
    if (before == after) {
        return true;
    }
    if (protocolType != kConsumerProtocolType) {
        return false;
    }
    auto old = parseSubscription(before);
    auto now = parseSubscription(after);
    if (!old || !now) {
        return false;
    }
    std::ranges::sort(old->topics);
    std::ranges::sort(now->topics);
    return old->topics == now->topics;
}

}  // namespace

void ClassicGroup::join(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    if (!acceptsJoiner(request.memberId)) {
        m_pending.erase(request.memberId);
        removeMember(request.memberId);
        completeJoinIfAllJoined();
        return refuseJoin(std::move(done), GroupErrc::kGroupMaxSizeReached, "");
    }
    if (!supportsProtocols(request)) {
        auto memberId = request.memberId;
        return refuseJoin(std::move(done), GroupErrc::kInconsistentGroupProtocol, std::move(memberId));
    }
    if (request.memberId.empty()) {
        joinNewMember(std::move(request), std::move(done));
    } else {
        joinKnownMember(std::move(request), std::move(done));
    }
}

bool ClassicGroup::acceptsJoiner(const std::string& memberId) const {
    const auto limit = context().options().maxGroupSize;
    const auto it = m_members.find(memberId);
    if (m_state == GroupState::kEmpty) {
        return true;
    }
    if (m_state == GroupState::kPreparingRebalance) {
        const auto waiting = std::ranges::count_if(m_members, [](const auto& m) { return m.second.awaitsJoin(); });
        return (it != m_members.end() && it->second.awaitsJoin()) || static_cast<std::size_t>(waiting) < limit;
    }
    return it != m_members.end() || m_members.size() < limit;
}

bool ClassicGroup::supportsProtocols(const JoinGroupRequest& request) const {
    if (m_members.empty()) {
        return !request.protocolType.empty() && !request.protocols.empty();
    }
    return request.protocolType == m_protocolType && std::ranges::any_of(request.protocols, [&](const auto& protocol) {
               return std::ranges::all_of(m_members, [&](const auto& m) { return m.second.supports(protocol.name); });
           });
}

void ClassicGroup::joinNewMember(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    const auto id = request.instanceId.value_or(request.client.clientId) + "-" + context().newUuid();
    if (request.instanceId) {
        const auto registered = m_staticMembers.find(*request.instanceId);
        if (registered == m_staticMembers.end()) {
            return addMember(id, std::move(request), std::move(done));
        }
        const auto oldId = registered->second;
        return replaceStaticMember(oldId, id, std::move(request), std::move(done));
    }
    if (request.apiVersion < 4) {
        return addMember(id, std::move(request), std::move(done));
    }
    // KIP-394: the id comes first, so that a client that retries cannot leave nameless members behind.
    const auto deadline = context().now() + request.sessionTimeout;
    m_pending[id] = deadline;
    context().wakeBy(deadline);
    refuseJoin(std::move(done), GroupErrc::kMemberIdRequired, id);
}

void ClassicGroup::joinKnownMember(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    const auto id = request.memberId;
    if (!request.instanceId && m_pending.contains(id)) {
        return addMember(id, std::move(request), std::move(done));
    }
    const auto found = find(id, request.instanceId);
    if (found.error != GroupErrc::kNone) {
        return refuseJoin(std::move(done), found.error, id);
    }
    auto& member = *found.member;
    const bool unchanged = member.protocols == request.protocols;
    const bool leaderCallsOut = m_state == GroupState::kStable && isLeader(member);
    if (m_state != GroupState::kPreparingRebalance && unchanged && !leaderCallsOut) {
        // It missed the answer to its last JoinGroup: the same answer again. In a stable group this is a follower that
        // need not disturb the others.
        restartSession(member);
        return context().answer(std::move(done), joinAnswer(member));
    }
    auto reason = leaderCallsOut ? fmt::format("leader {} joined again", id)
                                 : fmt::format("member {} changed its subscription or protocols", id);
    if (request.reason && !request.reason->empty()) {
        reason += ": " + *request.reason;
    }
    parkJoin(member, std::move(request), std::move(done));
    rebalanceOrCompleteJoin(reason);
}

void ClassicGroup::addMember(const std::string& id, JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    auto reason = fmt::format("member {} joined", id);
    if (request.reason && !request.reason->empty()) {
        reason += ": " + *request.reason;
    }
    context().log().info("group {}: {}", context().groupId(), reason);
    if (m_members.empty()) {
        m_protocolType = request.protocolType;
    }
    if (!m_leader) {
        m_leader = id;
    }
    // The first members of a group are given a little longer each time that another one comes.
    if (m_state == GroupState::kPreparingRebalance && m_inInitialDelay) {
        m_memberJoinedInDelay = true;
    }
    m_pending.erase(id);
    // Whole before it is a member: one without protocols would keep all others out, should memory end in between.
    ClassicMember joining;
    joining.id = id;
    joining.instanceId = request.instanceId;
    joining.client = request.client;
    joining.isNew = true;
    parkJoin(joining, std::move(request), std::move(done));
    auto& member = m_members.emplace(id, std::move(joining)).first->second;
    if (member.instanceId) {
        m_staticMembers[*member.instanceId] = id;
    }
    setSession(member, context().options().newMemberJoinTimeout);
    rebalanceOrCompleteJoin(reason);
}

void ClassicGroup::replaceStaticMember(const std::string& oldId, const std::string& newId, JoinGroupRequest request,
                                       Completion<JoinGroupResponse> done) {
    const auto oldLeader = m_leader.value_or("");
    auto node = m_members.extract(oldId);
    WEIR_ASSERT(!node.empty());
    auto& member = node.mapped();
    if (member.awaitsJoin()) {
        refuseJoin(std::move(member.parkedJoin), GroupErrc::kFencedInstanceId, oldId);
    }
    if (member.awaitsSync()) {
        SyncGroupResponse fenced;
        fenced.error = GroupErrc::kFencedInstanceId;
        context().answer(std::move(member.parkedSync), std::move(fenced));
    }
    const auto oldProtocols = member.protocols;
    member.id = newId;
    member.client = request.client;
    node.key() = newId;
    auto& moved = m_members.insert(std::move(node)).position->second;
    m_staticMembers[*moved.instanceId] = newId;
    if (m_leader == oldId) {
        m_leader = newId;
    }
    if (m_pendingSync.erase(oldId) > 0) {
        m_pendingSync.insert(newId);
    }
    context().log().info("group {}: static member {} is now {}", context().groupId(), oldId, newId);
    context().changed();
    const auto apiVersion = request.apiVersion;
    parkJoin(moved, std::move(request), std::move(done));
    restartSession(moved);

    if (m_state == GroupState::kStable && chosenProtocol() == m_protocol) {
        // All speak it now; the old member spoke it unless its stored record was damaged.
        const auto before = std::ranges::find(oldProtocols, *m_protocol, &JoinGroupRequest::Protocol::name);
        if (before != oldProtocols.end() &&
            wantsTheSame(m_protocolType, before->metadata, *moved.metadataFor(*m_protocol))) {
            return answerReplaced(newId, oldLeader, apiVersion);
        }
    }
    rebalanceOrCompleteJoin(fmt::format("static member {} came back with other wishes", newId));
}

void ClassicGroup::answerReplaced(const std::string& id, const std::string& oldLeader, std::int16_t apiVersion) {
    StoreBatch batch;
    batch.putRecord = encodeRecord(record());
    auto& member = m_members.at(id);
    auto response = joinAnswer(member);
    if (apiVersion >= 9) {
        response.skipAssignment = isLeader(member);  // KIP-814
    } else {
        // Named as leader it would compute an assignment that nobody waits for, so it is told of its former self.
        response.leader = oldLeader;
        response.members.clear();
    }
    auto parked = std::move(member.parkedJoin);
    restartSession(member);
    auto* coordinator = &context();
    context().write(std::move(batch), [coordinator, parked = std::move(parked), response = std::move(response)](
                                          Group*, bool durable) mutable {
        if (!durable) {
            const auto memberId = response.memberId;
            response = {};
            response.error = GroupErrc::kCoordinatorNotAvailable;
            response.memberId = memberId;
        }
        coordinator->answer(std::move(parked), std::move(response));
    });
}

void ClassicGroup::parkJoin(ClassicMember& member, JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    if (member.awaitsJoin()) {
        // The client gave up waiting and asks again; the first request is answered so that it does not linger.
        refuseJoin(std::move(member.parkedJoin), GroupErrc::kRebalanceInProgress, member.id);
    }
    member.protocols = std::move(request.protocols);
    member.sessionTimeout = request.sessionTimeout;
    member.rebalanceTimeout = request.rebalanceTimeout.count() < 0 ? request.sessionTimeout : request.rebalanceTimeout;
    member.parkedJoin = std::move(done);
    if (!member.isNew) {
        member.sessionDeadline = Clock::Steady::max();
    }
    context().changed();
}

void ClassicGroup::refuseJoin(Completion<JoinGroupResponse> done, GroupErrc error, std::string memberId) {
    JoinGroupResponse response;
    response.error = error;
    response.memberId = std::move(memberId);
    context().answer(std::move(done), std::move(response));
}

JoinGroupResponse ClassicGroup::joinAnswer(const ClassicMember& member) const {
    JoinGroupResponse response;
    response.generation = m_generation;
    response.protocolType = m_protocolType;
    response.protocolName = m_protocol;
    response.leader = m_leader.value_or("");
    response.memberId = member.id;
    if (isLeader(member)) {
        response.members = membersForLeader();
    }
    return response;
}

std::vector<JoinGroupResponse::Member> ClassicGroup::membersForLeader() const {
    // A leader is told of them when its group has just chosen a protocol, which is one that all of them support.
    WEIR_ASSERT(m_protocol.has_value());
    std::vector<JoinGroupResponse::Member> members;
    for (const auto& [id, member] : m_members) {
        const auto* metadata = member.metadataFor(*m_protocol);
        WEIR_ASSERT(metadata != nullptr);
        members.push_back({id, member.instanceId, *metadata});
    }
    return members;
}

}  // namespace weir::groups
