// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_acknowledge.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"
#include "broker/server/share_acknowledging.h"
#include "broker/server/share_fetch_work.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ShareAcknowledgeRequest;
using protocol::ShareAcknowledgeResponse;

void shareAcknowledge(Services& services, ShareAcknowledgeRequest request, Reply<ShareAcknowledgeResponse> reply) {
    const auto refuse = [&reply](ErrorCode error, const char* message) {
        ShareAcknowledgeResponse refused;
        refused.errorCode = error;
        refused.errorMessage = message;
        reply.send(refused);
    };
    if (services.features.isSwitchedOff(reply.call().key)) {
        return refuse(ErrorCode::kUnsupportedVersion, "share.version is 0: share groups are switched off.");
    }
    if (!request.groupId || request.groupId->empty() || !request.memberId || request.memberId->empty()) {
        return refuse(ErrorCode::kInvalidRequest, "A share acknowledgement names its group and its member.");
    }
    if (!mayGroup(services, reply.call(), AclOperation::kRead, *request.groupId)) {
        return refuse(refusalOf(ResourceType::kGroup), "The group may not be read.");
    }
    if (!services.groups.hasShareGroup(*request.groupId)) {
        return refuse(ErrorCode::kGroupIdNotFound, "There is no share group of that name.");
    }
    const ShareSessions::Key key{*request.groupId, *request.memberId};
    const auto error = services.shareSessions.acknowledge(key, request.shareSessionEpoch);
    if (error != ErrorCode::kNone) {
        return refuse(error, "The share session is not there, or further on.");
    }
    const bool isLast = request.shareSessionEpoch == ShareSessions::kLastEpoch;
    const auto lock = services.groupConfigs.of(key.groupId).shareRecordLock;
    auto shared = std::make_shared<Reply<ShareAcknowledgeResponse>>(std::move(reply));
    ShareAcknowledging::run(services.shares, key, ShareAcknowledging::batchesOf(request.topics), lock,
                            [&services, key, isLast, lock, shared](const ShareAcknowledging::Results& results) {
                                if (isLast) {
                                    services.shares.release(key.groupId, key.memberId);
                                }
                                ShareAcknowledgeResponse response;
                                response.acquisitionLockTimeoutMs = static_cast<std::int32_t>(lock.count());
                                for (const auto& [target, result] : results) {
                                    partitionIn(response, target).errorCode = toKafka(result);
                                }
                                shared->send(response);
                            });
}

}  // namespace

constinit const Handler kShareAcknowledgeHandler = handledBy<shareAcknowledge>(ShareAcknowledgeRequest::kVersions);

}  // namespace weir::server
