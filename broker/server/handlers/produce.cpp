// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/produce.h"

#include <atomic>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/produce_service.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

constexpr std::int16_t kFirstWithZstd = 7;
constexpr std::int16_t kFirstWithTopicIds = 13;

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
    ProduceResponse response;
    bool wantsAnswer = true;
    bool hasErrors = false;
    std::vector<Waiting> waiting;
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

void produce(Services& services, ProduceRequest request, Reply<ProduceResponse> reply) {
    const auto work = std::make_shared<Production>(std::move(reply));
    const Call& call = work->reply.call();
    const bool byId = !call.isBefore(kFirstWithTopicIds);
    const ProduceRules rules{.zstdAllowed = !call.isBefore(kFirstWithZstd)};
    const ErrorCode refusal = judge(request);
    const auto topics = services.topics.snapshot();
    work->wantsAnswer = request.acks != 0;
    work->response.responses.reserve(request.topicData.size());
    for (const auto& data : request.topicData) {
        const auto topic = byId ? topics->byId(data.topicId) : topics->byName(data.name);
        const bool isAllowed = (!topic && byId) || mayTopic(services, call, AclOperation::kWrite,
                                                            byId ? std::string_view(topic->name) : data.name);
        if (topic && isAllowed) {
            call.peer->noteProduced(topic->name);
        }
        auto& answered = work->response.responses.emplace_back();
        answered.name = data.name;
        answered.topicId = data.topicId;
        answered.partitionResponses.reserve(data.partitionData.size());
        for (const auto& each : data.partitionData) {
            auto& slot = answered.partitionResponses.emplace_back();
            slot.index = each.index;
            ProduceOutcome outcome;
            const auto partition = topic ? topic->partition(each.index) : nullptr;
            if (refusal != ErrorCode::kNone) {
                outcome.error = refusal;
            } else if (!topic && byId) {
                outcome.error = ErrorCode::kUnknownTopicId;
            } else if (!isAllowed) {
                outcome.error = ErrorCode::kTopicAuthorizationFailed;
            } else if (!partition) {
                outcome.error = errorOfAbsent(topic.get(), each.index);
            } else {
                outcome = services.produce.append(*topic, *partition, writable(each.records.bytes()), rules);
            }
            if (outcome.error == ErrorCode::kNone && !outcome.appended.committed && request.acks != 0) {
                work->waiting.push_back({partition, outcome.appended.lastOffset, work->response.responses.size() - 1,
                                         answered.partitionResponses.size() - 1});
            }
            fill(slot, outcome);
        }
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

}  // namespace

constinit const Handler kProduceHandler = [] {
    Handler handler = handledBy<produce>(ProduceRequest::kVersions);
    // librdkafka decides whether it may compress by looking for version 0 (librdkafka issue 4956).
    handler.advertised.first = 0;
    return handler;
}();

}  // namespace weir::server
