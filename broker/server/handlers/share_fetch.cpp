// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_fetch.h"

#include <algorithm>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"
#include "broker/server/share_acknowledging.h"
#include "broker/server/share_fetch_work.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ShareFetchRequest;
using protocol::ShareFetchResponse;

/// An answer without records is always allowed, so nobody can park here for weeks.
constexpr std::int32_t kLongestWaitMs = 60'000;
constexpr std::int8_t kRecordLimit = 1;

template <class Topics>
std::vector<ShareSessions::Target> targetsOf(const Topics& topics) {
    std::vector<ShareSessions::Target> targets;
    for (const auto& topic : topics) {
        for (const auto& each : topic.partitions) {
            if constexpr (requires { each.partitionIndex; }) {
                targets.push_back({topic.topicId, each.partitionIndex});
            } else {
                targets.push_back({topic.topicId, each});
            }
        }
    }
    return targets;
}

/// What is wrong with the request whatever the session is; nullptr when nothing is.
const char* faultOf(const ShareFetchRequest& request, const ShareAcknowledging::Batches& said) {
    if (!request.groupId || request.groupId->empty() || !request.memberId || request.memberId->empty()) {
        return "A share fetch names its group and its member.";
    }
    if (request.shareSessionEpoch == ShareSessions::kFirstEpoch && !said.empty()) {
        return "The first share fetch of a session acknowledges nothing.";
    }
    if (request.isRenewAck &&
        (request.maxBytes != 0 || request.minBytes != 0 || request.maxWaitMs != 0 || request.maxRecords != 0)) {
        return "A request that renews locks fetches nothing.";
    }
    return nullptr;
}

ShareFetchWork::Wish wishOf(Services& services, const ShareFetchRequest& request) {
    ShareFetchWork::Wish wish;
    wish.key = {*request.groupId, *request.memberId};
    wish.config = services.groupConfigs.of(wish.key.groupId);
    wish.maxWait = std::chrono::milliseconds(std::clamp(request.maxWaitMs, 0, kLongestWaitMs));
    wish.maxBytes = static_cast<std::size_t>(std::clamp(request.maxBytes, 0, services.brokerConfig()->fetchMaxBytes));
    wish.maxRecords = std::max(request.maxRecords, 0);
    wish.cut = request.shareAcquireMode == kRecordLimit ? groups::DeliveryRanges::Cut::kAnywhere
                                                        : groups::DeliveryRanges::Cut::kAtBatchEnd;
    return wish;
}

void shareFetch(Services& services, ShareFetchRequest request, Reply<ShareFetchResponse> reply) {
    const auto refuse = [&reply](ErrorCode error, const char* message) {
        ShareFetchResponse refused;
        refused.errorCode = error;
        refused.errorMessage = message;
        reply.send(refused);
    };
    if (services.features.isSwitchedOff(reply.call().key)) {
        return refuse(ErrorCode::kUnsupportedVersion, "share.version is 0: share groups are switched off.");
    }
    auto said = ShareAcknowledging::batchesOf(request.topics);
    if (const char* fault = faultOf(request, said)) {
        return refuse(ErrorCode::kInvalidRequest, fault);
    }
    if (!mayGroup(services, reply.call(), AclOperation::kRead, *request.groupId)) {
        return refuse(refusalOf(ResourceType::kGroup), "The group may not be read.");
    }
    if (!services.groups.hasShareGroup(*request.groupId)) {
        return refuse(ErrorCode::kGroupIdNotFound, "There is no share group of that name.");
    }
    reply.call().peer->noteGroup(*request.groupId);
    auto plan = services.shareSessions.fetch({{*request.groupId, *request.memberId},
                                              request.shareSessionEpoch,
                                              reply.call().peer->id(),
                                              targetsOf(request.topics),
                                              targetsOf(request.forgottenTopicsData)});
    if (plan.error != ErrorCode::kNone) {
        return refuse(plan.error, "The share session is not there, or further on.");
    }
    auto wish = wishOf(services, request);
    if (!request.isRenewAck && wish.maxBytes > 0 && wish.maxRecords > 0) {
        wish.targets = std::move(plan.targets);
    }
    const bool isLast = request.shareSessionEpoch == ShareSessions::kLastEpoch;
    const auto key = wish.key;
    const auto lock = wish.config.shareRecordLock;
    auto shared = std::make_shared<Reply<ShareFetchResponse>>(std::move(reply));
    ShareAcknowledging::run(services.shares, key, said, lock,
                            [&services, wish = std::move(wish), shared, isLast](ShareAcknowledging::Results results) {
                                auto next = wish;
                                next.acknowledged = std::move(results);
                                if (isLast) {
                                    services.shares.release(next.key.groupId, next.key.memberId);
                                }
                                shared->post([&services, next = std::move(next), shared] {
                                    std::make_shared<ShareFetchWork>(services, next, std::move(*shared))->run();
                                });
                            });
}

}  // namespace

constinit const Handler kShareFetchHandler = handledBy<shareFetch>(ShareFetchRequest::kVersions);

}  // namespace weir::server
