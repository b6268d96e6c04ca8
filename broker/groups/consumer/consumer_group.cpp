// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/consumer_group.h"

#include <algorithm>

#include "broker/groups/consumer/reconciler.h"
#include "broker/groups/consumer/topic_pattern.h"

namespace weir::groups {

ConsumerGroup::ConsumerGroup(GroupContext& groupContext)
    : Group(groupContext), m_rebalances(groupContext.options().rebalanceHistory) {}

ConsumerGroup::ConsumerGroup(GroupContext& groupContext, const ConsumerRecord& record) : ConsumerGroup(groupContext) {
    m_groupEpoch = record.groupEpoch;
    m_assignmentEpoch = record.assignmentEpoch;
    for (const auto& topic : record.topics) {
        m_topics.emplace(topic.name, topic);
    }
    std::set<std::string> ids;
    for (const auto& [stored, target] : record.members) {
        auto& member = m_members[stored.id] = stored;
        m_target[stored.id] = target;
        ids.insert(stored.id);
        if (member.instanceId) {
            m_staticMembers[*member.instanceId] = member.id;
        }
        restartSession(member);
        if (member.state == MemberState::kUnrevokedPartitions && !member.classic) {
            member.revocationDeadline = context().now() + member.rebalanceTimeout;
            context().wakeBy(member.revocationDeadline);
        }
    }
    m_rebalances.startFrom(std::move(ids));
}

GroupState ConsumerGroup::state() const {
    if (m_members.empty()) {
        return GroupState::kEmpty;
    }
    if (m_groupEpoch > m_assignmentEpoch) {
        return GroupState::kAssigning;
    }
    const bool arrived = std::ranges::all_of(m_members, [this](const auto& entry) { return hasArrived(entry.second); });
    return arrived ? GroupState::kStable : GroupState::kReconciling;
}

bool ConsumerGroup::hasArrived(const ConsumerMember& member) const {
    return member.isAway() || (member.state == MemberState::kStable && member.epoch == m_assignmentEpoch);
}

void ConsumerGroup::bump(const std::string& reason) {
    ++m_groupEpoch;
    context().log().info("group {}: epoch {} because {}", context().groupId(), m_groupEpoch, reason);
    m_rebalances.begin(reason, context().wallNow(), context().now());
    context().changed();
}

std::set<std::string> ConsumerGroup::topicsOf(const ConsumerMember& member) const {
    std::set<std::string> topics(member.subscribedTopics.begin(), member.subscribedTopics.end());
    if (const auto it = m_regexTopics.find(member.subscribedRegex); it != m_regexTopics.end()) {
        topics.insert(it->second.begin(), it->second.end());
    }
    return topics;
}

void ConsumerGroup::refreshTopics() {
    m_topicsStale = false;
    m_topicsVersion = context().topics().version();
    m_regexTopics.clear();
    std::vector<TopicFacts> all;
    for (const auto& entry : m_members) {
        const auto& pattern = entry.second.subscribedRegex;
        if (pattern.empty() || m_regexTopics.contains(pattern)) {
            continue;
        }
        if (all.empty()) {
            all = context().topics().all();
        }
        const TopicPattern compiled(pattern);
        auto& matched = m_regexTopics[pattern];
        for (const auto& topic : all) {
            if (compiled.matches(topic.name)) {
                matched.insert(topic.name);
            }
        }
    }
    std::map<std::string, TopicFacts> topics;
    for (const auto& entry : m_members) {
        for (const auto& name : topicsOf(entry.second)) {
            if (topics.contains(name)) {
                continue;
            }
            if (auto facts = context().topics().byName(name)) {
                topics.emplace(name, std::move(*facts));
            }
        }
    }
    m_topics = std::move(topics);
}

std::string ConsumerGroup::assignorName() const {
    std::map<std::string, int> votes;
    for (const auto& entry : m_members) {
        if (entry.second.serverAssignor) {
            ++votes[*entry.second.serverAssignor];
        }
    }
    const auto winner = std::ranges::max_element(votes, {}, [](const auto& vote) { return vote.second; });
    return winner == votes.end() ? context().options().broker.consumerAssignors.front() : winner->first;
}

void ConsumerGroup::assignTargets() {
    AssignorMembers members;
    TopicSizes sizes;
    for (const auto& entry : m_topics) {
        sizes[entry.second.id] = entry.second.partitions;
    }
    for (const auto& [id, member] : m_members) {
        auto& input = members[id];
        input.instanceId = member.instanceId;
        for (const auto& name : topicsOf(member)) {
            if (const auto it = m_topics.find(name); it != m_topics.end()) {
                input.topics.insert(it->second.id);
            }
        }
        if (const auto it = m_target.find(id); it != m_target.end()) {
            input.current = it->second;
        }
    }
    m_target = assignorNamed(assignorName())(members, sizes);
    m_assignmentEpoch = m_groupEpoch;
}

bool ConsumerGroup::isHeldByAnother(const ConsumerMember& member, const TopicId& topic, PartitionId partition) const {
    return std::ranges::any_of(m_members, [&](const auto& entry) {
        const auto& other = entry.second;
        return other.id != member.id &&
               (contains(other.assigned, topic, partition) || contains(other.pendingRevocation, topic, partition));
    });
}

void ConsumerGroup::step(ConsumerMember& member, const std::optional<Assignment>& owned) {
    const auto epochBefore = member.epoch;
    reconcile(member, m_assignmentEpoch, m_target[member.id], owned,
              [&](const TopicId& topic, PartitionId partition) { return isHeldByAnother(member, topic, partition); });
    // A classic member has its own deadline, from one request to the next.
    if (member.state != MemberState::kUnrevokedPartitions || member.classic) {
        member.revocationDeadline = Clock::Steady::max();
    } else if (member.revocationDeadline == Clock::Steady::max() || member.epoch != epochBefore) {
        member.revocationDeadline = context().now() + member.rebalanceTimeout;
        context().wakeBy(member.revocationDeadline);
    }
}

void ConsumerGroup::noteProgress() {
    if (const auto now = state(); now == GroupState::kStable || now == GroupState::kEmpty) {
        std::set<std::string> ids;
        for (const auto& entry : m_members) {
            ids.insert(entry.first);
        }
        m_rebalances.settle(GenerationId(m_groupEpoch), std::move(ids), context().now());
    }
    context().changed();
}

void ConsumerGroup::removeMember(const std::string& memberId, const std::string& reason) {
    const auto it = m_members.find(memberId);
    WEIR_ASSERT(it != m_members.end());
    if (it->second.instanceId) {
        m_staticMembers.erase(*it->second.instanceId);
    }
    m_members.erase(it);
    m_target.erase(memberId);
    m_topicsStale = true;
    bump(reason);
    if (m_members.empty()) {
        m_assignmentEpoch = m_groupEpoch;
    }
    noteProgress();
}

void ConsumerGroup::takePlaceOf(std::string oldId, const std::string& newId) {
    auto node = m_members.extract(oldId);
    node.key() = newId;
    node.mapped().id = newId;
    auto& member = m_members.insert(std::move(node)).position->second;
    m_staticMembers[*member.instanceId] = newId;
    if (auto target = m_target.extract(oldId); !target.empty()) {
        target.key() = newId;
        m_target.insert(std::move(target));
    }
}

void ConsumerGroup::startOver(ConsumerMember& member) {
    member.epoch = kJoinEpoch;
    member.previousEpoch = kJoinEpoch;
    member.state = MemberState::kStable;
    member.pendingRevocation.clear();  // gone with the process that held them
}

void ConsumerGroup::advance(ConsumerMember& member, bool subscribesAnew, const std::optional<Assignment>& owned) {
    // One whose join ended before it had a target, for want of memory, still is new when it asks again.
    const bool isNew = !m_target.contains(member.id);
    const auto oldTopics = m_topics;
    if (subscribesAnew || isNew || m_topicsStale || m_topicsVersion != context().topics().version()) {
        refreshTopics();
    }
    if (subscribesAnew || isNew) {
        bump(isNew ? fmt::format("member {} joined", member.id)
                   : fmt::format("member {} changed its subscription", member.id));
    } else if (oldTopics != m_topics) {
        bump("topics of the group appeared, went or grew");
    }
    if (m_groupEpoch > m_assignmentEpoch) {
        assignTargets();
    }
    step(member, owned);
    restartSession(member);
}

void ConsumerGroup::restartSession(ConsumerMember& member) {
    const auto timeout = member.classic ? member.classic->sessionTimeout : context().settings().consumerSessionTimeout;
    member.sessionDeadline = context().now() + timeout;
    context().wakeBy(member.sessionDeadline);
}

Clock::Steady ConsumerGroup::nextDeadline() const {
    auto soonest = Clock::Steady::max();
    for (const auto& entry : m_members) {
        const auto& member = entry.second;
        soonest = std::min({soonest, member.sessionDeadline, member.revocationDeadline, member.classicDeadline});
    }
    return soonest;
}

void ConsumerGroup::onTime() {
    const auto now = context().now();
    std::vector<std::pair<std::string, std::string>> doomed;
    for (const auto& [id, member] : m_members) {
        if (member.sessionDeadline <= now) {
            doomed.emplace_back(id, fmt::format("member {} sent no heartbeat in its session", id));
        } else if (member.revocationDeadline <= now) {
            doomed.emplace_back(id, fmt::format("member {} did not give up its partitions in time", id));
        } else if (member.classicDeadline <= now) {
            doomed.emplace_back(id, fmt::format("member {} did not join again in time", id));
        }
    }
    for (const auto& [id, reason] : doomed) {
        removeMember(id, reason);
    }
    if (!doomed.empty() && !turnBackIfClassic()) {
        persist();
    }
}

void ConsumerGroup::onTopicsChanged() {
    m_topicsStale = true;
}

void ConsumerGroup::persist() {
    StoreBatch batch;
    batch.putRecord = encodeRecord(record());
    auto* coordinator = &context();
    context().write(std::move(batch), [coordinator](Group*, bool durable) {
        if (!durable) {
            coordinator->log().error("group {}: its members could not be stored", coordinator->groupId());
        }
    });
}

ConsumerRecord ConsumerGroup::record() const {
    ConsumerRecord record;
    record.groupEpoch = m_groupEpoch;
    record.assignmentEpoch = m_assignmentEpoch;
    for (const auto& entry : m_topics) {
        record.topics.push_back(entry.second);
    }
    for (const auto& [id, member] : m_members) {
        const auto target = m_target.find(id);
        record.members.push_back({member, target == m_target.end() ? Assignment{} : target->second});
    }
    return record;
}

}  // namespace weir::groups
