// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/classic/classic_group.h"

/// SyncGroup (Kafka's GroupMetadataManager.classicGroupSync): the leader's assignment becomes durable, then
/// everybody's.
namespace weir::groups {

GroupErrc ClassicGroup::checkSync(const SyncGroupRequest& request) {
    const auto found = find(request.memberId, request.instanceId);
    if (found.error != GroupErrc::kNone) {
        return found.error;
    }
    if (request.generation != m_generation) {
        return GroupErrc::kIllegalGeneration;
    }
    if ((request.protocolType && request.protocolType != m_protocolType) ||
        (request.protocolName && request.protocolName != m_protocol)) {
        return GroupErrc::kInconsistentGroupProtocol;
    }
    return m_state == GroupState::kPreparingRebalance ? GroupErrc::kRebalanceInProgress : GroupErrc::kNone;
}

void ClassicGroup::sync(SyncGroupRequest request, Completion<SyncGroupResponse> done) {
    SyncGroupResponse response;
    response.error = checkSync(request);
    if (response.error != GroupErrc::kNone) {
        return context().answer(std::move(done), std::move(response));
    }
    auto& member = m_members.at(request.memberId);
    m_pendingSync.erase(member.id);
    if (m_state == GroupState::kStable) {
        response.protocolType = m_protocolType;
        response.protocolName = m_protocol;
        response.assignment = member.assignment;
        restartSession(member);
        return context().answer(std::move(done), std::move(response));
    }
    WEIR_ASSERT(m_state == GroupState::kCompletingRebalance);
    if (member.awaitsSync()) {
        SyncGroupResponse again;
        again.error = GroupErrc::kRebalanceInProgress;
        context().answer(std::move(member.parkedSync), std::move(again));
    }
    member.parkedSync = std::move(done);
    member.sessionDeadline = Clock::Steady::max();
    if (isLeader(member)) {
        storeAssignments(std::move(request));
    }
}

void ClassicGroup::storeAssignments(SyncGroupRequest request) {
    std::map<std::string, Bytes> assignments;
    for (auto& given : request.assignments) {
        assignments.insert_or_assign(std::move(given.memberId), std::move(given.assignment));
    }
    auto settled = record();
    settled.rebalancing = false;
    for (auto& member : settled.members) {
        const auto it = assignments.find(member.id);
        member.assignment = it == assignments.end() ? Bytes{} : it->second;
    }
    StoreBatch batch;
    batch.putRecord = encodeRecord(settled);
    context().write(std::move(batch), [this, generation = m_generation, assignments = std::move(assignments)](
                                          Group* group, bool durable) mutable {
        if (group != nullptr) {  // this group, still in service
            assignmentsStored(generation, std::move(assignments), durable);
        }
    });
}

void ClassicGroup::assignmentsStored(GenerationId generation, std::map<std::string, Bytes> assignments, bool durable) {
    // Someone may have joined or left while the disk was busy; then a newer generation is on its way.
    if (m_state != GroupState::kCompletingRebalance || generation != m_generation) {
        return;
    }
    if (!durable) {
        answerSyncs(GroupErrc::kCoordinatorNotAvailable);
        prepareRebalance("the assignment could not be stored");
        return;
    }
    for (auto& [id, member] : m_members) {
        const auto it = assignments.find(id);
        member.assignment = it == assignments.end() ? Bytes{} : std::move(it->second);
    }
    enter(GroupState::kStable);
    m_rebalances.settle(m_generation, memberIds(), context().now());
    answerSyncs(GroupErrc::kNone);
}

void ClassicGroup::answerSyncs(GroupErrc error) {
    for (auto& [id, member] : m_members) {
        if (error != GroupErrc::kNone) {
            member.assignment.clear();
        }
        if (!member.awaitsSync()) {
            continue;
        }
        SyncGroupResponse response;
        response.error = error;
        if (error == GroupErrc::kNone) {
            response.protocolType = m_protocolType;
            response.protocolName = m_protocol;
            response.assignment = member.assignment;
        }
        context().answer(std::move(member.parkedSync), std::move(response));
        restartSession(member);
    }
}

}  // namespace weir::groups
