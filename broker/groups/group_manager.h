// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/groups/completion.h"
#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/group_options.h"
#include "broker/groups/group_settings.h"
#include "broker/groups/group_view.h"
#include "broker/groups/membership_requests.h"
#include "broker/groups/offset_requests.h"
#include "broker/groups/share/share_requests.h"
#include "broker/groups/store/group_store.h"
#include "broker/groups/streams/streams_requests.h"
#include "broker/groups/timer_service.h"
#include "broker/groups/topic_directory.h"

namespace weir::groups {

/// The group coordinator: every group of this broker, whatever its type. Rules are those of Apache Kafka 4.2's
/// GroupCoordinatorService and GroupMetadataManager (KIP-62, 134, 345, 394, 429, 559, 800, 814, 848).
///
/// Threads: every method may be called from any thread at any time between construction and stop(). A group has one
/// lock; groups run in parallel. No lock is held while a completion runs, so a completion may call back in.
/// Completions are called exactly once, either before the method returns or later from another thread (a timer's, the
/// store's, or that of another request to the same group). JoinGroup and SyncGroup park; the rest waits for the disk at
/// most. Answers to one group leave in the order of their causes.
///
/// Until start() has loaded the store everything is answered with kCoordinatorLoadInProgress, and after stop() with
/// kCoordinatorNotAvailable.
class GroupManager {
public:
    /// All of it outlives the manager and every write that the manager gave to the store.
    struct Environment {
        const Clock& clock;
        Random& random;
        TimerService& timers;
        GroupStore& store;
        const TopicDirectory& topics;
        Logger logger;
        /// nullptr: every group has the defaults.
        const GroupSettings* settings = nullptr;
    };

    GroupManager(GroupOptions options, Environment environment);
    ~GroupManager();
    GroupManager(const GroupManager&) = delete;
    GroupManager& operator=(const GroupManager&) = delete;

    /// Loads groups and offsets; `done` tells whether that worked. Until then, and if it did not, the state is loading.
    void start(Completion<StoreStatus> done);
    /// Answers everything that is parked and lets no timer run again. Idempotent.
    void stop();

    // The classic protocol.
    void joinGroup(JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void syncGroup(SyncGroupRequest request, Completion<SyncGroupResponse> done);
    [[nodiscard]] GroupErrc heartbeat(const HeartbeatRequest& request);
    [[nodiscard]] LeaveGroupResponse leaveGroup(const LeaveGroupRequest& request);

    // The consumer protocol (KIP-848). The first such member turns a classic group of consumers, and both kinds share
    // it; when the last one goes, it is a classic group again.
    void consumerGroupHeartbeat(ConsumerGroupHeartbeatRequest request, Completion<ConsumerGroupHeartbeatResponse> done);
    [[nodiscard]] DescribedConsumerGroup describeConsumerGroup(const std::string& groupId) const;

    // Members of share groups (KIP-932); what was delivered to them is the business of SharePartitions.
    void shareGroupHeartbeat(ShareGroupHeartbeatRequest request, Completion<ShareGroupHeartbeatResponse> done);
    [[nodiscard]] DescribedShareGroup describeShareGroup(const std::string& groupId) const;
    [[nodiscard]] bool hasShareGroup(const std::string& groupId) const;
    /// kNone for a share group without members, which is what an administrator may move; else why not.
    [[nodiscard]] GroupErrc checkIdleShareGroup(const std::string& groupId) const;
    /// The same for who is going to set its offsets: a group that is not there comes into being, durably and without a
    /// member, as with Kafka 4.2's AlterShareGroupOffsets.
    void prepareShareGroup(const std::string& groupId, Completion<GroupErrc> done);

    // Streams groups (KIP-1071). The caller makes the topics that an answer names as missing.
    void streamsGroupHeartbeat(StreamsGroupHeartbeatRequest request, Completion<StreamsGroupHeartbeatResponse> done);
    [[nodiscard]] DescribedStreamsGroup describeStreamsGroup(const std::string& groupId) const;

    // Committed offsets. A commit is answered when it is durable, and only then seen by fetchOffsets.
    void commitOffsets(OffsetCommitRequest request, Completion<OffsetCommitResponse> done);
    // One in a transaction is staged, durably, until endStaged; readers that require it are told to wait (88).
    [[nodiscard]] OffsetFetchResponse fetchOffsets(const OffsetFetchRequest& request) const;
    void deleteOffsets(OffsetDeleteRequest request, Completion<OffsetDeleteResponse> done);
    /// The producer's transaction ends: what it has staged in the group becomes committed, or goes. `done` tells
    /// whether that is durable. To be repeated until it is, and harmless when repeated.
    void endStaged(const std::string& groupId, StagedEnd end, Completion<bool> done);

    // Administration. `error` is kCoordinatorLoadInProgress where the list is not known yet.
    struct GroupList {
        GroupErrc error = GroupErrc::kNone;
        std::vector<ListedGroup> groups;
    };
    [[nodiscard]] GroupList listGroups(const ListGroupsFilter& filter) const;
    [[nodiscard]] DescribedGroup describeGroup(const std::string& groupId) const;
    void deleteGroup(std::string groupId, Completion<GroupErrc> done);

    // For the window. Offsets can be set in an Empty group, or in one that does not exist yet; else kNonEmptyGroup.
    void setOffsets(SetOffsetsRequest request, Completion<GroupErrc> done);
    [[nodiscard]] GroupErrc removeMember(const std::string& groupId, const std::string& memberId);
    /// Unchanged groups return the same object as the last time; sorted by group id.
    [[nodiscard]] std::vector<std::shared_ptr<const GroupSnapshot>> snapshot() const;

    // What the broker tells the coordinator.
    /// Forgets every committed offset of the topic, so that a new topic of that name starts from nothing.
    void topicDeleted(const std::string& topic);
    /// Topics were created, deleted or grew: groups that the broker assigns look again on their next heartbeats.
    void topicsChanged();
    /// The topic was brought back, and with it these commits of one group, which may be in use: they are stored and
    /// served again, except where the group has committed anew.
    void topicRestored(const std::string& groupId, std::vector<StoredOffset> offsets, Completion<GroupErrc> done);
    /// Removes what has outlived its retention. Runs by itself on the check interval; public for tools and tests.
    void expireOffsets();

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

}  // namespace weir::groups
