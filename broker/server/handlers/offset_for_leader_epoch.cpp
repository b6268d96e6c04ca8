// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_for_leader_epoch.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::OffsetForLeaderEpochRequest;
using protocol::OffsetForLeaderEpochResponse;

OffsetForLeaderEpochResponse offsetForLeaderEpoch(Services& services, const Call& call,
                                                  OffsetForLeaderEpochRequest request) {
    const auto topics = services.topics.snapshot();
    OffsetForLeaderEpochResponse response;
    for (auto& wanted : request.topics) {
        const auto topic = topics->byName(wanted.topic);
        const bool isAllowed = mayTopic(services, call, AclOperation::kDescribe, wanted.topic) ||
                               mayCluster(services, call, AclOperation::kClusterAction);
        auto& answered = response.topics.emplace_back();
        for (const auto& each : wanted.partitions) {
            auto& found = answered.partitions.emplace_back();
            found.partition = each.partition;
            if (!isAllowed) {
                found.errorCode = ErrorCode::kTopicAuthorizationFailed;
                call.noteError();
                continue;
            }
            const auto partition = topic ? topic->partition(each.partition) : nullptr;
            if (!partition) {
                found.errorCode = errorOfAbsent(topic.get(), each.partition);
            } else if (const auto epoch = partition->checkLeaderEpoch(each.currentLeaderEpoch); !epoch) {
                found.errorCode = toKafka(epoch.error().code);
            } else {
                const auto end = partition->endOfEpoch(each.leaderEpoch);
                found.leaderEpoch = end.epoch;
                found.endOffset = end.end;
            }
            if (found.errorCode != ErrorCode::kNone) {
                call.noteError();
            }
        }
        answered.topic = std::move(wanted.topic);
    }
    return response;
}

}  // namespace

constinit const Handler kOffsetForLeaderEpochHandler =
    handledBy<offsetForLeaderEpoch>(OffsetForLeaderEpochRequest::kVersions);

}  // namespace weir::server
