// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_transactions.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeTransactionsRequest;
using protocol::DescribeTransactionsResponse;
using transactions::TxnErrc;

DescribeTransactionsResponse describeTransactions(Services& services, const Call& call,
                                                  DescribeTransactionsRequest request) {
    DescribeTransactionsResponse response;
    for (std::string& id : request.transactionalIds) {
        auto& described = response.transactionStates.emplace_back();
        const bool isAllowed = mayTransaction(services, call, AclOperation::kDescribe, id);
        const auto found = services.transactions.describe(id);
        if (!isAllowed) {
            described.errorCode = refusalOf(ResourceType::kTransactionalId);
            call.noteError();
        } else if (id.empty() || !found) {
            described.errorCode = toKafka(id.empty() ? TxnErrc::kInvalidRequest : TxnErrc::kTransactionalIdNotFound);
            call.noteError();
        } else {
            described.transactionState = std::string(stateName(found->state));
            described.transactionTimeoutMs = found->timeoutMs;
            described.transactionStartTimeMs = found->startedAt;
            described.producerId = found->producerId;
            described.producerEpoch = found->epoch;
            for (const TopicPartition& partition : found->partitions) {
                if (!mayTopic(services, call, AclOperation::kDescribe, partition.topic)) {
                    continue;
                }
                if (described.topics.empty() || described.topics.back().topic != partition.topic) {
                    described.topics.emplace_back().topic = partition.topic;
                }
                described.topics.back().partitions.push_back(partition.partition);
            }
        }
        described.transactionalId = std::move(id);
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeTransactionsHandler =
    handledBy<describeTransactions>(DescribeTransactionsRequest::kVersions);

}  // namespace weir::server
