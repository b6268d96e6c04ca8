// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_partitions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "broker/server/authorize.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/mutation_quota.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::CreatePartitionsRequest;
using protocol::CreatePartitionsResponse;
using protocol::ErrorCode;
using Wanted = CreatePartitionsRequest::CreatePartitionsTopic;

bool isAssignmentFine(const Services& services, const Wanted& wanted) {
    if (!wanted.assignments) {
        return true;
    }
    const auto topic = services.topics.snapshot()->byName(wanted.name);
    const std::size_t present = topic ? topic->partitions.size() : 0;
    return static_cast<std::size_t>(std::max(wanted.count, 0)) == present + wanted.assignments->size() &&
           std::all_of(wanted.assignments->begin(), wanted.assignments->end(), [&](const auto& each) {
               return each.brokerIds.size() == 1 && each.brokerIds.front() == services.self;
           });
}

std::size_t newPartitions(const Services& services, const Wanted& wanted) {
    const auto topic = services.topics.snapshot()->byName(wanted.name);
    const auto present = topic ? static_cast<std::int32_t>(topic->partitions.size()) : 0;
    return static_cast<std::size_t>(std::max(wanted.count - present, 0));
}

CreatePartitionsResponse createPartitions(Services& services, const Call& call, CreatePartitionsRequest request) {
    const auto mode = request.validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply;
    std::map<std::string, int> mentions;
    for (const auto& wanted : request.topics) {
        ++mentions[wanted.name];
    }
    CreatePartitionsResponse response;
    constexpr std::int16_t kFirstWithRefusal = 3;
    MutationQuota quota(services, call, !call.isBefore(kFirstWithRefusal));
    for (const auto& wanted : request.topics) {
        // What is named more than once is refused once (ControllerApis.createPartitions).
        const int times = std::exchange(mentions[wanted.name], 0);
        if (times == 0) {
            continue;
        }
        auto& result = response.results.emplace_back();
        result.name = wanted.name;
        if (times > 1) {
            result.errorCode = ErrorCode::kInvalidRequest;
            result.errorMessage = "The topic stands in the request more than once.";
        } else if (!mayTopic(services, call, AclOperation::kAlter, wanted.name)) {
            result.errorCode = ErrorCode::kTopicAuthorizationFailed;
            result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
        } else if (!request.validateOnly && !quota.pay(newPartitions(services, wanted))) {
            result.errorCode = ErrorCode::kThrottlingQuotaExceeded;
            result.errorMessage = std::string(protocol::errorSentence(result.errorCode));
        } else if (!isAssignmentFine(services, wanted)) {
            result.errorCode = ErrorCode::kInvalidReplicaAssignment;
            result.errorMessage = "Each new partition is assigned once, to this broker alone.";
        } else if (const auto added = services.topics.addPartitions(wanted.name, wanted.count, mode); !added) {
            result.errorCode = toKafka(added.error().code);
            result.errorMessage = added.error().message;
        }
        if (result.errorCode != ErrorCode::kNone) {
            call.noteError();
        }
    }
    return response;
}

}  // namespace

constinit const Handler kCreatePartitionsHandler =
    handledBy<createPartitions>(CreatePartitionsRequest::kVersions).onDiskThread();

}  // namespace weir::server
