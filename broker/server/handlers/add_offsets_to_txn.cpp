// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/add_offsets_to_txn.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AddOffsetsToTxnRequest;
using protocol::AddOffsetsToTxnResponse;
using protocol::ErrorCode;
using transactions::TxnErrc;

constexpr std::int16_t kFirstWithFenced = 2;

void addOffsets(Services& services, AddOffsetsToTxnRequest request, Reply<AddOffsetsToTxnResponse> reply) {
    const auto shared = std::make_shared<Reply<AddOffsetsToTxnResponse>>(std::move(reply));
    if (request.transactionalId.empty()) {
        AddOffsetsToTxnResponse refused;
        refused.errorCode = ErrorCode::kInvalidRequest;
        shared->send(refused);
        return;
    }
    const bool mayWrite = mayTransaction(services, shared->call(), AclOperation::kWrite, request.transactionalId);
    if (!mayWrite || !mayGroup(services, shared->call(), AclOperation::kRead, request.groupId)) {
        AddOffsetsToTxnResponse refused;
        refused.errorCode = refusalOf(mayWrite ? ResourceType::kGroup : ResourceType::kTransactionalId);
        shared->send(refused);
        return;
    }
    transactions::AddToTransaction add;
    add.transactionalId = std::move(request.transactionalId);
    add.producer = {request.producerId, request.producerEpoch};
    add.groups.insert(std::move(request.groupId));
    services.transactions.add(std::move(add), [shared](TxnErrc error) {
        AddOffsetsToTxnResponse response;
        response.errorCode = toKafkaBefore(error, shared->call().isBefore(kFirstWithFenced));
        shared->send(response);
    });
}

}  // namespace

constinit const Handler kAddOffsetsToTxnHandler = handledBy<addOffsets>(AddOffsetsToTxnRequest::kVersions);

}  // namespace weir::server
