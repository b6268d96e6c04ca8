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
    const bool found = beat<ShareGroup>(request, isJoin, done, [](GroupCell& cell) {
        if (!cell.group()) {
            cell.adopt(std::make_unique<ShareGroup>(cell));
        }
    });
    if (!found) {
        refuse(missing(GroupErrc::kGroupIdNotFound), fmt::format("Group {} is not a share group.", request.groupId));
    }
}

DescribedShareGroup GroupManager::Impl::describeShareGroup(const std::string& groupId) {
    return describeAs<ShareGroup, &ShareGroup::describeShares>(groupId, "share");
}

bool GroupManager::Impl::hasShareGroup(const std::string& groupId) {
    const auto cell = m_registry.find(groupId);
    return cell &&
           cell->reading([](const GroupCell& c) { return c.group() && c.group()->type() == GroupType::kShare; });
}

void GroupManager::Impl::prepareShareGroup(const std::string& groupId, Completion<GroupErrc> done) {
    if (groupId.empty()) {
        return done(GroupErrc::kInvalidGroupId);
    }
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return done(error);
    }
    const auto answerIn = [&](GroupCell& cell) {
        if (!cell.group()) {
            cell.adopt(std::make_unique<ShareGroup>(cell));
            static_cast<ShareGroup&>(*cell.group()).establish(std::move(done));
            return true;
        }
        const auto* group = dynamic_cast<const ShareGroup*>(cell.group());
        const auto answer = group == nullptr                       ? GroupErrc::kGroupIdNotFound
                            : group->state() != GroupState::kEmpty ? GroupErrc::kNonEmptyGroup
                                                                   : GroupErrc::kNone;
        cell.answer(std::move(done), answer);
        return true;
    };
    m_registry.with(groupId, IfMissing::kCreateCell, answerIn, [&] {
        done(GroupErrc::kCoordinatorNotAvailable);
        return false;
    });
}

}  // namespace weir::groups
