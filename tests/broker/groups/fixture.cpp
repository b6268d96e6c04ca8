// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/groups/fixture.h"

namespace weir::groups::testing {

void FakeTopics::put(const std::string& name, std::int32_t partitions) {
    auto& topic = m_topics[name];
    if (topic.name.empty()) {
        topic.name = name;
        topic.id.bytes[15] = static_cast<std::byte>(m_nextId++);
    }
    topic.partitions = partitions;
}

std::optional<TopicFacts> FakeTopics::byName(std::string_view name) const {
    const auto it = m_topics.find(name);
    return it == m_topics.end() ? std::nullopt : std::optional(it->second);
}

std::optional<TopicFacts> FakeTopics::byId(const TopicId& id) const {
    for (const auto& entry : m_topics) {
        if (entry.second.id == id) {
            return entry.second;
        }
    }
    return std::nullopt;
}

std::vector<TopicFacts> FakeTopics::all() const {
    std::vector<TopicFacts> topics;
    for (const auto& entry : m_topics) {
        topics.push_back(entry.second);
    }
    return topics;
}

World::World() {
    start();
}

World::~World() {
    manager->stop();
    store.crash();
}

void World::start() {
    manager = std::make_unique<GroupManager>(
        options, GroupManager::Environment{clock, random, timers, store, topics, Logger(), settings});
    manager->start([](const StoreStatus&) {});
}

void World::restart() {
    manager->stop();
    manager.reset();
    start();
}

Answer<JoinGroupResponse> World::join(JoinGroupRequest request) {
    Answer<JoinGroupResponse> answer;
    manager->joinGroup(std::move(request), answer.expect());
    return answer;
}

Answer<SyncGroupResponse> World::sync(SyncGroupRequest request) {
    Answer<SyncGroupResponse> answer;
    manager->syncGroup(std::move(request), answer.expect());
    return answer;
}

Answer<OffsetCommitResponse> World::commit(OffsetCommitRequest request) {
    Answer<OffsetCommitResponse> answer;
    manager->commitOffsets(std::move(request), answer.expect());
    return answer;
}

Answer<GroupErrc> World::deleteGroup(const std::string& groupId) {
    Answer<GroupErrc> answer;
    manager->deleteGroup(groupId, answer.expect());
    return answer;
}

Answer<GroupErrc> World::setOffsets(SetOffsetsRequest request) {
    Answer<GroupErrc> answer;
    manager->setOffsets(std::move(request), answer.expect());
    return answer;
}

Answer<OffsetDeleteResponse> World::deleteOffsets(OffsetDeleteRequest request) {
    Answer<OffsetDeleteResponse> answer;
    manager->deleteOffsets(std::move(request), answer.expect());
    return answer;
}

std::optional<OffsetFetchResponse::Partition> World::fetched(const std::string& groupId,
                                                             const TopicPartition& partition) const {
    OffsetFetchRequest request;
    request.groupId = groupId;
    request.topics = {{TopicId{}, partition.topic, {partition.partition}}};
    auto response = manager->fetchOffsets(request);
    auto answer = response.topics.at(0).partitions.at(0);
    return answer.offset == kNoOffset ? std::nullopt : std::optional(std::move(answer));
}

std::shared_ptr<const GroupSnapshot> World::view(const std::string& groupId) const {
    for (auto& group : manager->snapshot()) {
        if (group->id == groupId) {
            return group;
        }
    }
    return nullptr;
}

Consumer::Consumer(World& world, std::string group, std::string consumerName)
    : groupId(std::move(group)), name(std::move(consumerName)), m_world(world) {}

JoinGroupRequest Consumer::joinRequest() const {
    JoinGroupRequest request;
    request.apiVersion = apiVersion;
    request.client = {name, "/127.0.0.1"};
    request.groupId = groupId;
    request.memberId = id;
    request.instanceId = instanceId;
    request.sessionTimeout = sessionTimeout;
    request.rebalanceTimeout = rebalanceTimeout;
    request.protocolType = "consumer";
    ConsumerSubscription subscription;
    subscription.topics = topics;
    if (owned) {
        subscription.version = 1;
        subscription.owned = *owned;
    }
    for (const auto& assignor : assignors) {
        request.protocols.push_back({assignor, writeSubscription(subscription)});
    }
    return request;
}

SyncGroupRequest Consumer::syncRequest() const {
    SyncGroupRequest request;
    request.groupId = groupId;
    request.generation = generation;
    request.memberId = id;
    request.instanceId = instanceId;
    return request;
}

void Consumer::join() {
    joinAnswer = m_world.join(joinRequest());
    if (joinAnswer.here() && joinAnswer->error == GroupErrc::kMemberIdRequired) {
        id = joinAnswer->memberId;
        joinAnswer = m_world.join(joinRequest());
    }
}

bool Consumer::joined() {
    if (!joinAnswer.here() || joinAnswer->error != GroupErrc::kNone) {
        return false;
    }
    id = joinAnswer->memberId;
    generation = joinAnswer->generation;
    return true;
}

void Consumer::sync(std::map<std::string, std::string> assignments) {
    auto request = syncRequest();
    for (const auto& [memberId, assigned] : assignments) {
        request.assignments.push_back({memberId, toBytes(assigned)});
    }
    syncAnswer = m_world.sync(std::move(request));
}

GroupErrc Consumer::beat() {
    return m_world.manager->heartbeat({groupId, generation, id, instanceId});
}

GroupErrc Consumer::leave() {
    LeaveGroupRequest request;
    request.groupId = groupId;
    request.members.push_back({id, instanceId, std::nullopt});
    const auto response = m_world.manager->leaveGroup(request);
    return response.error != GroupErrc::kNone ? response.error : response.members.at(0).error;
}

Answer<OffsetCommitResponse> Consumer::commit(const TopicPartition& partition, std::int64_t offset) {
    OffsetCommitRequest request;
    request.groupId = groupId;
    request.memberId = id;
    request.instanceId = instanceId;
    request.generationOrEpoch = generation;
    request.topics.push_back(
        {TopicId{}, partition.topic, {{partition.partition, Offset(offset), LeaderEpoch(3), "note"}}});
    return m_world.commit(std::move(request));
}

JoinedPair::JoinedPair(World& world) : a(world, "g", "a"), b(world, "g", "b") {
    a.join();
    b.join();
    world.advance(6s);
    WEIR_ASSERT(a.joined() && b.joined());
}

void settle(World& world, std::vector<Consumer*> consumers) {
    for (auto* consumer : consumers) {
        consumer->join();
    }
    // The delay grows with every joiner, up to the rebalance timeout.
    for (int i = 0; i < 20 && !consumers.back()->joinAnswer.here(); ++i) {
        world.advance(world.options.initialRebalanceDelay);
    }
    std::map<std::string, std::string> assignments;
    for (auto* consumer : consumers) {
        WEIR_ASSERT(consumer->joined());
        assignments[consumer->id] = consumer->name;
    }
    for (auto* consumer : consumers) {
        consumer->sync(consumer->isLeader() ? assignments : std::map<std::string, std::string>{});
    }
    for (auto* consumer : consumers) {
        WEIR_ASSERT(consumer->syncAnswer.here() && consumer->syncAnswer->error == GroupErrc::kNone);
    }
}

GroupErrc onlyError(const OffsetCommitResponse& response) {
    WEIR_ASSERT(response.topics.size() == 1 && response.topics[0].partitions.size() == 1);
    return response.topics[0].partitions[0].error;
}

}  // namespace weir::groups::testing
