// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/base/clock.h"
#include "broker/groups/completion.h"
#include "broker/groups/group_context.h"
#include "broker/groups/group_view.h"
#include "broker/groups/membership_requests.h"
#include "broker/groups/offset_requests.h"

namespace weir::groups {

/// How long a committed offset of this group lives (Kafka's Group.offsetExpirationCondition, KIP-211).
struct OffsetExpiry {
    enum class Rule : std::uint8_t {
        kNever,         // the group is in use and what it uses is not known, or it is rebalancing
        kSinceCommit,   // retention counts from the commit
        kSinceEmptied,  // retention counts from when the last member went
    };
    Rule rule = Rule::kNever;
    Timestamp emptiedAt = kNoTimestamp;
};

/// One group of one type: a state machine that its GroupCell drives, with the cell's lock held in every call.
/// It speaks to the world through the GroupContext only, whose effects run after the lock is gone.
class Group {
public:
    explicit Group(GroupContext& context) : m_context(context) {}
    virtual ~Group() = default;
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    [[nodiscard]] virtual GroupType type() const = 0;
    [[nodiscard]] virtual GroupState state() const = 0;
    /// "consumer", "connect", …; empty for a group that only stores offsets.
    [[nodiscard]] virtual std::string protocolType() const = 0;
    /// No members, none on their way: only its offsets are left.
    [[nodiscard]] virtual bool isDeletable() const = 0;
    /// Whether a group that has neither members nor offsets goes by itself.
    [[nodiscard]] virtual bool expires() const { return true; }

    // The classic protocol; other types refuse it unless they take classic members in.
    virtual void join(JoinGroupRequest request, Completion<JoinGroupResponse> done);
    virtual void sync(SyncGroupRequest request, Completion<SyncGroupResponse> done);
    [[nodiscard]] virtual GroupErrc heartbeat(const HeartbeatRequest& request);
    [[nodiscard]] virtual LeaveGroupResponse leave(const LeaveGroupRequest& request);

    /// Whether this commit is allowed; refreshes the member's session when it is.
    [[nodiscard]] virtual GroupErrc checkCommit(const OffsetCommitRequest& request) = 0;
    [[nodiscard]] virtual GroupErrc checkFetch(const OffsetFetchRequest& request) const = 0;
    /// Whether OffsetDelete is allowed at all; single topics are then refused by isSubscribedTo.
    [[nodiscard]] virtual GroupErrc checkOffsetDelete() const = 0;
    [[nodiscard]] virtual bool isSubscribedTo(const std::string& topic) const = 0;
    [[nodiscard]] virtual OffsetExpiry expiryOf(const std::string& topic) const = 0;

    /// DescribeGroups knows classic groups only; other types are refused as not being one.
    [[nodiscard]] virtual DescribedGroup describe() const;
    /// Everything but id, type and offsets.
    virtual void fill(GroupSnapshot& snapshot) const = 0;

    /// The soonest moment at which onTime has something to do; Clock::Steady::max() for never.
    [[nodiscard]] virtual Clock::Steady nextDeadline() const = 0;
    virtual void onTime() = 0;
    /// Topics appeared, went or grew.
    virtual void onTopicsChanged() {}
    /// Answers everything parked with `error`; nothing is asked of the group afterwards.
    virtual void abandon(GroupErrc error) = 0;

protected:
    [[nodiscard]] GroupContext& context() const { return m_context; }

private:
    GroupContext& m_context;
};

}  // namespace weir::groups
