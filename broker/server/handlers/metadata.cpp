// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/metadata.h"

#include "broker/model/topic_name.h"
#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::MetadataRequest;
using protocol::MetadataResponse;
using WireTopic = MetadataResponse::MetadataResponseTopic;

WireTopic describe(const topics::Topic& topic, BrokerId self) {
    WireTopic answered;
    answered.name = topic.name;
    answered.topicId = topic.id;
    answered.isInternal = topic.isInternal();
    answered.partitions.reserve(topic.partitions.size());
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        const auto& partition = topic.partitions[i].partition;
        auto& each = answered.partitions.emplace_back();
        each.partitionIndex = PartitionId(static_cast<std::int32_t>(i));
        if (!partition) {
            // On disk and not readable: the rest of the topic goes on.
            each.errorCode = ErrorCode::kLeaderNotAvailable;
            each.leaderId = BrokerId(-1);
            each.replicaNodes = {self};
            each.offlineReplicas = {self};
            continue;
        }
        each.leaderId = self;
        each.leaderEpoch = partition->leaderEpoch();
        each.replicaNodes = {self};
        each.isrNodes = {self};
    }
    return answered;
}

WireTopic refuse(std::string name, ErrorCode error) {
    WireTopic answered;
    answered.errorCode = error;
    answered.name = std::move(name);
    return answered;
}

/// Creating at once and answering with success is what every client takes, and spares it the retry that Kafka's
/// asynchronous creation costs.
WireTopic byName(Services& services, const Call& call, const topics::TopicsSnapshot& topics, std::string name,
                 bool mayCreate) {
    if (!mayTopic(services, call, AclOperation::kDescribe, name)) {
        return refuse(std::move(name), ErrorCode::kTopicAuthorizationFailed);
    }
    if (const auto topic = topics.byName(name)) {
        return describe(*topic, services.self);
    }
    if (whyNotATopicName(name)) {
        return refuse(std::move(name), ErrorCode::kInvalidTopicException);
    }
    if (!mayCreate || !services.brokerConfig()->autoCreateTopics) {
        return refuse(std::move(name), ErrorCode::kUnknownTopicOrPartition);
    }
    if (!mayCluster(services, call, AclOperation::kCreate) && !mayTopic(services, call, AclOperation::kCreate, name)) {
        return refuse(std::move(name), ErrorCode::kTopicAuthorizationFailed);
    }
    const auto topic = services.topics.findOrCreate(name);
    return topic ? describe(**topic, services.self) : refuse(std::move(name), toKafka(topic.error().code));
}

WireTopic byId(Services& services, const Call& call, const topics::TopicsSnapshot& topics, const TopicId& id) {
    const auto topic = topics.byId(id);
    if (topic && mayTopic(services, call, AclOperation::kDescribe, topic->name)) {
        return describe(*topic, services.self);
    }
    WireTopic unknown;
    unknown.errorCode = topic ? ErrorCode::kTopicAuthorizationFailed : ErrorCode::kUnknownTopicId;
    unknown.name.reset();
    unknown.topicId = id;
    return unknown;
}

/// Null names, and ids, exist from version 12 on only; Kafka answers such a request with 42 as a whole.
bool isMalformed(const MetadataRequest& request, const Call& call) {
    constexpr std::int16_t kFirstWithIds = 12;
    if (!request.topics || !call.isBefore(kFirstWithIds)) {
        return false;
    }
    for (const auto& topic : *request.topics) {
        if (!topic.name || !topic.topicId.isZero()) {
            return true;
        }
    }
    return false;
}

std::vector<WireTopic> topicsOf(Services& services, const Call& call, MetadataRequest& request) {
    constexpr std::int16_t kFirstWithNone = 1;
    constexpr std::int16_t kFirstWithNullName = 12;
    std::vector<WireTopic> answered;
    const auto topics = services.topics.snapshot();
    const bool wantsAll = !request.topics || (call.isBefore(kFirstWithNone) && request.topics->empty());
    if (wantsAll) {
        for (const auto& topic : topics->topics()) {
            if (mayTopic(services, call, AclOperation::kDescribe, topic->name)) {
                answered.push_back(describe(*topic, services.self));
            }
        }
        return answered;
    }
    if (isMalformed(request, call)) {
        for (auto& topic : *request.topics) {
            answered.push_back(refuse(topic.name.value_or(""), ErrorCode::kInvalidRequest));
            answered.back().topicId = topic.topicId;
        }
        return answered;
    }
    for (auto& topic : *request.topics) {
        answered.push_back(topic.topicId.isZero() && topic.name
                               ? byName(services, call, *topics, std::move(*topic.name), request.allowAutoTopicCreation)
                               : byId(services, call, *topics, topic.topicId));
        if (!answered.back().name && call.isBefore(kFirstWithNullName)) {
            answered.back().name = "";
        }
    }
    return answered;
}

MetadataResponse metadata(Services& services, const Call& call, MetadataRequest request) {
    MetadataResponse response;
    Endpoint here = services.advertised(*call.peer);
    auto& broker = response.brokers.emplace_back();
    broker.nodeId = services.self;
    broker.host = std::move(here.host);
    broker.port = here.port;
    if (const auto& rack = services.brokerConfig()->rack; !rack.empty()) {
        broker.rack = rack;
    }
    response.clusterId = services.clusterId;
    response.controllerId = services.self;
    response.topics = topicsOf(services, call, request);
    if (request.includeClusterAuthorizedOperations) {
        response.clusterAuthorizedOperations =
            mayCluster(services, call, AclOperation::kDescribe)
                ? allowedOperations(services, call, kClusterOperations, ResourceType::kCluster, security::kClusterName)
                : 0;
    }
    for (auto& topic : response.topics) {
        if (topic.errorCode != ErrorCode::kNone) {
            call.noteError();
        } else if (request.includeTopicAuthorizedOperations) {
            topic.topicAuthorizedOperations =
                allowedOperations(services, call, kTopicOperations, ResourceType::kTopic, topic.name.value_or(""));
        }
    }
    return response;
}

}  // namespace

constinit const Handler kMetadataHandler = handledBy<metadata>(MetadataRequest::kVersions);

}  // namespace weir::server
