// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/migration.h"

#include <algorithm>

#include "broker/groups/consumer_protocol.h"

namespace weir::groups {

Assignment byId(const std::vector<TopicPartition>& partitions, const TopicDirectory& topics) {
    Assignment assignment;
    for (const auto& [topic, partition] : partitions) {
        if (const auto facts = topics.byName(topic)) {
            assignment[facts->id].insert(partition);
        }
    }
    return assignment;
}

std::vector<TopicPartition> byName(const Assignment& assignment, const TopicDirectory& topics) {
    std::vector<TopicPartition> partitions;
    for (const auto& [topic, ids] : assignment) {
        if (const auto facts = topics.byId(topic)) {
            for (const auto partition : ids) {
                partitions.push_back({facts->name, partition});
            }
        }
    }
    return partitions;
}

std::optional<ConsumerRecord> toConsumerRecord(const ClassicRecord& classic, const TopicDirectory& topics) {
    if (!classic.members.empty() && classic.protocolType != kConsumerProtocolType) {
        return std::nullopt;
    }
    ConsumerRecord record;
    record.groupEpoch = record.assignmentEpoch = classic.generation.value;
    Assignment claimed;
    for (const auto& old : classic.members) {
        const auto subscription =
            old.protocols.empty() ? std::nullopt : parseSubscription(old.protocols.front().metadata);
        if (!subscription) {
            return std::nullopt;
        }
        ConsumerMember member;
        member.id = old.id;
        member.instanceId = old.instanceId;
        member.rackId = subscription->rackId;
        member.client = old.client;
        member.rebalanceTimeout = old.rebalanceTimeout;
        member.subscribedTopics = subscription->topics;
        std::ranges::sort(member.subscribedTopics);
        member.epoch = member.previousEpoch = classic.generation.value;
        member.classic = ClassicFace{old.sessionTimeout, old.protocols};
        // In the middle of a rebalance nothing is assigned, but a cooperative member says what it still holds.
        const auto assignment = parseAssignment(old.assignment);
        const auto owned = byId(assignment ? assignment->partitions : subscription->owned, topics);
        member.assigned = difference(owned, claimed);
        add(claimed, member.assigned);
        auto target = member.assigned;
        record.members.push_back({std::move(member), std::move(target)});
    }
    return record;
}

ClassicRecord toClassicRecord(const ConsumerRecord& consumer, Timestamp now, const TopicDirectory& topics) {
    ClassicRecord record;
    record.generation = GenerationId(consumer.groupEpoch);
    record.stateSince = now;
    record.rebalancing = !consumer.members.empty();
    for (const auto& entry : consumer.members) {
        const auto& old = entry.member;
        WEIR_ASSERT(old.classic.has_value());
        record.protocolType = kConsumerProtocolType;
        ConsumerAssignment assignment;
        assignment.partitions = byName(old.assigned, topics);
        record.members.push_back({old.id, old.instanceId, old.client, old.classic->sessionTimeout, old.rebalanceTimeout,
                                  old.classic->protocols, writeAssignment(assignment)});
    }
    return record;
}

}  // namespace weir::groups
