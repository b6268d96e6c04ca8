// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/txn_offset_commit.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using groups::GroupErrc;
using protocol::ErrorCode;
using protocol::TxnOffsetCommitRequest;
using protocol::TxnOffsetCommitResponse;
using transactions::TxnErrc;

/// The producer knows TRANSACTION_ABORTABLE (KIP-890).
constexpr std::int16_t kFirstWithAbortable = 4;
/// The group is added to the transaction on the way.
constexpr std::int16_t kFirstOfSecondGeneration = 5;

struct Committing {
    struct Slot {
        std::size_t topic;
        std::size_t partition;
    };
    explicit Committing(Reply<TxnOffsetCommitResponse> to) : reply(std::move(to)) {}

    void finish(const groups::OffsetCommitResponse& done) {
        std::size_t next = 0;
        for (const auto& topic : done.topics) {
            for (const auto& each : topic.partitions) {
                const Slot slot = slots.at(next++);
                response.topics[slot.topic].partitions[slot.partition].errorCode = toKafka(each.error);
            }
        }
        reply.send(response);
    }
    /// Whatever was found out about single partitions, which is then not the caller's to know.
    void refuseAll(ErrorCode error) {
        for (auto& topic : response.topics) {
            for (auto& partition : topic.partitions) {
                partition.errorCode = error;
            }
        }
        reply.call().noteError();
        reply.send(response);
    }
    void refuse(ErrorCode error) {
        for (const Slot slot : slots) {
            response.topics[slot.topic].partitions[slot.partition].errorCode = error;
        }
        reply.call().noteError();
        reply.send(response);
    }

    Reply<TxnOffsetCommitResponse> reply;
    TxnOffsetCommitResponse response;
    groups::OffsetCommitRequest commit;
    /// Where the answer of each committed partition goes in the response.
    std::vector<Slot> slots;
};

void collect(Services& services, TxnOffsetCommitRequest& request, Committing& work) {
    for (auto& topic : request.topics) {
        const auto facts = services.topicFacts.byName(topic.name);
        const bool isAllowed = mayTopic(services, work.reply.call(), AclOperation::kRead, topic.name);
        auto& answered = work.response.topics.emplace_back();
        answered.name = topic.name;
        groups::OffsetCommitRequest::Topic known{{}, topic.name, {}};
        for (auto& each : topic.partitions) {
            const bool exists =
                isAllowed && facts && each.partitionIndex.value >= 0 && each.partitionIndex.value < facts->partitions;
            answered.partitions.push_back({each.partitionIndex,
                                           exists      ? ErrorCode::kNone
                                           : isAllowed ? ErrorCode::kUnknownTopicOrPartition
                                                       : ErrorCode::kTopicAuthorizationFailed,
                                           {}});
            if (exists) {
                work.slots.push_back({work.response.topics.size() - 1, answered.partitions.size() - 1});
                known.partitions.push_back({each.partitionIndex, each.committedOffset, each.committedLeaderEpoch,
                                            std::move(each.committedMetadata)});
            }
        }
        if (!known.partitions.empty()) {
            work.commit.topics.push_back(std::move(known));
        }
    }
}

void txnOffsetCommit(Services& services, TxnOffsetCommitRequest request, Reply<TxnOffsetCommitResponse> reply) {
    const auto work = std::make_shared<Committing>(std::move(reply));
    const bool isSecond = !work->reply.call().isBefore(kFirstOfSecondGeneration);
    const bool knowsAbortable = !work->reply.call().isBefore(kFirstWithAbortable);
    collect(services, request, *work);
    const Call& call = work->reply.call();
    const bool mayWrite = mayTransaction(services, call, AclOperation::kWrite, request.transactionalId);
    if (!mayWrite || !mayGroup(services, call, AclOperation::kRead, request.groupId)) {
        work->refuseAll(refusalOf(mayWrite ? ResourceType::kGroup : ResourceType::kTransactionalId));
        return;
    }
    if (work->commit.topics.empty()) {
        work->reply.send(work->response);
        return;
    }
    call.peer->noteGroup(request.groupId);
    if (request.groupId.empty()) {
        work->refuse(ErrorCode::kInvalidGroupId);
        return;
    }
    const transactions::ProducerIdAndEpoch producer{request.producerId, request.producerEpoch};
    groups::OffsetCommitRequest& commit = work->commit;
    commit.groupId = request.groupId;
    commit.generationOrEpoch = request.generationId;
    commit.memberId = std::move(request.memberId);
    commit.instanceId = std::move(request.groupInstanceId);
    commit.transaction = groups::OffsetCommitRequest::InTransaction{
        producer.id, [&services, id = request.transactionalId, group = request.groupId, producer, knowsAbortable] {
            const TxnErrc error = services.transactions.verify(id, producer, group);
            return static_cast<GroupErrc>(toKafkaForWrites(error, knowsAbortable));
        }};
    const auto store = [&services, work] {
        services.groups.commitOffsets(std::move(work->commit),
                                      [work](const groups::OffsetCommitResponse& done) { work->finish(done); });
    };
    if (!isSecond) {
        store();
        return;
    }
    transactions::AddToTransaction add;
    add.transactionalId = std::move(request.transactionalId);
    add.producer = producer;
    add.groups.insert(std::move(request.groupId));
    add.version = transactions::TxnVersion::kSecond;
    services.transactions.add(std::move(add), [work, store](TxnErrc error) {
        if (error != TxnErrc::kNone) {
            work->refuse(toKafkaForWrites(error, true));
            return;
        }
        store();
    });
}

}  // namespace

constinit const Handler kTxnOffsetCommitHandler = handledBy<txnOffsetCommit>(TxnOffsetCommitRequest::kVersions);

}  // namespace weir::server
