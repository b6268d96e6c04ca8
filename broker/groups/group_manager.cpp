// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group_manager.h"

#include "broker/groups/classic/classic_group.h"
#include "broker/groups/consumer/consumer_group.h"
#include "broker/groups/group_manager_impl.h"
#include "broker/groups/share/share_group.h"
#include "broker/groups/streams/streams_group.h"

namespace weir::groups {

namespace {

/// The group of a stored record, an empty one where there is none; nullptr when the record cannot be read.
std::unique_ptr<Group> restored(GroupContext& context, const std::optional<Bytes>& stored) {
    if (!stored) {
        return std::make_unique<ClassicGroup>(context);
    }
    if (const auto record = decodeClassicRecord(*stored)) {
        return std::make_unique<ClassicGroup>(context, *record);
    }
    if (const auto record = decodeConsumerRecord(*stored)) {
        return std::make_unique<ConsumerGroup>(context, *record);
    }
    if (const auto record = decodeShareRecord(*stored)) {
        return std::make_unique<ShareGroup>(context, *record);
    }
    if (const auto record = decodeStreamsRecord(*stored)) {
        return std::make_unique<StreamsGroup>(context, *record);
    }
    return nullptr;
}

}  // namespace

GroupManager::Impl::Impl(GroupOptions options, Environment environment)
    : m_environment(std::make_shared<CellEnvironment>(
          CellEnvironment{options, environment.clock, environment.random, environment.timers, environment.store,
                          environment.topics, std::move(environment.logger), environment.settings})),
      m_registry(m_environment) {}

void GroupManager::Impl::start(Completion<StoreStatus> done) {
    m_environment->store.load([self = shared_from_this(), done = std::move(done)](GroupStore::Loaded loaded) mutable {
        if (!loaded.ok()) {
            self->m_environment->logger.error("groups could not be loaded: {}", loaded.error().message);
            return done(fail(loaded.error()));
        }
        self->adoptLoaded(std::move(loaded).value());
        auto loading = Phase::kLoading;
        if (self->m_phase.compare_exchange_strong(loading, Phase::kOpen)) {
            self->scheduleExpiry();
        } else {
            self->m_registry.close();  // stopped while the store was read
        }
        done({});
    });
}

void GroupManager::Impl::adoptLoaded(std::vector<StoredGroup> groups) {
    for (auto& stored : groups) {
        const auto cell = m_registry.findOrCreate(stored.groupId);
        if (!cell) {
            return;
        }
        cell->locked([&](GroupCell& c) {
            auto group = restored(c, stored.record);
            if (!group) {
                c.log().warn("group {}: its record cannot be read; its offsets are kept", stored.groupId);
                group = std::make_unique<ClassicGroup>(c);
            }
            c.adopt(std::move(group));
            c.loadOffsets(std::move(stored.offsets));
            c.loadStaged(std::move(stored.staged));
        });
    }
}

void GroupManager::Impl::stop() {
    if (m_phase.exchange(Phase::kStopped) == Phase::kStopped) {
        return;
    }
    {
        const std::lock_guard lock(m_timerMutex);
        m_expiryTimer.reset();
    }
    m_registry.close();
}

GroupErrc GroupManager::Impl::unavailable() const {
    switch (m_phase.load()) {
        case Phase::kLoading:
            return GroupErrc::kCoordinatorLoadInProgress;
        case Phase::kStopped:
            return GroupErrc::kCoordinatorNotAvailable;
        case Phase::kOpen:
            break;
    }
    return GroupErrc::kNone;
}

GroupErrc GroupManager::Impl::missing(GroupErrc error) const {
    return m_phase == Phase::kStopped ? GroupErrc::kCoordinatorNotAvailable : error;
}

void GroupManager::Impl::scheduleExpiry() {
    const std::lock_guard lock(m_timerMutex);
    if (m_phase != Phase::kOpen) {
        return;
    }
    m_expiryTimer =
        m_environment->timers.schedule(m_environment->options.offsetsRetentionCheckInterval, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
                self->expireOffsets();
                self->scheduleExpiry();
            }
        });
}

GroupManager::GroupManager(GroupOptions options, Environment environment)
    : m_impl(std::make_shared<Impl>(options, std::move(environment))) {}
GroupManager::~GroupManager() {
    m_impl->stop();
}

void GroupManager::start(Completion<StoreStatus> done) {
    m_impl->start(std::move(done));
}
void GroupManager::stop() {
    m_impl->stop();
}
void GroupManager::joinGroup(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    m_impl->joinGroup(std::move(request), std::move(done));
}
void GroupManager::syncGroup(SyncGroupRequest request, Completion<SyncGroupResponse> done) {
    m_impl->syncGroup(std::move(request), std::move(done));
}
GroupErrc GroupManager::heartbeat(const HeartbeatRequest& request) {
    return m_impl->heartbeat(request);
}
LeaveGroupResponse GroupManager::leaveGroup(const LeaveGroupRequest& request) {
    return m_impl->leaveGroup(request);
}
void GroupManager::consumerGroupHeartbeat(ConsumerGroupHeartbeatRequest request,
                                          Completion<ConsumerGroupHeartbeatResponse> done) {
    m_impl->consumerGroupHeartbeat(std::move(request), std::move(done));
}
DescribedConsumerGroup GroupManager::describeConsumerGroup(const std::string& groupId) const {
    return m_impl->describeConsumerGroup(groupId);
}
void GroupManager::shareGroupHeartbeat(ShareGroupHeartbeatRequest request,
                                       Completion<ShareGroupHeartbeatResponse> done) {
    m_impl->shareGroupHeartbeat(std::move(request), std::move(done));
}
DescribedShareGroup GroupManager::describeShareGroup(const std::string& groupId) const {
    return m_impl->describeShareGroup(groupId);
}
void GroupManager::streamsGroupHeartbeat(StreamsGroupHeartbeatRequest request,
                                         Completion<StreamsGroupHeartbeatResponse> done) {
    m_impl->streamsGroupHeartbeat(std::move(request), std::move(done));
}
DescribedStreamsGroup GroupManager::describeStreamsGroup(const std::string& groupId) const {
    return m_impl->describeStreamsGroup(groupId);
}
bool GroupManager::hasShareGroup(const std::string& groupId) const {
    return m_impl->hasShareGroup(groupId);
}
GroupErrc GroupManager::checkIdleShareGroup(const std::string& groupId) const {
    const auto group = m_impl->describeShareGroup(groupId);
    return group.error != GroupErrc::kNone ? group.error
           : group.members.empty()         ? GroupErrc::kNone
                                           : GroupErrc::kNonEmptyGroup;
}
void GroupManager::prepareShareGroup(const std::string& groupId, Completion<GroupErrc> done) {
    m_impl->prepareShareGroup(groupId, std::move(done));
}
void GroupManager::commitOffsets(OffsetCommitRequest request, Completion<OffsetCommitResponse> done) {
    m_impl->commitOffsets(std::move(request), std::move(done));
}
OffsetFetchResponse GroupManager::fetchOffsets(const OffsetFetchRequest& request) const {
    return m_impl->fetchOffsets(request);
}
void GroupManager::deleteOffsets(OffsetDeleteRequest request, Completion<OffsetDeleteResponse> done) {
    m_impl->deleteOffsets(std::move(request), std::move(done));
}
void GroupManager::endStaged(const std::string& groupId, StagedEnd end, Completion<bool> done) {
    m_impl->endStaged(groupId, end, std::move(done));
}
GroupManager::GroupList GroupManager::listGroups(const ListGroupsFilter& filter) const {
    return m_impl->listGroups(filter);
}
DescribedGroup GroupManager::describeGroup(const std::string& groupId) const {
    return m_impl->describeGroup(groupId);
}
void GroupManager::deleteGroup(std::string groupId, Completion<GroupErrc> done) {
    m_impl->deleteGroup(std::move(groupId), std::move(done));
}
void GroupManager::setOffsets(SetOffsetsRequest request, Completion<GroupErrc> done) {
    m_impl->setOffsets(std::move(request), std::move(done));
}
GroupErrc GroupManager::removeMember(const std::string& groupId, const std::string& memberId) {
    LeaveGroupRequest request;
    request.groupId = groupId;
    request.members.push_back({memberId, std::nullopt, "removed by a person"});
    const auto response = m_impl->leaveGroup(request);
    return response.error != GroupErrc::kNone ? response.error : response.members.front().error;
}
std::vector<std::shared_ptr<const GroupSnapshot>> GroupManager::snapshot() const {
    return m_impl->snapshot();
}
void GroupManager::topicDeleted(const std::string& topic) {
    m_impl->topicDeleted(topic);
}
void GroupManager::topicsChanged() {
    m_impl->topicsChanged();
}
void GroupManager::topicRestored(const std::string& groupId, std::vector<StoredOffset> offsets,
                                 Completion<GroupErrc> done) {
    m_impl->topicRestored(groupId, std::move(offsets), std::move(done));
}
void GroupManager::expireOffsets() {
    m_impl->expireOffsets();
}

}  // namespace weir::groups
