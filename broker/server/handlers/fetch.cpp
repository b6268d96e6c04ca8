// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/fetch.h"

#include <algorithm>

#include "broker/server/fetch_work.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

constexpr std::int16_t kFirstWithTopicIds = 13;
constexpr std::int16_t kFirstWithSessions = 7;
/// An answer without records is always allowed, so nobody can park here for weeks.
constexpr std::int32_t kLongestWaitMs = 60'000;

FetchSessionRequest sessionRequestOf(const FetchRequest& request, const Call& call) {
    FetchSessionRequest made;
    made.id = FetchSessionId(request.sessionId);
    made.epoch = FetchSessionEpoch(call.isBefore(kFirstWithSessions) ? -1 : request.sessionEpoch);
    made.usesTopicIds = !call.isBefore(kFirstWithTopicIds);
    for (const auto& topic : request.topics) {
        for (const auto& each : topic.partitions) {
            FetchTarget target;
            target.topic = topic.topic;
            target.topicId = topic.topicId;
            target.partition = each.partition;
            target.offset = each.fetchOffset;
            target.maxBytes = each.partitionMaxBytes;
            target.currentLeaderEpoch = each.currentLeaderEpoch;
            target.lastFetchedEpoch = each.lastFetchedEpoch;
            made.targets.push_back(std::move(target));
        }
    }
    for (const auto& topic : request.forgottenTopicsData) {
        for (const PartitionId partition : topic.partitions) {
            made.forgotten.push_back({std::string(topic.topic), topic.topicId, partition});
        }
    }
    return made;
}

void fetch(Services& services, FetchRequest request, Reply<FetchResponse> reply) {
    FetchPlan plan = services.fetchSessions.begin(sessionRequestOf(request, reply.call()));
    if (plan.error != FetchSessionErrc::kNone) {
        FetchResponse refused;
        refused.errorCode = static_cast<ErrorCode>(plan.error);
        reply.send(refused);
        return;
    }
    FetchParameters parameters;
    parameters.maxWait = std::chrono::milliseconds(std::clamp(request.maxWaitMs, 0, kLongestWaitMs));
    parameters.minBytes = static_cast<std::size_t>(std::max(request.minBytes, 0));
    const std::int32_t limit = services.brokerConfig()->fetchMaxBytes;
    parameters.maxBytes = static_cast<std::size_t>(std::clamp(request.maxBytes, 0, limit));
    const Call& call = reply.call();
    if (const auto window =
            services.quotas->windowOf(security::QuotaKind::kFetch, call.peer->principal().name, call.clientId)) {
        parameters.maxBytes = static_cast<std::size_t>(std::min(*window, static_cast<double>(parameters.maxBytes)));
    }
    // Waiting for more than may be sent would always be waiting for the deadline.
    parameters.minBytes = std::min(parameters.minBytes, parameters.maxBytes);
    parameters.isolation = request.isolationLevel == 1 ? Isolation::kReadCommitted : Isolation::kReadUncommitted;
    std::make_shared<FetchWork>(services, std::move(plan), parameters, std::move(reply))->run();
}

}  // namespace

constinit const Handler kFetchHandler = handledBy<fetch>(FetchRequest::kVersions);

}  // namespace weir::server
