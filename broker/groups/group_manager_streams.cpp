// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/group_manager_impl.h"
#include "broker/groups/streams/streams_group.h"

/// StreamsGroupHeartbeat and StreamsGroupDescribe: what is wrong whatever the group is refused here.
namespace weir::groups {
namespace {

std::string faultOf(const StreamsGroupHeartbeatRequest& request) {
    if (request.groupId.empty()) {
        return "GroupId can't be empty.";
    }
    if (request.memberId.empty()) {
        return "MemberId can't be empty.";
    }
    if (request.instanceId) {
        return "Static membership is not yet supported.";
    }
    if (request.memberEpoch < kLeaveEpoch) {
        return "MemberEpoch is invalid.";
    }
    if (request.memberEpoch != kJoinEpoch) {
        return request.topology ? "Topology can only be provided when (re-)joining." : "";
    }
    if (!request.rebalanceTimeout || !request.topology || request.topology->subtopologies.empty() ||
        !request.processId) {
        return "RebalanceTimeoutMs, Topology and ProcessId must be provided in first request.";
    }
    const auto isSome = [](const std::optional<Tasks>& tasks) { return tasks && !tasks->empty(); };
    if (isSome(request.active) || isSome(request.standby) || isSome(request.warmup)) {
        return "Tasks must be empty when (re-)joining.";
    }
    return {};
}

}  // namespace

void GroupManager::Impl::streamsGroupHeartbeat(StreamsGroupHeartbeatRequest request,
                                               Completion<StreamsGroupHeartbeatResponse> done) {
    StreamsGroupHeartbeatResponse refusal;
    const auto refuse = [&](GroupErrc error, std::string message) {
        refusal.error = error;
        refusal.errorMessage = std::move(message);
        refusal.memberId = request.memberId;
        done(std::move(refusal));
    };
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return refuse(error, "The coordinator is not available.");
    }
    if (auto fault = faultOf(request); !fault.empty()) {
        return refuse(GroupErrc::kInvalidRequest, std::move(fault));
    }
    if (request.topology) {
        if (auto fault = faultOf(*request.topology); !fault.empty()) {
            return refuse(GroupErrc::kStreamsInvalidTopology, std::move(fault));
        }
    }
    const bool isJoin = request.memberEpoch == kJoinEpoch;
    const bool found = beat<StreamsGroup>(request, isJoin, done, [](GroupCell& cell) {
        if (!cell.group()) {
            cell.adopt(std::make_unique<StreamsGroup>(cell));
        } else if (cell.group()->type() == GroupType::kClassic && cell.group()->isDeletable()) {
            cell.replaceBy(std::make_unique<StreamsGroup>(cell));  // its commits stay
        }
    });
    if (!found) {
        refuse(missing(GroupErrc::kGroupIdNotFound), fmt::format("Group {} is not a streams group.", request.groupId));
    }
}

DescribedStreamsGroup GroupManager::Impl::describeStreamsGroup(const std::string& groupId) {
    return describeAs<StreamsGroup, &StreamsGroup::describeStreams>(groupId, "streams");
}

}  // namespace weir::groups
