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
    bool isVoid = false;
    const bool found = m_registry.with(
        request.groupId, isJoin ? IfMissing::kCreateCell : IfMissing::kNothing,
        [&](GroupCell& cell) {
            const bool created = !cell.group();
            if (created && isJoin) {
                cell.adopt(std::make_unique<StreamsGroup>(cell));
            } else if (isJoin && cell.group()->type() == GroupType::kClassic && cell.group()->isDeletable()) {
                cell.replaceBy(std::make_unique<StreamsGroup>(cell));  // its commits stay
            }
            auto* group = dynamic_cast<StreamsGroup*>(cell.group());
            if (!group) {
                return false;
            }
            group->beat(request, std::move(done));
            isVoid = created && cell.discardIfVoid();
            return true;
        },
        [] { return false; });
    if (!found) {
        return refuse(missing(GroupErrc::kGroupIdNotFound),
                      fmt::format("Group {} is not a streams group.", request.groupId));
    }
    if (isVoid) {
        m_registry.dropIfIdle(request.groupId);
    }
}

DescribedStreamsGroup GroupManager::Impl::describeStreamsGroup(const std::string& groupId) {
    DescribedStreamsGroup unknown;
    unknown.groupId = groupId;
    unknown.error = unavailable();
    if (unknown.error != GroupErrc::kNone) {
        return unknown;
    }
    unknown.error = GroupErrc::kGroupIdNotFound;
    unknown.errorMessage = fmt::format("Group {} not found.", groupId);
    const auto cell = m_registry.find(groupId);
    if (!cell) {
        return unknown;
    }
    return cell->reading([&](const GroupCell& c) {
        const auto* group = dynamic_cast<const StreamsGroup*>(c.group());
        if (c.group() && !group) {
            unknown.errorMessage = fmt::format("Group {} is not a streams group.", groupId);
        }
        return group ? group->describeStreams() : unknown;
    });
}

}  // namespace weir::groups
