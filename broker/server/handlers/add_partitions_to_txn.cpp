// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/add_partitions_to_txn.h"

#include <atomic>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AddPartitionsToTxnRequest;
using protocol::AddPartitionsToTxnResponse;
using protocol::ErrorCode;
using transactions::TxnErrc;
using WireTransaction = AddPartitionsToTxnRequest::AddPartitionsToTxnTransaction;
using WireTopic = AddPartitionsToTxnResponse::AddPartitionsToTxnTopicResult;

constexpr std::int16_t kFirstWithManyTransactions = 4;
constexpr std::int16_t kFirstWithFenced = 2;

/// The same answer for every partition.
std::vector<WireTopic> answerAll(const WireTransaction& wanted, ErrorCode error) {
    std::vector<WireTopic> topics;
    for (const auto& topic : wanted.topics) {
        WireTopic& answered = topics.emplace_back();
        answered.name = topic.name;
        for (const PartitionId partition : topic.partitions) {
            answered.resultsByPartition.push_back({partition, error, {}});
        }
    }
    return topics;
}

/// One bad partition keeps out all others: they were not even tried. Nothing if all are good.
std::vector<WireTopic> refuseBad(const Services& services, const Call& call, const topics::TopicsSnapshot& topics,
                                 const WireTransaction& wanted) {
    if (wanted.transactionalId.empty()) {
        return answerAll(wanted, ErrorCode::kInvalidRequest);
    }
    if (!mayTransaction(services, call, AclOperation::kWrite, wanted.transactionalId)) {
        return answerAll(wanted, refusalOf(ResourceType::kTransactionalId));
    }
    bool anyBad = false;
    auto answers = answerAll(wanted, ErrorCode::kOperationNotAttempted);
    for (WireTopic& topic : answers) {
        const auto known = topics.byName(topic.name);
        const bool isAllowed = mayTopic(services, call, AclOperation::kWrite, topic.name);
        for (auto& each : topic.resultsByPartition) {
            if (!isAllowed || !known || !known->has(each.partitionIndex)) {
                each.partitionErrorCode =
                    isAllowed ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kTopicAuthorizationFailed;
                anyBad = true;
            }
        }
    }
    return anyBad ? answers : std::vector<WireTopic>{};
}

std::vector<WireTopic> verifyAll(const Services& services, const WireTransaction& wanted) {
    auto answers = answerAll(wanted, ErrorCode::kNone);
    for (WireTopic& topic : answers) {
        for (auto& each : topic.resultsByPartition) {
            each.partitionErrorCode =
                toKafka(services.transactions.verify(wanted.transactionalId, {wanted.producerId, wanted.producerEpoch},
                                                     TopicPartition{topic.name, each.partitionIndex}));
        }
    }
    return answers;
}

/// A request on its way: the last of its transactions sends the answer.
struct Adding {
    Adding(AddPartitionsToTxnRequest r, Reply<AddPartitionsToTxnResponse> to)
        : request(std::move(r)), reply(std::move(to)) {}

    void finishOne() {
        if (open.fetch_sub(1, std::memory_order_acq_rel) != 1) {
            return;
        }
        if (reply.call().isBefore(kFirstWithManyTransactions)) {
            response.resultsByTopicV3AndBelow = std::move(response.resultsByTransaction.front().topicResults);
            response.resultsByTransaction.clear();
        }
        reply.send(response);
    }

    AddPartitionsToTxnRequest request;
    Reply<AddPartitionsToTxnResponse> reply;
    AddPartitionsToTxnResponse response;
    std::atomic<std::size_t> open{1};
};

void addPartitions(Services& services, AddPartitionsToTxnRequest request, Reply<AddPartitionsToTxnResponse> reply) {
    const bool isMany = !reply.call().isBefore(kFirstWithManyTransactions);
    const bool isOld = reply.call().isBefore(kFirstWithFenced);
    if (!isMany) {
        request.transactions = {{std::move(request.v3AndBelowTransactionalId),
                                 request.v3AndBelowProducerId,
                                 request.v3AndBelowProducerEpoch,
                                 false,
                                 std::move(request.v3AndBelowTopics),
                                 {}}};
    }
    const auto work = std::make_shared<Adding>(std::move(request), std::move(reply));
    auto& results = work->response.resultsByTransaction;
    results.resize(work->request.transactions.size());
    work->open.store(results.size() + 1);
    const auto topics = services.topics.snapshot();
    for (std::size_t i = 0; i < results.size(); ++i) {
        const WireTransaction& wanted = work->request.transactions[i];
        results[i].transactionalId = wanted.transactionalId;
        results[i].topicResults = refuseBad(services, work->reply.call(), *topics, wanted);
        if (results[i].topicResults.empty() && wanted.verifyOnly) {
            results[i].topicResults = verifyAll(services, wanted);
        }
        if (!results[i].topicResults.empty()) {
            work->finishOne();
            continue;
        }
        transactions::AddToTransaction add;
        add.transactionalId = wanted.transactionalId;
        add.producer = {wanted.producerId, wanted.producerEpoch};
        add.version = isMany ? transactions::TxnVersion::kSecond : transactions::TxnVersion::kFirst;
        for (const auto& topic : wanted.topics) {
            for (const PartitionId partition : topic.partitions) {
                add.partitions.insert({topic.name, partition});
            }
        }
        services.transactions.add(std::move(add), [work, i, isOld](TxnErrc error) {
            work->response.resultsByTransaction[i].topicResults =
                answerAll(work->request.transactions[i], toKafkaBefore(error, isOld));
            work->finishOne();
        });
    }
    work->finishOne();
}

}  // namespace

constinit const Handler kAddPartitionsToTxnHandler = handledBy<addPartitions>(AddPartitionsToTxnRequest::kVersions);

}  // namespace weir::server
