// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <utility>

#include "broker/groups/consumer/assignment.h"
#include "broker/groups/consumer/consumer_member.h"

/// How a member walks to its target (Kafka's CurrentAssignmentBuilder), the same for the partitions of a consumer and
/// for the active tasks of a streams member: `Member` has epoch, previousEpoch, state, assigned and pendingRevocation.
namespace weir::groups {
namespace detail {

template <class Owner>
bool mayStillOwn(const std::optional<PartitionSets<Owner>>& owned, const PartitionSets<Owner>& revoked) {
    return !owned || intersects(*owned, revoked);
}

template <class Member>
void enterEpoch(Member& member, std::int32_t epoch) {
    member.previousEpoch = member.epoch;
    member.epoch = epoch;
}

template <class Member, class Owner, class HeldByAnother>
void computeNext(Member& member, std::int32_t epoch, std::int32_t targetEpoch, const PartitionSets<Owner>& target,
                 const std::optional<PartitionSets<Owner>>& owned, const HeldByAnother& heldByAnother) {
    auto kept = intersection(member.assigned, target);
    auto revoked = difference(member.assigned, target);
    PartitionSets<Owner> gained;
    bool someHeld = false;
    for (const auto& [owner, partitions] : difference(target, kept)) {
        for (const auto partition : partitions) {
            if (heldByAnother(owner, partition)) {
                someHeld = true;
            } else {
                gained[owner].insert(partition);
            }
        }
    }
    member.assigned = std::move(kept);
    member.pendingRevocation.clear();
    if (!revoked.empty() && mayStillOwn(owned, revoked)) {
        enterEpoch(member, epoch);
        member.pendingRevocation = std::move(revoked);
        member.state = MemberState::kUnrevokedPartitions;
        return;
    }
    enterEpoch(member, targetEpoch);
    add(member.assigned, gained);
    member.state = someHeld ? MemberState::kUnreleasedPartitions : MemberState::kStable;
}

}  // namespace detail

/// Brings a member one step nearer to `target`, which belongs to `targetEpoch`: first it gives up what it shall not
/// keep and stays in its epoch until `owned` shows that it did; then it moves to the target's epoch with those new
/// partitions that nobody holds any more, and gets the others as they come free. `owned` is what the member says it
/// holds; nothing when it did not say. `heldByAnother(owner, partition)`: whether another member still holds it.
template <class Member, class Owner, class HeldByAnother>
void reconcile(Member& member, std::int32_t targetEpoch, const PartitionSets<Owner>& target,
               const std::optional<PartitionSets<Owner>>& owned, const HeldByAnother& heldByAnother) {
    if (member.state == MemberState::kStable && member.epoch == targetEpoch) {
        return;
    }
    auto epoch = member.epoch;
    if (member.state == MemberState::kUnrevokedPartitions) {
        if (detail::mayStillOwn(owned, member.pendingRevocation)) {
            return;
        }
        ++epoch;  // it moves on even if the next target takes more away: this revocation is over
    }
    detail::computeNext(member, epoch, targetEpoch, target, owned, heldByAnother);
}

}  // namespace weir::groups
