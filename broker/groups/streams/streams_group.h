// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "broker/groups/group.h"
#include "broker/groups/rebalance_log.h"
#include "broker/groups/streams/streams_record.h"

namespace weir::groups {

/// A group of a Kafka Streams application (KIP-1071; Kafka's StreamsGroup with the rules of GroupMetadataManager): the
/// broker knows the topology, says which internal topics are missing, and assigns tasks. Epochs and the walk of active
/// tasks to their target are those of ConsumerGroup: no task ever runs in two places. Standbys follow once a member has
/// arrived in the target's epoch.
class StreamsGroup final : public Group {
public:
    explicit StreamsGroup(GroupContext& context);
    /// As it was before a restart; sessions start anew.
    StreamsGroup(GroupContext& context, const StreamsRecord& record);

    [[nodiscard]] GroupType type() const override { return GroupType::kStreams; }
    [[nodiscard]] GroupState state() const override;
    [[nodiscard]] std::string protocolType() const override { return "streams"; }
    [[nodiscard]] bool isDeletable() const override { return m_members.empty(); }

    void beat(const StreamsGroupHeartbeatRequest& request, Completion<StreamsGroupHeartbeatResponse> done);
    [[nodiscard]] DescribedStreamsGroup describeStreams() const;

    [[nodiscard]] LeaveGroupResponse leave(const LeaveGroupRequest& request) override;
    [[nodiscard]] GroupErrc checkCommit(const OffsetCommitRequest& request) override;
    [[nodiscard]] GroupErrc checkFetch(const OffsetFetchRequest& request) const override;
    [[nodiscard]] GroupErrc checkOffsetDelete() const override { return GroupErrc::kNone; }
    [[nodiscard]] bool isSubscribedTo(const std::string& topic) const override;
    [[nodiscard]] OffsetExpiry expiryOf(const std::string& topic) const override;

    void fill(GroupSnapshot& snapshot) const override;
    [[nodiscard]] Clock::Steady nextDeadline() const override;
    void onTime() override;
    void onTopicsChanged() override { m_topicsStale = true; }
    void abandon(GroupErrc /*error*/) override {}

private:
    using Request = StreamsGroupHeartbeatRequest;
    using Response = StreamsGroupHeartbeatResponse;
    struct Refusal {
        GroupErrc error = GroupErrc::kNone;
        std::string message;
    };

    // streams_heartbeat.cpp
    [[nodiscard]] Refusal admit(const Request& request) const;
    [[nodiscard]] Refusal takeTopology(const Request& request);
    [[nodiscard]] bool update(StreamsMember& member, const Request& request);
    /// Who asks first is named to the others until the group is empty.
    void noteShutdown(const Request& request);
    void advance(StreamsMember& member, const std::string& reason, bool changed, const std::optional<Tasks>& owned);
    void depart(const Request& request, Completion<Response> done);
    [[nodiscard]] Response answerFor(const StreamsMember& member, const Request& request) const;
    void answerWhenDurable(Completion<Response> done, Response response);

    // streams_group.cpp
    void bump(const std::string& reason);
    /// Whether what the broker has of the topology's topics is another than before.
    bool refreshTopics();
    [[nodiscard]] bool isDelayed() const { return context().now() < m_assignFrom; }
    void assignTargets();
    void step(StreamsMember& member, const std::optional<Tasks>& owned);
    [[nodiscard]] bool isHeldByAnother(const StreamsMember& member, const std::string& subtopology,
                                       PartitionId partition) const;
    void removeMember(const std::string& memberId, const std::string& reason);
    void restartSession(StreamsMember& member);
    void noteProgress();
    void persist(Completion<bool> done);
    [[nodiscard]] std::vector<Response::EndpointPartitions> endpoints() const;
    [[nodiscard]] std::map<std::string, std::set<PartitionId>> partitionsOf(const Tasks& tasks) const;

    std::int32_t m_groupEpoch = 0;
    std::int32_t m_assignmentEpoch = 0;
    std::int32_t m_endpointEpoch = 0;
    std::map<std::string, StreamsMember> m_members;
    TargetTasks m_target;  // of every member
    std::optional<StreamsTopology> m_topology;
    ConfiguredTopology m_configured;
    bool m_topicsStale = true;
    std::uint64_t m_topicsVersion = 0;
    Clock::Steady m_assignFrom = Clock::Steady::min();  // a new group waits for further members until then
    std::string m_shutdownBy;                           // who asked the whole application to stop
    RebalanceLog m_rebalances;
};

}  // namespace weir::groups
