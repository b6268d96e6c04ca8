// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/consumer/assignor.h"
#include "broker/groups/consumer/consumer_member.h"
#include "broker/groups/consumer/consumer_record.h"
#include "broker/groups/consumer/consumer_requests.h"
#include "broker/groups/group.h"
#include "broker/groups/rebalance_log.h"

namespace weir::groups {

/// A group of the consumer protocol (KIP-848; Kafka's ConsumerGroup with the rules of GroupMetadataManager).
///
/// The group epoch grows with every change of members, subscriptions or topics; the broker then computes a target
/// assignment of that epoch, and each member walks from what it has to its target on its own heartbeats, giving up
/// first and taking on what is free. Nobody waits for anybody else, and no partition ever has two owners.
/// A heartbeat that changed the group is answered when the change is durable.
class ConsumerGroup final : public Group {
public:
    explicit ConsumerGroup(GroupContext& context);
    /// As it was before a restart; sessions start anew.
    ConsumerGroup(GroupContext& context, const ConsumerRecord& record);

    [[nodiscard]] GroupType type() const override { return GroupType::kConsumer; }
    [[nodiscard]] GroupState state() const override;
    [[nodiscard]] std::string protocolType() const override { return "consumer"; }
    [[nodiscard]] bool isDeletable() const override { return m_members.empty(); }

    void beat(const ConsumerGroupHeartbeatRequest& request, Completion<ConsumerGroupHeartbeatResponse> done);
    [[nodiscard]] DescribedConsumerGroup describeConsumers() const;

    // Members of the classic protocol in this group: classic_members.cpp.
    void join(JoinGroupRequest request, Completion<JoinGroupResponse> done) override;
    void sync(SyncGroupRequest request, Completion<SyncGroupResponse> done) override;
    [[nodiscard]] GroupErrc heartbeat(const HeartbeatRequest& request) override;
    /// Removes members by id or instance id: also the admin's way.
    [[nodiscard]] LeaveGroupResponse leave(const LeaveGroupRequest& request) override;
    [[nodiscard]] GroupErrc checkCommit(const OffsetCommitRequest& request) override;
    [[nodiscard]] GroupErrc checkFetch(const OffsetFetchRequest& request) const override;
    [[nodiscard]] GroupErrc checkOffsetDelete() const override { return GroupErrc::kNone; }
    [[nodiscard]] bool isSubscribedTo(const std::string& topic) const override;
    [[nodiscard]] OffsetExpiry expiryOf(const std::string& topic) const override;

    void fill(GroupSnapshot& snapshot) const override;
    [[nodiscard]] Clock::Steady nextDeadline() const override;
    void onTime() override;
    void onTopicsChanged() override;
    void abandon(GroupErrc /*error*/) override {}

private:
    using Request = ConsumerGroupHeartbeatRequest;
    using Response = ConsumerGroupHeartbeatResponse;
    struct Refusal {
        GroupErrc error = GroupErrc::kNone;
        std::string message;
        ConsumerMember* member = nullptr;  // when nothing was refused
    };

    // heartbeat.cpp
    [[nodiscard]] Refusal admit(const Request& request);
    [[nodiscard]] Refusal admitDynamic(const Request& request);
    [[nodiscard]] Refusal admitStatic(const Request& request);
    [[nodiscard]] ConsumerMember& create(const std::string& memberId, const std::optional<std::string>& instanceId);
    void startOver(ConsumerMember& member);
    /// Epoch, target and the member's next step, after it said something.
    void advance(ConsumerMember& member, bool subscribesAnew, const std::optional<Assignment>& owned);
    [[nodiscard]] bool updateSubscription(ConsumerMember& member, const Request& request);
    void depart(const Request& request, Completion<Response> done);
    void answerWhenDurable(Completion<Response> done, Response response);
    [[nodiscard]] Response answerFor(const ConsumerMember& member) const;

    // classic_members.cpp
    [[nodiscard]] bool supportsProtocols(const JoinGroupRequest& request) const;
    [[nodiscard]] Refusal admitClassic(const JoinGroupRequest& request);
    [[nodiscard]] Refusal findClassic(const std::string& memberId, const std::optional<std::string>& instanceId,
                                      GenerationId generation);
    [[nodiscard]] bool mustJoinAgain(const ConsumerMember& member) const;
    /// When only classic members are left the group is theirs again; this object is then out of service.
    [[nodiscard]] bool turnBackIfClassic();

    // consumer_group.cpp
    void bump(const std::string& reason);
    void refreshTopics();
    void assignTargets();
    void step(ConsumerMember& member, const std::optional<Assignment>& owned);
    void removeMember(const std::string& memberId, const std::string& reason);
    void takePlaceOf(std::string oldId, const std::string& newId);
    void restartSession(ConsumerMember& member);
    void noteProgress();
    void persist();
    [[nodiscard]] ConsumerRecord record() const;
    [[nodiscard]] std::string assignorName() const;
    [[nodiscard]] std::set<std::string> topicsOf(const ConsumerMember& member) const;
    [[nodiscard]] bool isHeldByAnother(const ConsumerMember& member, const TopicId& topic, PartitionId partition) const;
    [[nodiscard]] bool hasArrived(const ConsumerMember& member) const;

    std::int32_t m_groupEpoch = 0;
    std::int32_t m_assignmentEpoch = 0;
    std::map<std::string, ConsumerMember> m_members;
    std::map<std::string, std::string> m_staticMembers;  // instance id -> member id
    TargetAssignment m_target;
    std::map<std::string, TopicFacts> m_topics;                  // what the members subscribe to and is there
    std::map<std::string, std::set<std::string>> m_regexTopics;  // by pattern
    bool m_topicsStale = true;
    std::uint64_t m_topicsVersion = 0;
    RebalanceLog m_rebalances;
};

}  // namespace weir::groups
