// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/consumer/reconciler.h"

namespace weir::groups {
namespace {

bool mayStillOwn(const std::optional<Assignment>& owned, const Assignment& revoked) {
    return !owned || intersects(*owned, revoked);
}

void enterEpoch(ConsumerMember& member, std::int32_t epoch) {
    member.previousEpoch = member.epoch;
    member.epoch = epoch;
}

void computeNext(ConsumerMember& member, std::int32_t epoch, std::int32_t targetEpoch, const Assignment& target,
                 const std::optional<Assignment>& owned, const HeldByAnother& heldByAnother) {
    auto kept = intersection(member.assigned, target);
    auto revoked = difference(member.assigned, target);
    Assignment gained;
    bool someHeld = false;
    for (const auto& [topic, partitions] : difference(target, kept)) {
        for (const auto partition : partitions) {
            if (heldByAnother(topic, partition)) {
                someHeld = true;
            } else {
                gained[topic].insert(partition);
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

}  // namespace

void reconcile(ConsumerMember& member, std::int32_t targetEpoch, const Assignment& target,
               const std::optional<Assignment>& owned, const HeldByAnother& heldByAnother) {
    switch (member.state) {
        case MemberState::kStable:
            if (member.epoch != targetEpoch) {
                computeNext(member, member.epoch, targetEpoch, target, owned, heldByAnother);
            }
            return;
        case MemberState::kUnrevokedPartitions:
            if (!mayStillOwn(owned, member.pendingRevocation)) {
                // The epoch moves on even if the next target takes more away: this revocation is over.
                computeNext(member, member.epoch + 1, targetEpoch, target, owned, heldByAnother);
            }
            return;
        case MemberState::kUnreleasedPartitions:
            computeNext(member, member.epoch, targetEpoch, target, owned, heldByAnother);
            return;
    }
}

}  // namespace weir::groups
