// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_delete.h"

#include <map>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::OffsetDeleteRequest;
using protocol::OffsetDeleteResponse;

void offsetDelete(Services& services, OffsetDeleteRequest request, Reply<OffsetDeleteResponse> reply) {
    OffsetDeleteResponse response;
    groups::OffsetDeleteRequest removal;
    if (!mayGroup(services, reply.call(), AclOperation::kDelete, request.groupId)) {
        response.errorCode = ErrorCode::kGroupAuthorizationFailed;
        reply.send(response);
        return;
    }
    removal.groupId = std::move(request.groupId);
    for (auto& topic : request.topics) {
        const auto facts = services.topicFacts.byName(topic.name);
        auto& answered = response.topics.emplace_back();
        answered.name = topic.name;
        const bool isAllowed = mayTopic(services, reply.call(), AclOperation::kRead, topic.name);
        for (const auto& each : topic.partitions) {
            if (!isAllowed) {
                answered.partitions.push_back({each.partitionIndex, ErrorCode::kTopicAuthorizationFailed, {}});
                continue;
            }
            const auto index = each.partitionIndex;
            const bool exists = facts && index.value >= 0 && index.value < facts->partitions;
            answered.partitions.push_back({index, exists ? ErrorCode::kNone : ErrorCode::kUnknownTopicOrPartition, {}});
            if (exists) {
                removal.partitions.push_back({topic.name, index});
            }
        }
    }
    services.groups.deleteOffsets(std::move(removal), [reply = std::move(reply), response = std::move(response)](
                                                          groups::OffsetDeleteResponse done) mutable {
        response.errorCode = toKafka(done.error);
        std::map<TopicPartition, ErrorCode> errors;
        for (auto& each : done.partitions) {
            errors.emplace(std::move(each.partition), toKafka(each.error));
        }
        for (auto& topic : response.topics) {
            for (auto& each : topic.partitions) {
                const auto found = errors.find({topic.name, each.partitionIndex});
                if (found != errors.end()) {
                    each.errorCode = found->second;
                }
            }
        }
        if (response.errorCode != ErrorCode::kNone) {
            response.topics.clear();
        }
        reply.send(response);
    });
}

}  // namespace

constinit const Handler kOffsetDeleteHandler = handledBy<offsetDelete>(OffsetDeleteRequest::kVersions);

}  // namespace weir::server
