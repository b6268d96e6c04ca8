// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/init_producer_id.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::InitProducerIdRequest;
using protocol::InitProducerIdResponse;

constexpr std::int16_t kFirstWithFenced = 4;

/// Why a transactional producer is refused before the coordinator sees it; kNone if it is not.
ErrorCode judge(const InitProducerIdRequest& request) {
    if (request.transactionalId->empty()) {
        return ErrorCode::kInvalidRequest;
    }
    if (request.enable2Pc) {
        // As Kafka without transaction.two.phase.commit.enable.
        return ErrorCode::kTransactionalIdAuthorizationFailed;
    }
    return request.keepPreparedTxn ? ErrorCode::kUnsupportedVersion : ErrorCode::kNone;
}

void initTransactional(Services& services, InitProducerIdRequest request, Reply<InitProducerIdResponse> reply) {
    const auto shared = std::make_shared<Reply<InitProducerIdResponse>>(std::move(reply));
    if (const ErrorCode refusal = judge(request); refusal != ErrorCode::kNone) {
        InitProducerIdResponse refused;
        refused.errorCode = refusal;
        refused.producerEpoch = kNoProducerEpoch;
        shared->send(refused);
        return;
    }
    transactions::InitProducerId init;
    init.transactionalId = std::move(*request.transactionalId);
    init.timeoutMs = request.transactionTimeoutMs;
    if (request.producerId != kNoProducerId) {
        init.expected = transactions::ProducerIdAndEpoch{request.producerId, request.producerEpoch};
    }
    services.transactions.initProducerId(std::move(init), [shared](const transactions::InitAnswer& answer) {
        InitProducerIdResponse response;
        response.errorCode = toKafkaBefore(answer.error, shared->call().isBefore(kFirstWithFenced));
        response.producerId = answer.producer.id;
        response.producerEpoch = answer.producer.epoch;
        shared->send(response);
    });
}

/// Idempotent producers get an id that was never given out before, with epoch 0 (KIP-98); transactional ones what the
/// coordinator says.
void initProducerId(Services& services, InitProducerIdRequest request, Reply<InitProducerIdResponse> reply) {
    InitProducerIdResponse response;
    response.producerEpoch = kNoProducerEpoch;
    const bool isAllowed = request.transactionalId
                               ? mayTransaction(services, reply.call(), AclOperation::kWrite, *request.transactionalId)
                               : mayCluster(services, reply.call(), AclOperation::kIdempotentWrite) ||
                                     maySomewhere(services, reply.call(), AclOperation::kWrite, ResourceType::kTopic);
    if (!isAllowed) {
        response.errorCode =
            refusalOf(request.transactionalId ? ResourceType::kTransactionalId : ResourceType::kCluster);
        reply.send(response);
        return;
    }
    const bool hasId = request.producerId != kNoProducerId;
    const bool hasEpoch = request.producerEpoch != kNoProducerEpoch;
    if (hasId != hasEpoch) {
        response.errorCode = ErrorCode::kInvalidRequest;
        reply.send(response);
        return;
    }
    if (request.transactionalId) {
        initTransactional(services, std::move(request), std::move(reply));
        return;
    }
    if (const auto id = services.nextProducerId(); id) {
        response.producerId = *id;
        response.producerEpoch = ProducerEpoch(0);
    } else {
        response.errorCode = ErrorCode::kKafkaStorageError;
    }
    reply.send(response);
}

}  // namespace

/// Version 6 is of a feature that is not released yet (KIP-939): Kafka 4.2 does not advertise it either.
constexpr protocol::VersionRange kServedVersions{InitProducerIdRequest::kVersions.first, 5};
constinit const Handler kInitProducerIdHandler = handledBy<initProducerId>(kServedVersions);

}  // namespace weir::server
