// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "broker/groups/group_manager.h"
#include "broker/groups/group_registry.h"

namespace weir::groups {

/// What stands behind the GroupManager: the registry, whether it is open for business, and the retention timer.
class GroupManager::Impl final : public std::enable_shared_from_this<Impl> {
public:
    using IfMissing = GroupRegistry::IfMissing;

    Impl(GroupOptions options, Environment environment);

    void start(Completion<StoreStatus> done);
    void stop();

    void joinGroup(JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void syncGroup(SyncGroupRequest request, Completion<SyncGroupResponse> done);
    GroupErrc heartbeat(const HeartbeatRequest& request);
    LeaveGroupResponse leaveGroup(const LeaveGroupRequest& request);

    void consumerGroupHeartbeat(ConsumerGroupHeartbeatRequest request, Completion<ConsumerGroupHeartbeatResponse> done);
    DescribedConsumerGroup describeConsumerGroup(const std::string& groupId);
    void shareGroupHeartbeat(ShareGroupHeartbeatRequest request, Completion<ShareGroupHeartbeatResponse> done);
    DescribedShareGroup describeShareGroup(const std::string& groupId);
    void streamsGroupHeartbeat(StreamsGroupHeartbeatRequest request, Completion<StreamsGroupHeartbeatResponse> done);
    DescribedStreamsGroup describeStreamsGroup(const std::string& groupId);
    bool hasShareGroup(const std::string& groupId);
    void prepareShareGroup(const std::string& groupId, Completion<GroupErrc> done);
    void topicsChanged();

    void commitOffsets(OffsetCommitRequest request, Completion<OffsetCommitResponse> done);
    OffsetFetchResponse fetchOffsets(const OffsetFetchRequest& request);
    void deleteOffsets(OffsetDeleteRequest request, Completion<OffsetDeleteResponse> done);
    void endStaged(const std::string& groupId, StagedEnd end, Completion<bool> done);
    void setOffsets(SetOffsetsRequest request, Completion<GroupErrc> done);
    void topicDeleted(const std::string& topic);
    void topicRestored(const std::string& groupId, std::vector<StoredOffset> offsets, Completion<GroupErrc> done);
    void expireOffsets();

    GroupList listGroups(const ListGroupsFilter& filter);
    DescribedGroup describeGroup(const std::string& groupId);
    void deleteGroup(std::string groupId, Completion<GroupErrc> done);
    std::vector<std::shared_ptr<const GroupSnapshot>> snapshot();

private:
    enum class Phase { kLoading, kOpen, kStopped };

    /// Why nothing can be answered now; kNone when it can.
    [[nodiscard]] GroupErrc unavailable() const;
    /// The answer for a group that is not there, unless it is only not there because the coordinator stopped.
    [[nodiscard]] GroupErrc missing(GroupErrc error) const;
    /// Takes a heartbeat to its group in the protocols in which the broker assigns. Where a member joins and the group
    /// is not of this kind, `adopt` may make it so. False, with `done` untouched: there is no group of this kind.
    template <class Kind, class Request, class Response, class Adopt>
    bool beat(const Request& request, bool isJoin, Completion<Response>& done, Adopt adopt);
    /// `kind` is the word for people: "share". `kDescribe` is a function of `Kind` without parameters.
    template <class Kind, auto kDescribe>
    auto describeAs(const std::string& groupId, std::string_view kind);
    void adoptLoaded(std::vector<StoredGroup> groups);
    void scheduleExpiry();
    enum class Where { kEmptyGroup, kAnyGroup };
    void putAbsolute(const std::string& groupId, std::vector<StoredOffset> offsets, Where where,
                     Completion<GroupErrc> done);
    void commitTo(GroupCell& cell, OffsetCommitRequest request, Completion<OffsetCommitResponse> done);
    void expireIn(GroupCell& cell);

    const std::shared_ptr<CellEnvironment> m_environment;
    GroupRegistry m_registry;
    std::atomic<Phase> m_phase{Phase::kLoading};
    std::mutex m_timerMutex;
    std::unique_ptr<TimerService::Timer> m_expiryTimer;
};

template <class Kind, class Request, class Response, class Adopt>
bool GroupManager::Impl::beat(const Request& request, bool isJoin, Completion<Response>& done, Adopt adopt) {
    return m_registry.with(
        request.groupId, isJoin ? IfMissing::kCreateCell : IfMissing::kNothing,
        [&](GroupCell& cell) {
            if (isJoin && dynamic_cast<Kind*>(cell.group()) == nullptr) {
                adopt(cell);
            }
            auto* group = dynamic_cast<Kind*>(cell.group());
            if (group == nullptr) {
                return false;
            }
            group->beat(request, std::move(done));  // a new group, which has room, takes the first that joins it
            return true;
        },
        [] { return false; });
}

template <class Kind, auto kDescribe>
auto GroupManager::Impl::describeAs(const std::string& groupId, std::string_view kind) {
    std::invoke_result_t<decltype(kDescribe), const Kind&> unknown;
    unknown.groupId = groupId;
    unknown.error = unavailable();
    if (unknown.error != GroupErrc::kNone) {
        return unknown;
    }
    unknown.error = GroupErrc::kGroupIdNotFound;
    unknown.errorMessage = "Group " + groupId + " not found.";
    const auto cell = m_registry.find(groupId);
    if (!cell) {
        return unknown;
    }
    return cell->reading([&](const GroupCell& c) {
        const auto* group = dynamic_cast<const Kind*>(c.group());
        if (c.group() && !group) {
            unknown.errorMessage = "Group " + groupId + " is not a " + std::string(kind) + " group.";
        }
        return group ? (group->*kDescribe)() : unknown;
    });
}

}  // namespace weir::groups
