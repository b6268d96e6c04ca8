// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_records.h"

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DeleteRecordsRequest;
using protocol::DeleteRecordsResponse;
using protocol::ErrorCode;

DeleteRecordsResponse deleteRecords(Services& services, const Call& call, DeleteRecordsRequest request) {
    const auto topics = services.topics.snapshot();
    DeleteRecordsResponse response;
    for (auto& wanted : request.topics) {
        const auto topic = topics->byName(wanted.name);
        const bool isAllowed = mayTopic(services, call, AclOperation::kDelete, wanted.name);
        auto& answered = response.topics.emplace_back();
        for (const auto& each : wanted.partitions) {
            auto& done = answered.partitions.emplace_back();
            done.partitionIndex = each.partitionIndex;
            done.lowWatermark = kNoOffset;
            if (!isAllowed) {
                done.errorCode = ErrorCode::kTopicAuthorizationFailed;
                call.noteError();
                continue;
            }
            const auto partition = topic ? topic->partition(each.partitionIndex) : nullptr;
            if (!partition) {
                done.errorCode = errorOfAbsent(topic.get(), each.partitionIndex);
            } else if (!topic->config->cleanupDelete) {
                // What a topic without the policy "delete" holds is compaction's alone to drop (Kafka's
                // Partition.deleteRecordsOnLeader asks this first).
                done.errorCode = ErrorCode::kPolicyViolation;
            } else if (each.offset < kNoOffset) {
                done.errorCode = ErrorCode::kOffsetOutOfRange;
            } else if (const auto start = partition->deleteRecordsBefore(each.offset); !start) {
                done.errorCode = toKafka(start.error().code);
            } else {
                done.lowWatermark = *start;
            }
            if (done.errorCode != ErrorCode::kNone) {
                call.noteError();
            }
        }
        answered.name = std::move(wanted.name);
    }
    return response;
}

}  // namespace

constinit const Handler kDeleteRecordsHandler =
    handledBy<deleteRecords>(DeleteRecordsRequest::kVersions).onDiskThread();

}  // namespace weir::server
