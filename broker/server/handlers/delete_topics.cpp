// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_topics.h"

#include <map>
#include <utility>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/mutation_quota.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;
using Result = DeleteTopicsResponse::DeletableTopicResult;

constexpr std::int16_t kFirstWithIds = 6;

/// Finds what is to be deleted: fills name and id, or the error.
void identify(Services& services, const Call& call, const DeleteTopicsRequest::DeleteTopicState& wanted,
              Result& result) {
    const bool hasId = !wanted.topicId.isZero();
    result.name = wanted.name;
    result.topicId = wanted.topicId;
    if (wanted.name.has_value() == hasId) {
        result.errorCode = ErrorCode::kInvalidRequest;
        result.errorMessage = "Name a topic by its name or by its id.";
        return;
    }
    const auto topics = services.topics.snapshot();
    const auto topic = hasId ? topics->byId(wanted.topicId) : topics->byName(*wanted.name);
    const std::string name = topic ? topic->name : wanted.name.value_or("");
    const bool mayDelete = mayTopic(services, call, AclOperation::kDelete, name);
    if (!mayDelete && (topic || !hasId)) {
        result.errorCode = ErrorCode::kTopicAuthorizationFailed;
        result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
        if (hasId && mayTopic(services, call, AclOperation::kDescribe, name)) {
            result.name = name;
        }
        return;
    }
    if (!topic) {
        result.errorCode = hasId ? ErrorCode::kUnknownTopicId : ErrorCode::kUnknownTopicOrPartition;
        result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
        return;
    }
    result.name = topic->name;
    result.topicId = topic->id;
}

DeleteTopicsResponse deleteTopics(Services& services, const Call& call, DeleteTopicsRequest request) {
    if (call.isBefore(kFirstWithIds)) {
        for (auto& name : request.topicNames) {
            request.topics.push_back({std::move(name), {}, {}});
        }
    }
    DeleteTopicsResponse response;
    constexpr std::int16_t kFirstWithRefusal = 5;
    MutationQuota quota(services, call, !call.isBefore(kFirstWithRefusal));
    const auto keyOf = [](const DeleteTopicsRequest::DeleteTopicState& wanted) {
        return std::pair(wanted.name, wanted.topicId);
    };
    std::map<decltype(keyOf(request.topics.front())), int> named;
    for (const auto& wanted : request.topics) {
        ++named[keyOf(wanted)];
    }
    for (const auto& wanted : request.topics) {
        // What is named more than once is refused once (ControllerApis.deleteTopics).
        int& times = named[keyOf(wanted)];
        if (times == 0) {
            continue;
        }
        Result& result = response.responses.emplace_back();
        if (std::exchange(times, times == 1 ? 1 : 0) > 1) {
            result.name = wanted.name;
            result.topicId = wanted.topicId;
            result.errorCode = ErrorCode::kInvalidRequest;
            result.errorMessage = "The topic stands in the request more than once.";
            call.noteError();
            continue;
        }
        identify(services, call, wanted, result);
        if (result.errorCode == ErrorCode::kNone) {
            const auto topic = services.topics.snapshot()->byName(*result.name);
            if (!quota.pay(topic ? topic->partitions.size() : 0)) {
                result.errorCode = ErrorCode::kThrottlingQuotaExceeded;
                result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
            } else if (const auto removed = services.topics.remove(*result.name); !removed) {
                result.errorCode = toKafka(removed.error().code);
                result.errorMessage = removed.error().message;
            }
        }
        if (result.errorCode != ErrorCode::kNone) {
            call.noteError();
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDeleteTopicsHandler = handledBy<deleteTopics>(DeleteTopicsRequest::kVersions).onDiskThread();

}  // namespace weir::server
