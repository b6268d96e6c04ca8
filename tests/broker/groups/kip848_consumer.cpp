// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/groups/kip848_consumer.h"

namespace weir::groups::testing {

NewConsumer::NewConsumer(World& world, std::string group, std::string memberId)
    : groupId(std::move(group)), id(std::move(memberId)), m_world(world) {}

ConsumerGroupHeartbeatRequest NewConsumer::request() const {
    ConsumerGroupHeartbeatRequest request;
    request.apiVersion = apiVersion;
    request.client = {id, "/127.0.0.1"};
    request.groupId = groupId;
    request.memberId = id;
    request.memberEpoch = epoch;
    request.instanceId = instanceId;
    request.rebalanceTimeout = rebalanceTimeout;
    request.subscribedTopics = topics;
    request.subscribedRegex = regex;
    request.serverAssignor = assignor;
    request.owned = epoch == kJoinEpoch ? Assignment{} : owned;
    return request;
}

Answer<ConsumerGroupHeartbeatResponse> NewConsumer::send(ConsumerGroupHeartbeatRequest request) {
    Answer<ConsumerGroupHeartbeatResponse> sent;
    m_world.manager->consumerGroupHeartbeat(std::move(request), sent.expect());
    return sent;
}

GroupErrc NewConsumer::beat() {
    answer = send(request());
    if (!answer.here()) {
        return GroupErrc::kNone;
    }
    if (answer->error == GroupErrc::kNone) {
        epoch = answer->memberEpoch;
        if (answer->assignment) {
            owned = *answer->assignment;
        }
    }
    return answer->error;
}

GroupErrc NewConsumer::leave(std::int32_t withEpoch) {
    auto last = request();
    last.memberEpoch = withEpoch;
    return send(std::move(last))->error;
}

void NewConsumer::restart() {
    epoch = kJoinEpoch;
    owned.clear();
}

std::vector<int> NewConsumer::partitionsOf(const std::string& topic) const {
    std::vector<int> partitions;
    const auto facts = m_world.topics.byName(topic);
    if (const auto it = facts ? owned.find(facts->id) : owned.end(); it != owned.end()) {
        for (const auto partition : it->second) {
            partitions.push_back(partition.value);
        }
    }
    return partitions;
}

void converge(std::vector<NewConsumer*> consumers) {
    for (int round = 0; round < 10; ++round) {
        for (auto* consumer : consumers) {
            WEIR_ASSERT(consumer->beat() == GroupErrc::kNone);
        }
    }
}

}  // namespace weir::groups::testing
