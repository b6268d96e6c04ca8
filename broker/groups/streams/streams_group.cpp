// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/streams/streams_group.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "broker/groups/consumer/reconciler.h"

namespace weir::groups {

StreamsGroup::StreamsGroup(GroupContext& groupContext)
    : Group(groupContext), m_rebalances(groupContext.options().rebalanceHistory) {}

StreamsGroup::StreamsGroup(GroupContext& groupContext, const StreamsRecord& record) : StreamsGroup(groupContext) {
    m_groupEpoch = record.groupEpoch;
    m_assignmentEpoch = record.assignmentEpoch;
    m_topology = record.topology;
    std::set<std::string> ids;
    for (const auto& [stored, target] : record.members) {
        auto& member = m_members[stored.id] = stored;
        m_target[stored.id] = target;
        ids.insert(stored.id);
        restartSession(member);
        if (member.state == MemberState::kUnrevokedPartitions) {
            member.revocationDeadline = context().now() + member.rebalanceTimeout;
            context().wakeBy(member.revocationDeadline);
        }
    }
    m_rebalances.startFrom(std::move(ids));
    if (m_topology) {
        m_configured = configure(*m_topology, context().topics());
        m_topicsStale = false;
        m_topicsVersion = context().topics().version();
    }
}

GroupState StreamsGroup::state() const {
    if (m_members.empty()) {
        return GroupState::kEmpty;
    }
    if (m_configured.trouble) {
        return GroupState::kNotReady;
    }
    if (m_groupEpoch > m_assignmentEpoch) {
        return GroupState::kAssigning;
    }
    const bool arrived = std::ranges::all_of(m_members, [this](const auto& entry) {
        return entry.second.state == MemberState::kStable && entry.second.epoch == m_assignmentEpoch;
    });
    return arrived ? GroupState::kStable : GroupState::kReconciling;
}

void StreamsGroup::bump(const std::string& reason) {
    ++m_groupEpoch;
    context().log().info("group {}: epoch {} because {}", context().groupId(), m_groupEpoch, reason);
    m_rebalances.begin(reason, context().wallNow(), context().now());
    context().changed();
}

bool StreamsGroup::refreshTopics() {
    if (!m_topology || (!m_topicsStale && m_topicsVersion == context().topics().version())) {
        return false;
    }
    m_topicsStale = false;
    m_topicsVersion = context().topics().version();
    auto configured = configure(*m_topology, context().topics());
    const bool isOther = !(configured == m_configured);
    m_configured = std::move(configured);
    return isOther;
}

void StreamsGroup::assignTargets() {
    std::map<std::string, TaskMember> members;
    for (const auto& [id, member] : m_members) {
        members[id] = {member.processId, m_target[id]};
    }
    std::set<std::string> stateful;
    if (m_topology) {
        for (const auto& sub : m_topology->subtopologies) {
            if (!sub.changelogs.empty()) {
                stateful.insert(sub.id);
            }
        }
    }
    m_target = assignTasks(members, m_configured.tasks, stateful, context().settings().streamsStandbyReplicas);
    m_assignmentEpoch = m_groupEpoch;
    ++m_endpointEpoch;
}

bool StreamsGroup::isHeldByAnother(const StreamsMember& member, const std::string& subtopology,
                                   PartitionId partition) const {
    return std::ranges::any_of(m_members, [&](const auto& entry) {
        const auto& other = entry.second;
        return other.id != member.id && (contains(other.assigned, subtopology, partition) ||
                                         contains(other.pendingRevocation, subtopology, partition));
    });
}

void StreamsGroup::step(StreamsMember& member, const std::optional<Tasks>& owned) {
    const auto epochBefore = member.epoch;
    const auto& target = m_target[member.id];
    reconcile(member, m_assignmentEpoch, target.active, owned,
              [&](const std::string& subtopology, PartitionId partition) {
                  return isHeldByAnother(member, subtopology, partition);
              });
    member.standby = member.state == MemberState::kUnrevokedPartitions ? intersection(member.standby, target.standby)
                                                                       : target.standby;
    if (member.state != MemberState::kUnrevokedPartitions) {
        member.revocationDeadline = Clock::Steady::max();
    } else if (member.revocationDeadline == Clock::Steady::max() || member.epoch != epochBefore) {
        member.revocationDeadline = context().now() + member.rebalanceTimeout;
        context().wakeBy(member.revocationDeadline);
    }
}

void StreamsGroup::removeMember(const std::string& memberId, const std::string& reason) {
    m_members.erase(memberId);
    m_target.erase(memberId);
    ++m_endpointEpoch;
    bump(reason);
    if (m_members.empty()) {
        m_assignmentEpoch = m_groupEpoch;
        m_shutdownBy.clear();
    }
    noteProgress();
}

void StreamsGroup::restartSession(StreamsMember& member) {
    member.sessionDeadline = context().now() + context().settings().streamsSessionTimeout;
    context().wakeBy(member.sessionDeadline);
}

void StreamsGroup::noteProgress() {
    if (const auto now = state(); now == GroupState::kStable || now == GroupState::kEmpty) {
        std::set<std::string> ids;
        for (const auto& entry : m_members) {
            ids.insert(entry.first);
        }
        m_rebalances.settle(GenerationId(m_groupEpoch), std::move(ids), context().now());
    }
    context().changed();
}

Clock::Steady StreamsGroup::nextDeadline() const {
    auto soonest = isDelayed() ? m_assignFrom : Clock::Steady::max();
    for (const auto& entry : m_members) {
        soonest = std::min({soonest, entry.second.sessionDeadline, entry.second.revocationDeadline});
    }
    return soonest;
}

void StreamsGroup::onTime() {
    const auto now = context().now();
    std::vector<std::pair<std::string, std::string>> doomed;
    for (const auto& [id, member] : m_members) {
        if (member.sessionDeadline <= now) {
            doomed.emplace_back(id, fmt::format("member {} sent no heartbeat in its session", id));
        } else if (member.revocationDeadline <= now) {
            doomed.emplace_back(id, fmt::format("member {} did not give up its tasks in time", id));
        }
    }
    for (const auto& [id, reason] : doomed) {
        removeMember(id, reason);
    }
    const bool assigns =
        !isDelayed() && !m_members.empty() && m_groupEpoch > m_assignmentEpoch && !m_configured.trouble;
    if (assigns) {
        assignTargets();
        context().changed();
    }
    if (!doomed.empty() || assigns) {
        persist([](bool) {});
    }
}

void StreamsGroup::persist(Completion<bool> done) {
    StreamsRecord record;
    record.groupEpoch = m_groupEpoch;
    record.assignmentEpoch = m_assignmentEpoch;
    record.topology = m_topology;
    for (const auto& [id, member] : m_members) {
        record.members.push_back({member, m_target.at(id)});
    }
    StoreBatch batch;
    batch.putRecord = encodeRecord(record);
    context().write(std::move(batch), [done = std::move(done)](Group*, bool durable) mutable { done(durable); });
}

std::map<std::string, std::set<PartitionId>> StreamsGroup::partitionsOf(const Tasks& tasks) const {
    std::map<std::string, std::set<PartitionId>> partitions;
    for (const auto& [subtopology, ids] : tasks) {
        const auto sources = m_configured.sources.find(subtopology);
        if (sources == m_configured.sources.end()) {
            continue;
        }
        for (const auto& [topic, size] : sources->second) {
            for (const auto id : ids) {
                if (id.value < size) {
                    partitions[topic].insert(id);
                }
            }
        }
    }
    return partitions;
}

std::vector<StreamsGroup::Response::EndpointPartitions> StreamsGroup::endpoints() const {
    std::vector<Response::EndpointPartitions> all;
    for (const auto& entry : m_members) {
        const auto& member = entry.second;
        if (member.endpoint) {
            all.push_back({*member.endpoint, partitionsOf(member.assigned), partitionsOf(member.standby)});
        }
    }
    return all;
}

}  // namespace weir::groups
