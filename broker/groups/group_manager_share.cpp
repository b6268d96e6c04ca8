// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/group_manager_impl.h"
#include "broker/groups/share/share_group.h"

/// ShareGroupHeartbeat and ShareGroupDescribe: what is wrong whatever the group is refused here.
namespace weir::groups {
namespace {

const char* faultOf(const ShareGroupHeartbeatRequest& request) {
    if (request.groupId.empty()) {
        return "GroupId can't be empty.";
    }
    if (request.memberId.empty()) {
        return "MemberId can't be empty.";
    }
    if (request.rackId && request.rackId->empty()) {
        return "RackId can't be empty.";
    }
    if (request.memberEpoch < kLeaveEpoch) {
        return "MemberEpoch is invalid.";
    }
    if (request.memberEpoch == kJoinEpoch && (!request.subscribedTopics || request.subscribedTopics->empty())) {
        return "SubscribedTopicNames must be set in first request.";
    }
    return nullptr;
}

}  // namespace

void GroupManager::Impl::shareGroupHeartbeat(ShareGroupHeartbeatRequest request,
                                             Completion<ShareGroupHeartbeatResponse> done) {
    ShareGroupHeartbeatResponse refusal;
    const auto refuse = [&](GroupErrc error, std::string message) {
        refusal.error = error;
        refusal.errorMessage = std::move(message);
        done(std::move(refusal));
    };
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return refuse(error, "The coordinator is not available.");
    }
    if (const char* fault = faultOf(request)) {
        return refuse(GroupErrc::kInvalidRequest, fault);
    }
    const bool isJoin = request.memberEpoch == kJoinEpoch;
    bool isVoid = false;
    const bool found = m_registry.with(
        request.groupId, isJoin ? IfMissing::kCreateCell : IfMissing::kNothing,
        [&](GroupCell& cell) {
            const bool created = !cell.group();
            if (created && isJoin) {
                cell.adopt(std::make_unique<ShareGroup>(cell));
            }
            auto* group = dynamic_cast<ShareGroup*>(cell.group());
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
                      fmt::format("Group {} is not a share group.", request.groupId));
    }
    if (isVoid) {
        m_registry.dropIfIdle(request.groupId);
    }
}

DescribedShareGroup GroupManager::Impl::describeShareGroup(const std::string& groupId) {
    DescribedShareGroup unknown;
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
        const auto* group = dynamic_cast<const ShareGroup*>(c.group());
        if (c.group() && !group) {
            unknown.errorMessage = fmt::format("Group {} is not a share group.", groupId);
        }
        return group ? group->describeShares() : unknown;
    });
}

bool GroupManager::Impl::hasShareGroup(const std::string& groupId) {
    const auto cell = m_registry.find(groupId);
    return cell &&
           cell->reading([](const GroupCell& c) { return c.group() && c.group()->type() == GroupType::kShare; });
}

}  // namespace weir::groups
