// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/classic/classic_member.h"
#include "broker/groups/classic/classic_record.h"
#include "broker/groups/group.h"
#include "broker/groups/rebalance_log.h"

namespace weir::groups {

/// A group of the classic protocol (KIP-62; Kafka's ClassicGroup with the rules of GroupMetadataManager):
///
///   Empty -> PreparingRebalance -> CompletingRebalance -> Stable
///              ^  a change of membership, from any of them  |
///
/// PreparingRebalance ends when every member has joined again or the longest rebalance timeout is over; the generation
/// grows there. CompletingRebalance ends when the leader's assignment is durable. Dead is not kept: a deleted group is
/// gone. Members are kept by id, so that the same history elects the same leader.
///
/// A member that a parked request keeps waiting has no session deadline; it starts anew with the answer.
class ClassicGroup final : public Group {
public:
    explicit ClassicGroup(GroupContext& context);
    /// The group as it was before a restart: sessions start anew, a rebalance under way is started again.
    ClassicGroup(GroupContext& context, const ClassicRecord& record,
                 const std::string& whyRebalancing = "the broker was restarted during a rebalance");

    [[nodiscard]] GroupType type() const override { return GroupType::kClassic; }
    [[nodiscard]] GroupState state() const override { return m_state; }
    [[nodiscard]] std::string protocolType() const override { return m_protocolType.value_or(""); }
    [[nodiscard]] bool isDeletable() const override { return m_state == GroupState::kEmpty && m_pending.empty(); }

    void join(JoinGroupRequest request, Completion<JoinGroupResponse> done) override;
    void sync(SyncGroupRequest request, Completion<SyncGroupResponse> done) override;
    [[nodiscard]] GroupErrc heartbeat(const HeartbeatRequest& request) override;
    [[nodiscard]] LeaveGroupResponse leave(const LeaveGroupRequest& request) override;

    [[nodiscard]] GroupErrc checkCommit(const OffsetCommitRequest& request) override;
    [[nodiscard]] GroupErrc checkFetch(const OffsetFetchRequest& request) const override;
    [[nodiscard]] GroupErrc checkOffsetDelete() const override;
    [[nodiscard]] bool isSubscribedTo(const std::string& topic) const override;
    [[nodiscard]] OffsetExpiry expiryOf(const std::string& topic) const override;

    [[nodiscard]] DescribedGroup describe() const override;
    void fill(GroupSnapshot& snapshot) const override;
    [[nodiscard]] Clock::Steady nextDeadline() const override;
    void onTime() override;
    void abandon(GroupErrc error) override;

    [[nodiscard]] ClassicRecord record() const;

private:
    using Members = std::map<std::string, ClassicMember>;
    /// Whom a request means: checked against instance ids (KIP-345) before anything is done.
    struct Found {
        GroupErrc error = GroupErrc::kNone;
        ClassicMember* member = nullptr;
    };

    // join.cpp
    [[nodiscard]] bool acceptsJoiner(const std::string& memberId) const;
    [[nodiscard]] bool supportsProtocols(const JoinGroupRequest& request) const;
    void joinNewMember(JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void joinKnownMember(JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void addMember(const std::string& id, JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void replaceStaticMember(const std::string& oldId, const std::string& newId, JoinGroupRequest request,
                             Completion<JoinGroupResponse> done);
    void answerReplaced(const std::string& id, const std::string& oldLeader, std::int16_t apiVersion);
    /// Takes over the request's protocols and timeouts and parks it.
    void parkJoin(ClassicMember& member, JoinGroupRequest request, Completion<JoinGroupResponse> done);
    void refuseJoin(Completion<JoinGroupResponse> done, GroupErrc error, std::string memberId);
    [[nodiscard]] JoinGroupResponse joinAnswer(const ClassicMember& member) const;
    [[nodiscard]] std::vector<JoinGroupResponse::Member> membersForLeader() const;

    // sync.cpp
    [[nodiscard]] GroupErrc checkSync(const SyncGroupRequest& request);
    void storeAssignments(SyncGroupRequest request);
    void assignmentsStored(GenerationId generation, std::map<std::string, Bytes> assignments, bool durable);
    void answerSyncs(GroupErrc error);

    // rebalance.cpp
    [[nodiscard]] bool canRebalance() const;
    void rebalanceOrCompleteJoin(const std::string& reason);
    void prepareRebalance(const std::string& reason);
    void completeJoinIfAllJoined();
    void completeJoin();
    void continueInitialDelay();
    [[nodiscard]] bool hasEveryoneJoined() const;
    [[nodiscard]] bool electJoinedLeader();
    [[nodiscard]] std::string chosenProtocol() const;
    [[nodiscard]] std::chrono::milliseconds longestRebalanceTimeout() const;
    void startNextGeneration();
    void syncTimedOut();
    void updateSubscribedTopics();

    void enter(GroupState state);
    [[nodiscard]] Found find(const std::string& memberId, const std::optional<std::string>& instanceId);
    void removeMember(const std::string& memberId);
    void removeAndRebalance(const std::string& memberId, const std::string& reason);
    [[nodiscard]] GroupErrc leaveOne(const LeaveGroupRequest::Member& leaver, std::vector<std::string>& reasons);
    void restartSession(ClassicMember& member);
    void setSession(ClassicMember& member, std::chrono::milliseconds timeout);
    void persist();
    void expirePending(Clock::Steady now);
    void expireSessions(Clock::Steady now);
    [[nodiscard]] bool isLeader(const ClassicMember& member) const { return m_leader == member.id; }
    [[nodiscard]] std::set<std::string> memberIds() const;

    GroupState m_state = GroupState::kEmpty;
    Timestamp m_stateSince = kNoTimestamp;
    GenerationId m_generation{0};
    std::optional<std::string> m_protocolType;
    std::optional<std::string> m_protocol;
    std::optional<std::string> m_leader;
    Members m_members;
    std::map<std::string, std::string> m_staticMembers;       // instance id -> member id
    std::map<std::string, Clock::Steady> m_pending;           // ids handed out by kMemberIdRequired, until they expire
    std::set<std::string> m_pendingSync;                      // have the generation, have not sent SyncGroup
    std::optional<std::set<std::string>> m_subscribedTopics;  // nothing: not known
    bool m_memberJoinedInDelay = false;

    Clock::Steady m_joinDeadline = Clock::Steady::max();
    Clock::Steady m_syncDeadline = Clock::Steady::max();
    bool m_inInitialDelay = false;
    std::chrono::milliseconds m_delayRemaining{0};
    RebalanceLog m_rebalances;
};

}  // namespace weir::groups
