// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/groups/consumer/consumer_group.h"

/// ConsumerGroupHeartbeat (Kafka's GroupMetadataManager.consumerGroupHeartbeat): joining, staying and leaving.
namespace weir::groups {
namespace {

/// What a member may say with an epoch other than its own: the epoch before, if its answer was lost.
GroupErrc checkEpoch(const ConsumerMember& member, const ConsumerGroupHeartbeatRequest& request) {
    if (request.memberEpoch == kJoinEpoch || request.memberEpoch == member.epoch) {
        return GroupErrc::kNone;
    }
    const bool lostAnswer = request.memberEpoch < member.epoch && request.memberEpoch == member.previousEpoch &&
                            request.owned && isSubset(*request.owned, member.assigned);
    return lostAnswer ? GroupErrc::kNone : GroupErrc::kFencedMemberEpoch;
}

bool differs(const ConsumerMember& a, const ConsumerMember& b) {
    // What it is to give up changes with its epoch or its state only.
    return a.epoch != b.epoch || a.previousEpoch != b.previousEpoch || a.state != b.state || a.assigned != b.assigned ||
           a.client != b.client || a.rackId != b.rackId || a.rebalanceTimeout != b.rebalanceTimeout ||
           a.serverAssignor != b.serverAssignor;
}

bool saysEverything(const ConsumerGroupHeartbeatRequest& request) {
    return request.memberEpoch == kJoinEpoch ||
           (request.rebalanceTimeout && (request.subscribedTopics || request.subscribedRegex) && request.owned);
}

}  // namespace

void ConsumerGroup::beat(const Request& request, Completion<Response> done) {
    if (request.memberEpoch < kJoinEpoch) {
        return depart(request, std::move(done));
    }
    const auto admitted = admit(request);
    if (admitted.error != GroupErrc::kNone) {
        Response refusal;
        refusal.error = admitted.error;
        refusal.errorMessage = admitted.message;
        return context().answer(std::move(done), std::move(refusal));
    }
    auto& member = *admitted.member;
    const auto before = member;
    const auto epochBefore = m_groupEpoch;
    // A join answers with the whole assignment; what it owned is nothing, whatever it owned in an earlier life.
    const auto owned = request.memberEpoch == kJoinEpoch ? std::optional<Assignment>(Assignment{}) : request.owned;

    const bool subscribesAnew = updateSubscription(member, request);
    member.classic.reset();
    member.classicDeadline = Clock::Steady::max();
    advance(member, subscribesAnew, owned);

    auto response = answerFor(member);
    if (saysEverything(request) || before.assigned != member.assigned) {
        response.assignment = member.assigned;
    }
    if (m_groupEpoch == epochBefore && !differs(before, member)) {
        return context().answer(std::move(done), std::move(response));
    }
    noteProgress();
    answerWhenDurable(std::move(done), std::move(response));
}

ConsumerGroup::Refusal ConsumerGroup::admit(const Request& request) {
    const bool isKnown = m_members.contains(request.memberId);
    const bool replaces = request.instanceId && m_staticMembers.contains(*request.instanceId);
    if (!isKnown && !replaces && m_members.size() >= context().options().broker.consumerMaxSize) {
        return {GroupErrc::kGroupMaxSizeReached, "The group has as many members as it may have.", nullptr};
    }
    return request.instanceId ? admitStatic(request) : admitDynamic(request);
}

ConsumerGroup::Refusal ConsumerGroup::admitDynamic(const Request& request) {
    const auto it = m_members.find(request.memberId);
    if (it == m_members.end()) {
        if (request.memberEpoch != kJoinEpoch) {
            return {GroupErrc::kUnknownMemberId, fmt::format("Member {} is not in the group.", request.memberId),
                    nullptr};
        }
        return {GroupErrc::kNone, "", &create(request.memberId, request.instanceId)};
    }
    if (const auto error = checkEpoch(it->second, request); error != GroupErrc::kNone) {
        return {error, fmt::format("The member is in epoch {}, not {}.", it->second.epoch, request.memberEpoch),
                nullptr};
    }
    return {GroupErrc::kNone, "", &it->second};
}

ConsumerGroup::Refusal ConsumerGroup::admitStatic(const Request& request) {
    const auto registered = m_staticMembers.find(*request.instanceId);
    if (registered == m_staticMembers.end()) {
        if (request.memberEpoch != kJoinEpoch) {
            return {GroupErrc::kUnknownMemberId, fmt::format("Instance {} is not in the group.", *request.instanceId),
                    nullptr};
        }
        return {GroupErrc::kNone, "", &create(request.memberId, request.instanceId)};
    }
    auto& member = m_members.at(registered->second);
    if (request.memberEpoch != kJoinEpoch) {
        if (member.id != request.memberId) {
            return {GroupErrc::kFencedInstanceId,
                    fmt::format("Instance {} belongs to another member now.", *request.instanceId), nullptr};
        }
        if (const auto error = checkEpoch(member, request); error != GroupErrc::kNone) {
            return {error, fmt::format("The member is in epoch {}, not {}.", member.epoch, request.memberEpoch),
                    nullptr};
        }
        return {GroupErrc::kNone, "", &member};
    }
    if (member.id != request.memberId) {
        // A classic member never says that it will be back, so its successor of either protocol may follow at once.
        if (!member.isAway() && !member.classic) {
            return {GroupErrc::kUnreleasedInstanceId,
                    fmt::format("Instance {} is still held by member {}.", *request.instanceId, member.id), nullptr};
        }
        takePlaceOf(registered->second, request.memberId);
    }
    auto& returned = m_members.at(request.memberId);
    if (returned.isAway() || returned.classic) {
        startOver(returned);
    }
    return {GroupErrc::kNone, "", &returned};
}

ConsumerMember& ConsumerGroup::create(const std::string& memberId, const std::optional<std::string>& instanceId) {
    auto& member = m_members[memberId];
    member.id = memberId;
    member.instanceId = instanceId;
    if (instanceId) {
        m_staticMembers[*instanceId] = memberId;
    }
    restartSession(member);  // at once, so that it goes by itself even if memory ends before it is answered
    return member;
}

bool ConsumerGroup::updateSubscription(ConsumerMember& member, const Request& request) {
    member.client = request.client;
    if (request.rackId) {
        member.rackId = request.rackId;
    }
    if (request.rebalanceTimeout) {
        member.rebalanceTimeout = *request.rebalanceTimeout;
    }
    if (request.serverAssignor) {
        member.serverAssignor = request.serverAssignor;
    }
    auto topics = request.subscribedTopics.value_or(member.subscribedTopics);
    std::ranges::sort(topics);
    const auto regex = request.subscribedRegex.value_or(member.subscribedRegex);
    const bool changed = topics != member.subscribedTopics || regex != member.subscribedRegex;
    member.subscribedTopics = std::move(topics);
    member.subscribedRegex = regex;
    return changed;
}

void ConsumerGroup::depart(const Request& request, Completion<Response> done) {
    Response response;
    auto memberId = request.memberId;
    if (request.instanceId) {
        const auto registered = m_staticMembers.find(*request.instanceId);
        if (registered == m_staticMembers.end()) {
            response.error = GroupErrc::kUnknownMemberId;
        } else if (registered->second != memberId) {
            response.error = GroupErrc::kFencedInstanceId;
        }
    }
    const auto it = m_members.find(memberId);
    if (response.error == GroupErrc::kNone && it == m_members.end()) {
        response.error = GroupErrc::kUnknownMemberId;
    }
    if (response.error != GroupErrc::kNone) {
        return context().answer(std::move(done), std::move(response));
    }
    response.memberId = memberId;
    response.memberEpoch = request.memberEpoch;
    if (request.memberEpoch == kStaticLeaveEpoch) {
        auto& member = it->second;
        member.epoch = kStaticLeaveEpoch;
        member.previousEpoch = kStaticLeaveEpoch;
        member.state = MemberState::kStable;
        member.pendingRevocation.clear();  // gone with the process
        member.revocationDeadline = Clock::Steady::max();
        restartSession(member);
        noteProgress();
    } else {
        removeMember(memberId, fmt::format("member {} left", memberId));
        if (turnBackIfClassic()) {
            return context().answer(std::move(done), std::move(response));
        }
    }
    answerWhenDurable(std::move(done), std::move(response));
}

void ConsumerGroup::answerWhenDurable(Completion<Response> done, Response response) {
    StoreBatch batch;
    batch.putRecord = encodeRecord(record());
    auto* coordinator = &context();
    context().write(std::move(batch), [coordinator, done = std::move(done), response = std::move(response)](
                                          Group*, bool durable) mutable {
        if (!durable) {
            response = {};
            response.error = GroupErrc::kCoordinatorNotAvailable;
        }
        coordinator->answer(std::move(done), std::move(response));
    });
}

ConsumerGroup::Response ConsumerGroup::answerFor(const ConsumerMember& member) const {
    Response response;
    response.memberId = member.id;
    response.memberEpoch = member.epoch;
    response.heartbeatInterval = context().settings().consumerHeartbeatInterval;
    return response;
}

}  // namespace weir::groups
