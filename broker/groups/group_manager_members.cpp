// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/classic/classic_group.h"
#include "broker/groups/group_manager_impl.h"

/// The requests of members: what can be refused without the group is refused here, the rest is the group's business.
namespace weir::groups {
namespace {

/// The classic requests are refused for an empty group id; offsets may be kept under it, as old clients do.
GroupErrc whyNotAGroup(const std::string& groupId) {
    return groupId.empty() ? GroupErrc::kInvalidGroupId : GroupErrc::kNone;
}

/// An empty group serves whichever protocol its next member speaks; its epochs go on from where they were.
void turnClassic(GroupCell& cell) {
    GroupSnapshot seen;
    cell.group()->fill(seen);
    ClassicRecord record;
    record.generation = seen.generation;
    record.stateSince = cell.wallNow();
    cell.replaceBy(std::make_unique<ClassicGroup>(cell, record));
}

}  // namespace

void GroupManager::Impl::joinGroup(JoinGroupRequest request, Completion<JoinGroupResponse> done) {
    JoinGroupResponse refusal;
    refusal.memberId = request.memberId;
    refusal.error = unavailable();
    const auto& options = m_environment->options;
    if (refusal.error == GroupErrc::kNone) {
        refusal.error = whyNotAGroup(request.groupId);
    }
    if (refusal.error == GroupErrc::kNone &&
        (request.sessionTimeout < options.minSessionTimeout || request.sessionTimeout > options.maxSessionTimeout)) {
        refusal.error = GroupErrc::kInvalidSessionTimeout;
    }
    if (refusal.error != GroupErrc::kNone) {
        return done(std::move(refusal));
    }
    // Only a new member may bring a group into being: one that names itself was here before the group went.
    const bool isNew = request.memberId.empty();
    const auto groupId = request.groupId;
    bool isVoid = false;
    const bool found = m_registry.with(
        groupId, isNew ? IfMissing::kCreateCell : IfMissing::kNothing,
        [&](GroupCell& cell) {
            if (!cell.group() && !isNew) {
                return false;
            }
            const bool created = !cell.group();
            if (created) {
                cell.adopt(std::make_unique<ClassicGroup>(cell));
            }
            if (isNew && cell.group()->type() == GroupType::kConsumer && cell.group()->isDeletable()) {
                turnClassic(cell);
            }
            cell.group()->join(std::move(request), std::move(done));
            isVoid = created && cell.discardIfVoid();
            return true;
        },
        [] { return false; });
    if (!found) {
        refusal.error = missing(GroupErrc::kUnknownMemberId);
        done(std::move(refusal));
    } else if (isVoid) {
        m_registry.dropIfIdle(groupId);  // no refused name stays behind
    }
}

void GroupManager::Impl::syncGroup(SyncGroupRequest request, Completion<SyncGroupResponse> done) {
    SyncGroupResponse refusal;
    refusal.error = unavailable();
    if (refusal.error == GroupErrc::kNone) {
        refusal.error = whyNotAGroup(request.groupId);
    }
    if (refusal.error != GroupErrc::kNone) {
        return done(std::move(refusal));
    }
    const auto groupId = request.groupId;
    const bool found = m_registry.with(
        groupId, IfMissing::kNothing,
        [&](GroupCell& cell) {
            if (!cell.group()) {
                return false;
            }
            cell.group()->sync(std::move(request), std::move(done));
            return true;
        },
        [] { return false; });
    if (!found) {
        refusal.error = missing(GroupErrc::kUnknownMemberId);
        done(std::move(refusal));
    }
}

GroupErrc GroupManager::Impl::heartbeat(const HeartbeatRequest& request) {
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return error;
    }
    if (const auto error = whyNotAGroup(request.groupId); error != GroupErrc::kNone) {
        return error;
    }
    return m_registry.with(
        request.groupId, IfMissing::kNothing,
        [&](GroupCell& cell) { return cell.group() ? cell.group()->heartbeat(request) : GroupErrc::kUnknownMemberId; },
        [&] { return missing(GroupErrc::kUnknownMemberId); });
}

LeaveGroupResponse GroupManager::Impl::leaveGroup(const LeaveGroupRequest& request) {
    LeaveGroupResponse refusal;
    refusal.error = unavailable();
    if (refusal.error == GroupErrc::kNone) {
        refusal.error = whyNotAGroup(request.groupId);
    }
    if (refusal.error != GroupErrc::kNone) {
        return refusal;
    }
    refusal.error = GroupErrc::kUnknownMemberId;
    return m_registry.with(
        request.groupId, IfMissing::kNothing,
        [&](GroupCell& cell) { return cell.group() ? cell.group()->leave(request) : refusal; },
        [&] {
            refusal.error = missing(GroupErrc::kUnknownMemberId);
            return refusal;
        });
}

}  // namespace weir::groups
