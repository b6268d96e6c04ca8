// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/write_txn_markers.h"

#include <atomic>
#include <memory>
#include <vector>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::WriteTxnMarkersRequest;
using protocol::WriteTxnMarkersResponse;

/// A request on its way to its answer. Markers that are not yet as safe as an acknowledged record count `open` down,
/// the last one sends.
struct Marking {
    explicit Marking(Reply<WriteTxnMarkersResponse> r) : reply(std::move(r)) {}

    struct Waiting {
        std::shared_ptr<topics::Partition> partition;
        Offset lastOffset;
        std::size_t marker;
        std::size_t topic;
        std::size_t index;
    };

    void finishOne() {
        if (open.fetch_sub(1, std::memory_order_acq_rel) != 1) {
            return;
        }
        if (hasErrors) {
            reply.call().noteError();
        }
        reply.send(response);
    }

    Reply<WriteTxnMarkersResponse> reply;
    WriteTxnMarkersResponse response;
    std::vector<Waiting> waiting;
    std::atomic<bool> hasErrors{false};
    std::atomic<std::size_t> open{1};
};

/// One partition's marker; what is not safe yet is noted.
ErrorCode mark(Marking& work, const topics::Topic* topic, PartitionId index, const topics::TransactionMarker& marker,
               Timestamp now) {
    const auto partition = topic != nullptr ? topic->partition(index) : nullptr;
    if (!partition) {
        return errorOfAbsent(topic, index);
    }
    const auto written = partition->endTransaction(marker, now);
    if (!written) {
        return toKafka(written.error().code);
    }
    if (!written->committed) {
        const auto& result = work.response.markers.back();
        work.waiting.push_back({partition, written->lastOffset, work.response.markers.size() - 1,
                                result.topics.size() - 1, result.topics.back().partitions.size()});
    }
    return ErrorCode::kNone;
}

/// An admin ends a transaction that its coordinator has lost (kafka-transactions abort). Our own coordinator does not
/// come this way. The answer waits for the disk as a produce with acks=all does: Kafka appends markers with acks=-1
/// (KafkaApis.handleWriteTxnMarkersRequest).
void writeTxnMarkers(Services& services, WriteTxnMarkersRequest request, Reply<WriteTxnMarkersResponse> reply) {
    const auto work = std::make_shared<Marking>(std::move(reply));
    const Call& call = work->reply.call();
    const auto topics = services.topics.snapshot();
    const Timestamp now(services.clock.wallNowMs());
    const bool isAllowed =
        mayCluster(services, call, AclOperation::kClusterAction) || mayCluster(services, call, AclOperation::kAlter);
    for (const auto& wanted : request.markers) {
        auto& result = work->response.markers.emplace_back();
        result.producerId = wanted.producerId;
        const topics::TransactionMarker marker{
            .producerId = wanted.producerId,
            .producerEpoch = wanted.producerEpoch,
            .type = wanted.transactionResult ? records::MarkerType::kCommit : records::MarkerType::kAbort,
            .coordinatorEpoch = wanted.coordinatorEpoch,
            .write = topics::TransactionMarker::Write::kAlways};
        for (const auto& wantedTopic : wanted.topics) {
            const auto topic = topics->byName(wantedTopic.name);
            auto& answered = result.topics.emplace_back();
            answered.name = wantedTopic.name;
            for (const PartitionId index : wantedTopic.partitionIndexes) {
                const ErrorCode error =
                    isAllowed ? mark(*work, topic.get(), index, marker, now) : refusalOf(ResourceType::kCluster);
                if (error != ErrorCode::kNone) {
                    work->hasErrors = true;
                }
                answered.partitions.push_back({index, error, {}});
            }
        }
    }
    work->open.store(work->waiting.size() + 1, std::memory_order_release);
    for (const auto& each : work->waiting) {
        each.partition->whenCommitted(each.lastOffset, [work, &each](bool committed) {
            if (!committed) {
                work->response.markers[each.marker].topics[each.topic].partitions[each.index].errorCode =
                    ErrorCode::kKafkaStorageError;
                work->hasErrors = true;
            }
            work->finishOne();
        });
    }
    work->finishOne();
}

}  // namespace

constinit const Handler kWriteTxnMarkersHandler = handledBy<writeTxnMarkers>(WriteTxnMarkersRequest::kVersions);

}  // namespace weir::server
