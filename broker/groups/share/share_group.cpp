// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/share_group.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/member_table.h"
#include "broker/groups/share/share_assignor.h"

namespace weir::groups {

ShareGroup::ShareGroup(GroupContext& groupContext)
    : Group(groupContext), m_rebalances(groupContext.options().rebalanceHistory) {}

ShareGroup::ShareGroup(GroupContext& groupContext, const ShareRecord& record) : ShareGroup(groupContext) {
    m_groupEpoch = record.groupEpoch;
    for (const auto& topic : record.topics) {
        m_topics.emplace(topic.name, topic);
    }
    std::set<std::string> ids;
    for (const auto& stored : record.members) {
        auto& member = m_members[stored.id] = stored;
        m_target[stored.id] = stored.assigned;
        ids.insert(stored.id);
        restartSession(member);
    }
    m_rebalances.startFrom(std::move(ids));
    // Targets are not stored. While the topics are as they were, those that were on the way arrive at the same ones;
    // if not, the first heartbeat assigns anew.
    const bool isAsBefore = std::ranges::all_of(
        m_topics, [this](const auto& entry) { return context().topics().byName(entry.first) == entry.second; });
    if (isAsBefore) {
        assignTargets();
    }
}

void ShareGroup::refuse(GroupErrc error, std::string message, Completion<Response> done) {
    Response refusal;
    refusal.error = error;
    refusal.errorMessage = std::move(message);
    context().answer(std::move(done), std::move(refusal));
}

void ShareGroup::beat(const Request& request, Completion<Response> done) {
    const auto known = m_members.find(request.memberId);
    const bool isNew = known == m_members.end();
    if (isNew && request.memberEpoch != kJoinEpoch) {
        return refuse(GroupErrc::kUnknownMemberId, fmt::format("Member {} is not in the group.", request.memberId),
                      std::move(done));
    }
    if (request.memberEpoch == kLeaveEpoch) {
        return depart(request, std::move(done));
    }
    if (isNew && m_members.size() >= context().options().broker.shareMaxSize) {
        return refuse(GroupErrc::kGroupMaxSizeReached, "The group has as many members as it may have.",
                      std::move(done));
    }
    // The epoch before is fine: its answer may have been lost.
    if (!isNew && request.memberEpoch != kJoinEpoch && request.memberEpoch != known->second.epoch &&
        request.memberEpoch != known->second.previousEpoch) {
        return refuse(GroupErrc::kFencedMemberEpoch,
                      fmt::format("The member is in epoch {}, not {}.", known->second.epoch, request.memberEpoch),
                      std::move(done));
    }
    auto& member = m_members[request.memberId];
    const auto before = member;
    member.id = request.memberId;
    member.client = request.client;
    member.rackId = request.rackId ? request.rackId : member.rackId;
    auto topics = request.subscribedTopics.value_or(member.subscribedTopics);
    std::ranges::sort(topics);
    const bool subscribesAnew = isNew || topics != member.subscribedTopics;
    member.subscribedTopics = std::move(topics);
    advance(isNew ? fmt::format("member {} joined", member.id)
                  : fmt::format("member {} changed its subscription", member.id),
            subscribesAnew);
    if (member.epoch != m_groupEpoch) {
        member.previousEpoch = member.epoch;
        member.epoch = m_groupEpoch;
    }
    member.assigned = m_target[member.id];
    restartSession(member);

    Response response;
    response.memberId = member.id;
    response.memberEpoch = member.epoch;
    response.heartbeatInterval = context().settings().shareHeartbeatInterval;
    if (request.memberEpoch == kJoinEpoch || request.memberEpoch != member.epoch ||
        before.assigned != member.assigned) {
        response.assignment = member.assigned;
    }
    if (before.epoch == member.epoch && before.assigned == member.assigned && !subscribesAnew) {
        return context().answer(std::move(done), std::move(response));
    }
    noteProgress();
    persist([coordinator = &context(), done = std::move(done), response = std::move(response)](bool durable) mutable {
        if (!durable) {
            response = {};
            response.error = GroupErrc::kCoordinatorNotAvailable;
        }
        coordinator->answer(std::move(done), std::move(response));
    });
}

void ShareGroup::depart(const Request& request, Completion<Response> done) {
    Response response;
    response.memberId = request.memberId;
    response.memberEpoch = kLeaveEpoch;
    removeMember(request.memberId, fmt::format("member {} left", request.memberId));
    persist([coordinator = &context(), done = std::move(done), response = std::move(response)](bool durable) mutable {
        response.error = durable ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable;
        coordinator->answer(std::move(done), std::move(response));
    });
}

void ShareGroup::establish(Completion<GroupErrc> done) {
    context().changed();
    persist([coordinator = &context(), done = std::move(done)](bool durable) mutable {
        coordinator->answer(std::move(done), durable ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable);
    });
}

void ShareGroup::advance(const std::string& reason, bool subscribesAnew) {
    const auto oldTopics = m_topics;
    if (subscribesAnew || m_topicsStale || m_topicsVersion != context().topics().version()) {
        refreshTopics();
    }
    if (!subscribesAnew && oldTopics == m_topics) {
        return;
    }
    ++m_groupEpoch;
    const std::string why = subscribesAnew ? reason : "topics of the group appeared, went or grew";
    context().log().info("group {}: epoch {} because {}", context().groupId(), m_groupEpoch, why);
    m_rebalances.begin(why, context().wallNow(), context().now());
    assignTargets();
}

void ShareGroup::refreshTopics() {
    m_topicsStale = false;
    m_topicsVersion = context().topics().version();
    m_topics.clear();
    for (const auto& entry : m_members) {
        for (const auto& name : entry.second.subscribedTopics) {
            if (auto facts = context().topics().byName(name)) {
                m_topics.insert_or_assign(name, std::move(*facts));
            }
        }
    }
}

void ShareGroup::assignTargets() {
    AssignorMembers members;
    TopicSizes sizes;
    for (const auto& entry : m_topics) {
        sizes[entry.second.id] = entry.second.partitions;
    }
    for (const auto& [id, member] : m_members) {
        auto& input = members[id];
        for (const auto& name : member.subscribedTopics) {
            if (const auto it = m_topics.find(name); it != m_topics.end()) {
                input.topics.insert(it->second.id);
            }
        }
        input.current = m_target[id];
    }
    m_target = assignShares(members, sizes);
}

void ShareGroup::removeMember(const std::string& memberId, const std::string& reason) {
    m_members.erase(memberId);
    m_target.erase(memberId);
    advance(reason, true);
    noteProgress();
}

void ShareGroup::restartSession(ShareMember& member) {
    member.sessionDeadline = context().now() + context().settings().shareSessionTimeout;
    context().wakeBy(member.sessionDeadline);
}

void ShareGroup::noteProgress() {
    std::set<std::string> ids;
    bool settled = true;
    for (const auto& [id, member] : m_members) {
        ids.insert(id);
        settled = settled && member.epoch == m_groupEpoch;
    }
    if (settled) {
        m_rebalances.settle(GenerationId(m_groupEpoch), std::move(ids), context().now());
    }
    context().changed();
}

Clock::Steady ShareGroup::nextDeadline() const {
    auto soonest = Clock::Steady::max();
    for (const auto& entry : m_members) {
        soonest = std::min(soonest, entry.second.sessionDeadline);
    }
    return soonest;
}

void ShareGroup::onTime() {
    std::vector<std::string> silent;
    for (const auto& [id, member] : m_members) {
        if (member.sessionDeadline <= context().now()) {
            silent.push_back(id);
        }
    }
    for (const auto& id : silent) {
        removeMember(id, fmt::format("member {} sent no heartbeat in its session", id));
    }
    if (!silent.empty()) {
        persist([](bool) {});
    }
}

void ShareGroup::persist(Completion<bool> done) {
    ShareRecord record;
    record.groupEpoch = m_groupEpoch;
    for (const auto& entry : m_topics) {
        record.topics.push_back(entry.second);
    }
    for (const auto& entry : m_members) {
        record.members.push_back(entry.second);
    }
    StoreBatch batch;
    batch.putRecord = encodeRecord(record);
    context().write(std::move(batch), [done = std::move(done)](Group*, bool durable) mutable { done(durable); });
}

LeaveGroupResponse ShareGroup::leave(const LeaveGroupRequest& request) {
    Leaving leaving = removeMembers(m_members, request, [this](const std::string& id) {
        removeMember(id, fmt::format("member {} was removed", id));
    });
    if (leaving.anyoneLeft) {
        persist([](bool) {});
    }
    return std::move(leaving.response);
}

bool ShareGroup::isSubscribedTo(const std::string& topic) const {
    return std::ranges::any_of(
        m_members, [&](const auto& entry) { return std::ranges::binary_search(entry.second.subscribedTopics, topic); });
}

DescribedShareGroup ShareGroup::describeShares() const {
    DescribedShareGroup group;
    group.groupId = context().groupId();
    group.state = state();
    group.groupEpoch = m_groupEpoch;
    group.assignmentEpoch = m_groupEpoch;
    group.assignor = kSimpleAssignor;
    for (const auto& [id, member] : m_members) {
        group.members.push_back({id, member.rackId, member.epoch, member.client.clientId, member.client.clientHost,
                                 member.subscribedTopics, member.assigned});
    }
    return group;
}

void ShareGroup::fill(GroupSnapshot& snapshot) const {
    snapshot.state = state();
    snapshot.protocolType = protocolType();
    snapshot.protocolName = kSimpleAssignor;
    snapshot.generation = GenerationId(m_groupEpoch);
    snapshot.rebalances = m_rebalances.events();
    for (const auto& [id, member] : m_members) {
        GroupMemberSnapshot seen;
        seen.memberId = id;
        seen.clientId = member.client.clientId;
        seen.host = member.client.clientHost;
        seen.subscribed = member.subscribedTopics;
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
