// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/member_table.h"
#include "broker/groups/streams/streams_group.h"

/// StreamsGroupHeartbeat (Kafka's GroupMetadataManager.streamsGroupHeartbeat), and what is seen of the group.
namespace weir::groups {

namespace {

/// How far a member has come on the way to its target.
auto placeOf(const StreamsMember& member) {
    return std::tie(member.epoch, member.state, member.assigned, member.pendingRevocation, member.standby);
}

/// Whether the member says what it runs, and that it runs nothing which is not its own. Warmup tasks nobody has.
bool runsNoMoreThanItsOwn(const StreamsGroupHeartbeatRequest& request, const StreamsMember& member) {
    return request.active && request.standby && request.warmup && isSubset(*request.active, member.assigned) &&
           isSubset(*request.standby, member.standby) && isSubset(*request.warmup, {});
}

}  // namespace

void StreamsGroup::beat(const Request& request, Completion<Response> done) {
    if (request.memberEpoch == kLeaveEpoch) {
        return depart(request, std::move(done));
    }
    auto refusal = admit(request);
    if (refusal.error == GroupErrc::kNone) {
        refusal = takeTopology(request);
    }
    if (refusal.error != GroupErrc::kNone) {
        Response refused;
        refused.error = refusal.error;
        refused.errorMessage = refusal.message;
        refused.memberId = request.memberId;
        return context().answer(std::move(done), std::move(refused));
    }
    const bool isNew = !m_members.contains(request.memberId);
    if (m_members.empty()) {
        m_assignFrom = context().now() + context().settings().streamsInitialRebalanceDelay;
        context().wakeBy(m_assignFrom);
        if (m_groupEpoch == 0) {
            m_groupEpoch = m_assignmentEpoch = 1;  // nobody's tasks: what members have while the group waits
        }
    }
    m_target.try_emplace(request.memberId);  // before the member, which is never without one
    auto& member = m_members[request.memberId];
    const auto before = member;
    const std::pair epochsBefore(m_groupEpoch, m_assignmentEpoch);
    if (request.memberEpoch == kJoinEpoch && !isNew) {
        // A process that starts over runs nothing.
        member.epoch = member.previousEpoch = kJoinEpoch;
        member.state = MemberState::kStable;
        member.pendingRevocation.clear();
    }
    const bool changed = update(member, request);
    const auto owned = request.memberEpoch == kJoinEpoch ? std::optional<Tasks>(Tasks{}) : request.active;
    advance(member,
            isNew ? fmt::format("member {} joined", member.id)
                  : fmt::format("member {} says other things of itself", member.id),
            isNew || changed, owned);

    auto response = answerFor(member, request);
    const bool saysAll = request.active && request.standby && request.warmup;
    const bool moved = before.assigned != member.assigned || before.standby != member.standby;
    if (request.memberEpoch == kJoinEpoch || saysAll || moved) {
        response.assignment = TaskAssignment{member.assigned, member.standby};
    }
    // What a member says of itself cannot change without a new epoch of the group.
    const bool same = std::pair(m_groupEpoch, m_assignmentEpoch) == epochsBefore && placeOf(member) == placeOf(before);
    if (same) {
        return context().answer(std::move(done), std::move(response));
    }
    noteProgress();
    answerWhenDurable(std::move(done), std::move(response));
}

StreamsGroup::Refusal StreamsGroup::admit(const Request& request) const {
    const auto it = m_members.find(request.memberId);
    if (it == m_members.end()) {
        if (request.memberEpoch != kJoinEpoch) {
            return {GroupErrc::kUnknownMemberId, fmt::format("Member {} is not in the group.", request.memberId)};
        }
        if (m_members.size() >= context().options().broker.streamsMaxSize) {
            return {GroupErrc::kGroupMaxSizeReached, "The group has as many members as it may have."};
        }
        return {};
    }
    const auto& member = it->second;
    if (request.memberEpoch == kJoinEpoch || request.memberEpoch == member.epoch) {
        return {};
    }
    const bool lostAnswer = request.memberEpoch == member.previousEpoch && request.memberEpoch < member.epoch &&
                            runsNoMoreThanItsOwn(request, member);
    if (lostAnswer) {
        return {};
    }
    return {GroupErrc::kFencedMemberEpoch,
            fmt::format("The member is in epoch {}, not {}.", member.epoch, request.memberEpoch)};
}

StreamsGroup::Refusal StreamsGroup::takeTopology(const Request& request) {
    if (!request.topology || m_topology == request.topology) {
        return {};
    }
    const bool isAlone = m_members.empty() || (m_members.size() == 1 && m_members.contains(request.memberId));
    if (m_topology && !isAlone) {
        if (request.topology->epoch == m_topology->epoch) {
            return {GroupErrc::kStreamsInvalidTopology, "The topology is another than that of the group."};
        }
        if (request.topology->epoch > m_topology->epoch) {
            return {GroupErrc::kStreamsInvalidTopologyEpoch, "The topology is newer than that of the group."};
        }
        return {};  // an older one is told so in the status
    }
    m_topology = request.topology;
    m_configured = {};  // that of the topology before, so that this one counts as a change
    m_topicsStale = true;
    return {};
}

bool StreamsGroup::update(StreamsMember& member, const Request& request) {
    const auto was = std::tuple(member.topologyEpoch, member.processId, member.endpoint, member.tags, member.rackId);
    member.id = request.memberId;
    member.client = request.client;
    member.rackId = request.rackId ? request.rackId : member.rackId;
    member.rebalanceTimeout = request.rebalanceTimeout.value_or(member.rebalanceTimeout);
    member.topologyEpoch = request.topology ? request.topology->epoch : member.topologyEpoch;
    member.processId = request.processId.value_or(member.processId);
    if (request.endpoint && request.endpoint != member.endpoint) {
        ++m_endpointEpoch;
    }
    member.endpoint = request.endpoint ? request.endpoint : member.endpoint;
    member.tags = request.tags.value_or(member.tags);
    noteShutdown(request);
    return was != std::tuple(member.topologyEpoch, member.processId, member.endpoint, member.tags, member.rackId);
}

void StreamsGroup::noteShutdown(const Request& request) {
    if (request.shutdownApplication && m_shutdownBy.empty()) {
        m_shutdownBy = request.memberId;
    }
}

void StreamsGroup::advance(StreamsMember& member, const std::string& reason, bool changed,
                           const std::optional<Tasks>& owned) {
    const bool otherTopics = refreshTopics();
    if (changed) {
        bump(reason);
    } else if (otherTopics) {
        bump("the application's topology is another, or its topics appeared, went or grew");
    }
    // Without its topics the application can run nothing: what it ran is taken away, and comes back with them.
    if (m_groupEpoch > m_assignmentEpoch && (!isDelayed() || m_configured.trouble)) {
        assignTargets();
    }
    step(member, owned);
    restartSession(member);
}

StreamsGroup::Response StreamsGroup::answerFor(const StreamsMember& member, const Request& request) const {
    Response response;
    response.memberId = member.id;
    response.memberEpoch = member.epoch;
    response.heartbeatInterval = context().settings().streamsHeartbeatInterval;
    if (m_topology && member.topologyEpoch < m_topology->epoch) {
        response.status.push_back(
            {StreamsStatus::kStaleTopology,
             fmt::format("The member's topology epoch {} is behind the group's topology epoch {}.",
                         member.topologyEpoch, m_topology->epoch)});
    }
    if (m_configured.trouble) {
        response.status.push_back({*m_configured.trouble, m_configured.detail});
        response.missingTopics = m_configured.missing;
    } else if (m_groupEpoch > m_assignmentEpoch) {
        response.status.push_back(
            {StreamsStatus::kAssignmentDelayed, "Assignment delayed due to the configured initial rebalance delay."});
    }
    if (!m_shutdownBy.empty()) {
        response.status.push_back({StreamsStatus::kShutdownApplication,
                                   fmt::format("Streams group member {} encountered a fatal error and requested a "
                                               "shutdown for the entire application.",
                                               m_shutdownBy)});
    }
    response.endpointEpoch = m_endpointEpoch;
    if (request.endpointEpoch != m_endpointEpoch) {
        response.endpoints = endpoints();
    }
    return response;
}

void StreamsGroup::depart(const Request& request, Completion<Response> done) {
    Response response;
    response.memberId = request.memberId;
    response.memberEpoch = kLeaveEpoch;
    if (!m_members.contains(request.memberId)) {
        response.error = GroupErrc::kUnknownMemberId;
        return context().answer(std::move(done), std::move(response));
    }
    noteShutdown(request);
    removeMember(request.memberId, fmt::format("member {} left", request.memberId));
    answerWhenDurable(std::move(done), std::move(response));
}

void StreamsGroup::answerWhenDurable(Completion<Response> done, Response response) {
    persist([coordinator = &context(), done = std::move(done), response = std::move(response)](bool durable) mutable {
        if (!durable) {
            response = {};
            response.error = GroupErrc::kCoordinatorNotAvailable;
        }
        coordinator->answer(std::move(done), std::move(response));
    });
}

LeaveGroupResponse StreamsGroup::leave(const LeaveGroupRequest& request) {
    Leaving leaving = removeMembers(m_members, request, [this](const std::string& id) {
        removeMember(id, fmt::format("member {} was removed", id));
    });
    if (leaving.anyoneLeft) {
        persist([](bool) {});
    }
    return std::move(leaving.response);
}

GroupErrc StreamsGroup::checkCommit(const OffsetCommitRequest& request) {
    if (request.generationOrEpoch.value < 0 && m_members.empty()) {
        return GroupErrc::kNone;
    }
    const auto it = m_members.find(request.memberId);
    if (it == m_members.end()) {
        return GroupErrc::kUnknownMemberId;
    }
    return request.generationOrEpoch.value == it->second.epoch ? GroupErrc::kNone : GroupErrc::kStaleMemberEpoch;
}

GroupErrc StreamsGroup::checkFetch(const OffsetFetchRequest& request) const {
    return checkMemberFetch(m_members, request);
}

bool StreamsGroup::isSubscribedTo(const std::string& topic) const {
    return !m_members.empty() &&
           std::ranges::any_of(m_configured.sources, [&](const auto& entry) { return entry.second.contains(topic); });
}

OffsetExpiry StreamsGroup::expiryOf(const std::string& topic) const {
    return {isSubscribedTo(topic) ? OffsetExpiry::Rule::kNever : OffsetExpiry::Rule::kSinceCommit, kNoTimestamp};
}

DescribedStreamsGroup StreamsGroup::describeStreams() const {
    DescribedStreamsGroup group;
    group.groupId = context().groupId();
    group.state = state();
    group.groupEpoch = m_groupEpoch;
    group.assignmentEpoch = m_assignmentEpoch;
    group.topology = m_topology;
    for (const auto& [id, member] : m_members) {
        group.members.push_back({id,
                                 member.epoch,
                                 std::nullopt,
                                 member.rackId,
                                 member.client,
                                 member.topologyEpoch,
                                 member.processId,
                                 member.endpoint,
                                 member.tags,
                                 {member.assigned, member.standby},
                                 m_target.at(id)});
    }
    return group;
}

void StreamsGroup::fill(GroupSnapshot& snapshot) const {
    snapshot.state = state();
    snapshot.protocolType = protocolType();
    snapshot.protocolName = "sticky";
    snapshot.generation = GenerationId(m_groupEpoch);
    snapshot.rebalances = m_rebalances.events();
    for (const auto& [id, member] : m_members) {
        GroupMemberSnapshot seen;
        seen.memberId = id;
        seen.clientId = member.client.clientId;
        seen.host = member.client.clientHost;
        for (const auto& [topic, partitions] : partitionsOf(member.assigned)) {
            for (const auto partition : partitions) {
                seen.assigned.push_back({topic, partition});
            }
        }
        std::set<std::string> topics;
        for (const auto& sources : m_configured.sources) {
            for (const auto& source : sources.second) {
                topics.insert(source.first);
            }
        }
        seen.subscribed.assign(topics.begin(), topics.end());
        snapshot.members.push_back(std::move(seen));
    }
}

}  // namespace weir::groups
