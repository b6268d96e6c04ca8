// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/produce.h"

#include <atomic>
#include <deque>
#include <string>
#include <thread>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/produce_service.h"
#include "broker/server/services.h"
#include "broker/transactions/admission.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;
using transactions::ProducerIdAndEpoch;

constexpr std::int16_t kFirstWithZstd = 7;
constexpr std::int16_t kFirstWithTopicIds = 13;
/// The producer knows TRANSACTION_ABORTABLE (KIP-890).
constexpr std::int16_t kFirstWithAbortable = 11;
/// Partitions are added to the transaction on the way.
constexpr std::int16_t kFirstOfSecondGeneration = 12;

/// A request on its way to its acknowledgement. Partitions that wait for a flush count `open` down, the last one sends.
struct Production {
    explicit Production(Reply<ProduceResponse> r) : reply(std::move(r)) {}

    struct Waiting {
        std::shared_ptr<topics::Partition> partition;
        Offset lastOffset;
        std::size_t topic;
        std::size_t index;
    };

    void finishOne() {
        if (open.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            finish();
        }
    }
    void finish() {
        if (!hasErrors) {
            hasErrors = anyError();
        }
        if (hasErrors) {
            reply.call().noteError();
        }
        if (!wantsAnswer) {
            // Without acknowledgement the only way to tell a producer of a failure is to hang up (Kafka does so too).
            hasErrors ? reply.close({}) : reply.sendNothing();
            return;
        }
        reply.send(response);
    }
    /// The disk is all that this waits for: the frame goes, and what the answer needs of it is kept.
    void letGo() {
        for (auto& topic : response.responses) {
            topic.name = names.emplace_back(topic.name);
        }
        request = {};
        reply.letGo();
    }
    [[nodiscard]] bool anyError() const {
        for (const auto& topic : response.responses) {
            for (const auto& each : topic.partitionResponses) {
                if (each.errorCode != ErrorCode::kNone) {
                    return true;
                }
            }
        }
        return false;
    }

    Reply<ProduceResponse> reply;
    ProduceRequest request;
    ProduceResponse response;
    /// Of the whole request.
    ErrorCode refusal = ErrorCode::kNone;
    /// Of its transactional batches.
    ErrorCode transactionError = ErrorCode::kNone;
    bool wantsAnswer = true;
    bool hasErrors = false;
    std::vector<Waiting> waiting;
    std::deque<std::string> names;
    std::atomic<std::size_t> open{1};
};

/// The frame's memory is the connection's own and nobody else's while the request is handled: a batch is stamped where
/// it came in.
MutableByteView writable(ByteView frameBytes) {
    return {const_cast<std::byte*>(frameBytes.data()), frameBytes.size()};  // NOLINT
}

void fill(ProduceResponse::PartitionProduceResponse& into, const ProduceOutcome& outcome) {
    into.errorCode = outcome.error;
    into.baseOffset = outcome.appended.baseOffset;
    into.logAppendTimeMs = outcome.appended.logAppendTime;
    into.logStartOffset = outcome.appended.logStart;
    if (outcome.error != ErrorCode::kNone) {
        into.errorMessage = outcome.message;
        for (const std::int32_t index : outcome.badRecords) {
            into.recordErrors.push_back({index, outcome.message, {}});
        }
    }
}

/// Why the request is refused as a whole; kNone if it is not.
ErrorCode judge(const ProduceRequest& request) {
    if (request.acks < -1 || request.acks > 1) {
        return ErrorCode::kInvalidRequiredAcks;
    }
    return ErrorCode::kNone;
}

/// The producer of the request's transaction; nothing if its batches are not transactional.
std::optional<ProducerIdAndEpoch> transactionalProducer(const ProduceRequest& request) {
    for (const auto& data : request.topicData) {
        for (const auto& each : data.partitionData) {
            const auto batch = records::BatchView::of(each.records.bytes());
            if (batch && batch->isTransactional()) {
                return ProducerIdAndEpoch{batch->producerId(), batch->producerEpoch()};
            }
        }
    }
    return std::nullopt;
}

bool isTransactional(ByteView bytes) {
    const auto batch = records::BatchView::of(bytes);
    return batch && batch->isTransactional();
}

/// What keeps a transaction from going on for a moment is told as an error that every producer tries again
/// (AddPartitionsToTxnManager).
ErrorCode forProducer(ErrorCode error, const Call& call) {
    switch (error) {
        case ErrorCode::kTransactionAbortable:
            return call.isBefore(kFirstWithAbortable) ? ErrorCode::kInvalidTxnState : error;
        case ErrorCode::kConcurrentTransactions:
        case ErrorCode::kCoordinatorNotAvailable:
            return ErrorCode::kNotEnoughReplicas;
        default:
            return error;
    }
}

/// Why nothing may be written to the topic, apart from its being absent; kNone if it may.
ErrorCode judgeTopic(const Services& services, const Call& call, const topics::Topic* topic,
                     const ProduceRequest::TopicProduceData& data) {
    const bool byId = !call.isBefore(kFirstWithTopicIds);
    if (byId && topic == nullptr) {
        return ErrorCode::kUnknownTopicId;
    }
    const bool isAllowed =
        mayTopic(services, call, AclOperation::kWrite, byId ? std::string_view(topic->name) : data.name);
    return isAllowed ? ErrorCode::kNone : ErrorCode::kTopicAuthorizationFailed;
}

/// One partition's batch to the log; `transactionError` if it is part of a transaction that cannot take it.
ProduceOutcome appendOne(Services& services, Production& work, const topics::TopicPtr& topic, ErrorCode topicError,
                         const ProduceRequest::PartitionProduceData& each, const ProduceRules& rules) {
    ProduceOutcome outcome;
    const auto partition = topic ? topic->partition(each.index) : nullptr;
    if (work.refusal != ErrorCode::kNone) {
        outcome.error = work.refusal;
    } else if (topicError != ErrorCode::kNone) {
        outcome.error = topicError;
    } else if (!partition) {
        outcome.error = errorOfAbsent(topic.get(), each.index);
    } else if (work.transactionError != ErrorCode::kNone && isTransactional(each.records.bytes())) {
        outcome.error = work.transactionError;
        outcome.message = "The partition could not be added to the transaction.";
    } else {
        outcome = services.produce.append(*topic, *partition, writable(each.records.bytes()), rules);
    }
    outcome.error = forProducer(outcome.error, work.reply.call());
    if (outcome.error == ErrorCode::kNone && !outcome.appended.committed && work.wantsAnswer) {
        work.waiting.push_back({partition, outcome.appended.lastOffset, work.response.responses.size() - 1,
                                work.response.responses.back().partitionResponses.size() - 1});
    }
    return outcome;
}

/// Everything to the log, and the answer when all of it may be acknowledged.
void appendAll(Services& services, const std::shared_ptr<Production>& work) {
    const Call& call = work->reply.call();
    const bool byId = !call.isBefore(kFirstWithTopicIds);
    std::optional<transactions::Admission> gate;
    if (work->request.transactionalId) {
        gate.emplace(services.transactions, std::string(*work->request.transactionalId),
                     call.isBefore(kFirstOfSecondGeneration) ? transactions::TxnVersion::kFirst
                                                             : transactions::TxnVersion::kSecond);
    }
    const ProduceRules rules{.zstdAllowed = !call.isBefore(kFirstWithZstd), .gate = gate ? &*gate : nullptr};
    const auto topics = services.topics.snapshot();
    work->response.responses.reserve(work->request.topicData.size());
    for (const auto& data : work->request.topicData) {
        const auto topic = byId ? topics->byId(data.topicId) : topics->byName(data.name);
        const ErrorCode topicError = judgeTopic(services, call, topic.get(), data);
        if (topic && topicError == ErrorCode::kNone) {
            call.peer->noteProduced(topic->name);
        }
        auto& answered = work->response.responses.emplace_back();
        answered.name = data.name;
        answered.topicId = data.topicId;
        answered.partitionResponses.reserve(data.partitionData.size());
        for (const auto& each : data.partitionData) {
            auto& slot = answered.partitionResponses.emplace_back();
            slot.index = each.index;
            fill(slot, appendOne(services, *work, topic, topicError, each, rules));
        }
    }
    if (!work->waiting.empty()) {
        work->letGo();
    }
    work->open.store(work->waiting.size() + 1, std::memory_order_release);
    for (const auto& each : work->waiting) {
        each.partition->whenCommitted(each.lastOffset, [work, topic = each.topic, index = each.index](bool committed) {
            if (!committed) {
                auto& slot = work->response.responses[topic].partitionResponses[index];
                slot.errorCode = ErrorCode::kKafkaStorageError;
                slot.baseOffset = kNoOffset;
            }
            work->finishOne();
        });
    }
    work->finishOne();
}

/// transaction.version 2: the partitions of the request's transactional batches join the transaction, durably, before
/// the first of them is written.
void addThenAppend(Services& services, const std::shared_ptr<Production>& work, const ProducerIdAndEpoch& producer) {
    const bool byId = !work->reply.call().isBefore(kFirstWithTopicIds);
    transactions::AddToTransaction add;
    add.transactionalId = *work->request.transactionalId;
    add.producer = producer;
    add.version = transactions::TxnVersion::kSecond;
    const auto topics = services.topics.snapshot();
    for (const auto& data : work->request.topicData) {
        const auto topic = byId ? topics->byId(data.topicId) : topics->byName(data.name);
        const bool isAllowed = topic && judgeTopic(services, work->reply.call(), topic.get(), data) == ErrorCode::kNone;
        for (const auto& each : data.partitionData) {
            if (isAllowed && topic->has(each.index) && isTransactional(each.records.bytes())) {
                add.partitions.insert({topic->name, each.index});
            }
        }
    }
    if (add.partitions.empty()) {
        appendAll(services, work);
        return;
    }
    const auto starter = std::this_thread::get_id();
    services.transactions.add(std::move(add), [&services, work, starter](transactions::TxnErrc error) {
        work->transactionError = toKafkaForWrites(error, true);
        if (std::this_thread::get_id() == starter) {
            appendAll(services, work);
            return;
        }
        // The request's bytes are the connection's: they are written where it lives.
        work->reply.post([&services, work] { appendAll(services, work); });
    });
}

void produce(Services& services, ProduceRequest request, Reply<ProduceResponse> reply) {
    const auto work = std::make_shared<Production>(std::move(reply));
    work->refusal = judge(request);
    work->wantsAnswer = request.acks != 0;
    work->request = std::move(request);
    const auto producer =
        work->request.transactionalId ? transactionalProducer(work->request) : std::optional<ProducerIdAndEpoch>();
    if (producer &&
        !mayTransaction(services, work->reply.call(), AclOperation::kWrite, *work->request.transactionalId)) {
        work->refusal = ErrorCode::kTransactionalIdAuthorizationFailed;
    }
    if (producer && work->refusal == ErrorCode::kNone && !work->reply.call().isBefore(kFirstOfSecondGeneration)) {
        addThenAppend(services, work, *producer);
        return;
    }
    appendAll(services, work);
}

}  // namespace

constinit const Handler kProduceHandler = [] {
    Handler handler = handledBy<produce>(ProduceRequest::kVersions);
    // librdkafka decides whether it may compress by looking for version 0 (librdkafka issue 4956).
    handler.advertised.first = 0;
    return handler;
}();

}  // namespace weir::server
