// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_producers.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeProducersRequest;
using protocol::DescribeProducersResponse;
using protocol::ErrorCode;

DescribeProducersResponse describeProducers(Services& services, const Call& call, DescribeProducersRequest request) {
    DescribeProducersResponse response;
    const auto topics = services.topics.snapshot();
    for (auto& wanted : request.topics) {
        const auto topic = topics->byName(wanted.name);
        const bool isAllowed = mayTopic(services, call, AclOperation::kRead, wanted.name);
        auto& answered = response.topics.emplace_back();
        for (const PartitionId index : wanted.partitionIndexes) {
            auto& described = answered.partitions.emplace_back();
            described.partitionIndex = index;
            const auto partition = topic ? topic->partition(index) : nullptr;
            if (!isAllowed || !partition) {
                described.errorCode =
                    isAllowed ? errorOfAbsent(topic.get(), index) : ErrorCode::kTopicAuthorizationFailed;
                call.noteError();
                continue;
            }
            for (const auto& producer : partition->producers()) {
                described.activeProducers.push_back({.producerId = producer.id,
                                                     .producerEpoch = producer.epoch.value,
                                                     .lastSequence = producer.lastSequence,
                                                     .lastTimestamp = producer.lastTimestamp,
                                                     .coordinatorEpoch = producer.coordinatorEpoch,
                                                     .currentTxnStartOffset = producer.txnFirstOffset,
                                                     .unknownTags = {}});
            }
        }
        answered.name = std::move(wanted.name);
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeProducersHandler = handledBy<describeProducers>(DescribeProducersRequest::kVersions);

}  // namespace weir::server
