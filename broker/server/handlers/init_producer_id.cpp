// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/init_producer_id.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;

/// Idempotent producers get an id that was never given out before, with epoch 0 (KIP-98). Transactions are not served:
/// their producers are told so here, before they send anything.
InitProducerIdResponse initProducerId(Services& services, const Call& call, InitProducerIdRequest request) {
    InitProducerIdResponse response;
    response.producerEpoch = kNoProducerEpoch;
    const bool isAllowed = request.transactionalId
                               ? mayTransaction(services, call, AclOperation::kWrite, *request.transactionalId)
                               : mayCluster(services, call, AclOperation::kIdempotentWrite) ||
                                     maySomewhere(services, call, AclOperation::kWrite, ResourceType::kTopic);
    if (!isAllowed) {
        response.errorCode =
            refusalOf(request.transactionalId ? ResourceType::kTransactionalId : ResourceType::kCluster);
        return response;
    }
    const bool hasId = request.producerId != kNoProducerId;
    const bool hasEpoch = request.producerEpoch != kNoProducerEpoch;
    if (hasId != hasEpoch) {
        response.errorCode = ErrorCode::kInvalidRequest;
        return response;
    }
    if (request.transactionalId) {
        response.errorCode =
            request.transactionalId->empty() ? ErrorCode::kInvalidRequest : ErrorCode::kUnsupportedVersion;
        return response;
    }
    const auto id = services.nextProducerId();
    if (!id) {
        response.errorCode = ErrorCode::kKafkaStorageError;
        return response;
    }
    response.producerId = *id;
    response.producerEpoch = ProducerEpoch(0);
    return response;
}

}  // namespace

constinit const Handler kInitProducerIdHandler = handledBy<initProducerId>(InitProducerIdRequest::kVersions);

}  // namespace weir::server
