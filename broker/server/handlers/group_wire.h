// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/groups/consumer/assignment.h"
#include "broker/groups/membership_requests.h"
#include "broker/groups/topic_directory.h"
#include "broker/server/authorize.h"
#include "broker/server/call.h"
#include "broker/server/services.h"

/// Assignments between the coordinator's form and that of the messages, which all spell them alike.
namespace weir::server {

inline groups::ClientIdentity identityOf(const Call& call) {
    return {std::string(call.clientId), call.clientHost()};
}

/// Whether the caller may be a member of the group and see the topics it names, in a protocol that is switched on;
/// nothing when it may.
template <class Topics>
std::optional<protocol::ErrorCode> whyNoMember(const Services& services, const Call& call, const std::string& groupId,
                                               const Topics& topics) {
    if (services.features.isSwitchedOff(call.key)) {
        return protocol::ErrorCode::kUnsupportedVersion;
    }
    if (!mayGroup(services, call, AclOperation::kRead, groupId)) {
        return refusalOf(ResourceType::kGroup);
    }
    for (const auto& topic : topics) {
        if (!mayTopic(services, call, AclOperation::kDescribe, topic)) {
            return refusalOf(ResourceType::kTopic);
        }
    }
    return std::nullopt;
}

template <class WireTopic>
groups::Assignment fromWire(const std::vector<WireTopic>& topics) {
    groups::Assignment assignment;
    for (const auto& topic : topics) {
        if (!topic.partitions.empty()) {
            assignment[topic.topicId].insert(topic.partitions.begin(), topic.partitions.end());
        }
    }
    return assignment;
}

template <class WireTopic>
std::vector<WireTopic> toWire(const groups::Assignment& assignment) {
    std::vector<WireTopic> topics;
    for (const auto& [topic, partitions] : assignment) {
        auto& made = topics.emplace_back();
        made.topicId = topic;
        made.partitions.assign(partitions.begin(), partitions.end());
    }
    return topics;
}

/// With names, as the describing messages want it; a topic that is gone is left out, as in Kafka.
template <class WireTopic>
std::vector<WireTopic> toNamedWire(const groups::Assignment& assignment, const groups::TopicDirectory& directory) {
    std::vector<WireTopic> topics;
    for (const auto& [topic, partitions] : assignment) {
        if (const auto facts = directory.byId(topic)) {
            auto& made = topics.emplace_back();
            made.topicId = topic;
            made.topicName = facts->name;
            made.partitions.assign(partitions.begin(), partitions.end());
        }
    }
    return topics;
}

}  // namespace weir::server
