// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/write_txn_markers.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::WriteTxnMarkersRequest;
using protocol::WriteTxnMarkersResponse;

/// An admin ends a transaction that its coordinator has lost (kafka-transactions abort). Our own coordinator does not
/// come this way.
WriteTxnMarkersResponse writeTxnMarkers(Services& services, const Call& call, WriteTxnMarkersRequest request) {
    WriteTxnMarkersResponse response;
    const auto topics = services.topics.snapshot();
    const Timestamp now(services.clock.wallNowMs());
    const bool isAllowed =
        mayCluster(services, call, AclOperation::kClusterAction) || mayCluster(services, call, AclOperation::kAlter);
    for (const auto& wanted : request.markers) {
        auto& result = response.markers.emplace_back();
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
                ErrorCode error = ErrorCode::kNone;
                const auto partition = topic ? topic->partition(index) : nullptr;
                if (!isAllowed) {
                    error = refusalOf(ResourceType::kCluster);
                } else if (!partition) {
                    error = errorOfAbsent(topic.get(), index);
                } else if (const auto written = partition->endTransaction(marker, now); !written) {
                    error = toKafka(written.error().code);
                }
                if (error != ErrorCode::kNone) {
                    call.noteError();
                }
                answered.partitions.push_back({index, error, {}});
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kWriteTxnMarkersHandler = handledBy<writeTxnMarkers>(WriteTxnMarkersRequest::kVersions);

}  // namespace weir::server
