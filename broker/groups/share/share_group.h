// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <string>

#include "broker/groups/consumer/assignor.h"
#include "broker/groups/group.h"
#include "broker/groups/rebalance_log.h"
#include "broker/groups/share/share_record.h"
#include "broker/groups/share/share_requests.h"

namespace weir::groups {

/// The members of a share group (KIP-932; Kafka's ShareGroup with the rules of GroupMetadataManager). Partitions are
/// shared, so nobody waits for anybody: a heartbeat moves its member to the newest assignment at once. Which records
/// were delivered is not known here but in SharePartitions.
class ShareGroup final : public Group {
public:
    explicit ShareGroup(GroupContext& context);
    ShareGroup(GroupContext& context, const ShareRecord& record);

    [[nodiscard]] GroupType type() const override { return GroupType::kShare; }
    [[nodiscard]] GroupState state() const override {
        return m_members.empty() ? GroupState::kEmpty : GroupState::kStable;
    }
    [[nodiscard]] std::string protocolType() const override { return "share"; }
    [[nodiscard]] bool isDeletable() const override { return m_members.empty(); }
    [[nodiscard]] bool expires() const override { return false; }

    void beat(const ShareGroupHeartbeatRequest& request, Completion<ShareGroupHeartbeatResponse> done);
    /// Stores the group as it is, without a member, for those who set its offsets before anybody joins.
    void establish(Completion<GroupErrc> done);
    [[nodiscard]] DescribedShareGroup describeShares() const;

    [[nodiscard]] LeaveGroupResponse leave(const LeaveGroupRequest& request) override;
    [[nodiscard]] GroupErrc checkCommit(const OffsetCommitRequest& /*request*/) override {
        return GroupErrc::kGroupIdNotFound;
    }
    [[nodiscard]] GroupErrc checkFetch(const OffsetFetchRequest& /*request*/) const override {
        return GroupErrc::kGroupIdNotFound;
    }
    [[nodiscard]] GroupErrc checkOffsetDelete() const override { return GroupErrc::kGroupIdNotFound; }
    [[nodiscard]] bool isSubscribedTo(const std::string& topic) const override;
    [[nodiscard]] OffsetExpiry expiryOf(const std::string& /*topic*/) const override { return {}; }

    void fill(GroupSnapshot& snapshot) const override;
    [[nodiscard]] Clock::Steady nextDeadline() const override;
    void onTime() override;
    void onTopicsChanged() override { m_topicsStale = true; }
    void abandon(GroupErrc /*error*/) override {}

private:
    using Request = ShareGroupHeartbeatRequest;
    using Response = ShareGroupHeartbeatResponse;

    void refuse(GroupErrc error, std::string message, Completion<Response> done);
    void depart(const Request& request, Completion<Response> done);
    void advance(const std::string& reason, bool subscribesAnew);
    void refreshTopics();
    void assignTargets();
    void removeMember(const std::string& memberId, const std::string& reason);
    void restartSession(ShareMember& member);
    void noteProgress();
    void persist(Completion<bool> done);

    std::int32_t m_groupEpoch = 0;
    std::map<std::string, ShareMember> m_members;
    TargetAssignment m_target;
    std::map<std::string, TopicFacts> m_topics;  // subscribed to, and there
    bool m_topicsStale = true;
    std::uint64_t m_topicsVersion = 0;
    RebalanceLog m_rebalances;
};

}  // namespace weir::groups
