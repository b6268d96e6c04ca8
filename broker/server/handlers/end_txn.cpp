// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/end_txn.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::EndTxnRequest;
using protocol::EndTxnResponse;

constexpr std::int16_t kFirstWithFenced = 2;
/// transaction.version 2: every end bumps the epoch, and the answer tells it.
constexpr std::int16_t kFirstOfSecondGeneration = 5;

void endTxn(Services& services, EndTxnRequest request, Reply<EndTxnResponse> reply) {
    const auto shared = std::make_shared<Reply<EndTxnResponse>>(std::move(reply));
    if (!mayTransaction(services, shared->call(), AclOperation::kWrite, request.transactionalId)) {
        EndTxnResponse refused;
        refused.errorCode = refusalOf(ResourceType::kTransactionalId);
        shared->send(refused);
        return;
    }
    transactions::EndTransaction end;
    end.transactionalId = std::move(request.transactionalId);
    end.producer = {request.producerId, request.producerEpoch};
    end.outcome = request.committed ? transactions::Outcome::kCommit : transactions::Outcome::kAbort;
    end.version = shared->call().isBefore(kFirstOfSecondGeneration) ? transactions::TxnVersion::kFirst
                                                                    : transactions::TxnVersion::kSecond;
    services.transactions.end(std::move(end), [shared](const transactions::EndAnswer& answer) {
        EndTxnResponse response;
        response.errorCode = toKafkaBefore(answer.error, shared->call().isBefore(kFirstWithFenced));
        response.producerId = answer.producer.id;
        response.producerEpoch = answer.producer.epoch;
        shared->send(response);
    });
}

}  // namespace

constinit const Handler kEndTxnHandler = handledBy<endTxn>(EndTxnRequest::kVersions);

}  // namespace weir::server
