// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/groups/classic/classic_group.h"

/// Deadlines of a classic group: they are data, looked at when the cell's one alarm rings.
namespace weir::groups {

void ClassicGroup::restartSession(ClassicMember& member) {
    if (member.awaitsJoin() || member.awaitsSync()) {
        member.sessionDeadline = Clock::Steady::max();
        return;
    }
    setSession(member, member.sessionTimeout);
}

void ClassicGroup::setSession(ClassicMember& member, std::chrono::milliseconds timeout) {
    member.sessionDeadline = context().now() + timeout;
    context().wakeBy(member.sessionDeadline);
}

Clock::Steady ClassicGroup::nextDeadline() const {
    auto soonest = std::min(m_joinDeadline, m_syncDeadline);
    for (const auto& entry : m_pending) {
        soonest = std::min(soonest, entry.second);
    }
    for (const auto& entry : m_members) {
        soonest = std::min(soonest, entry.second.sessionDeadline);
    }
    return soonest;
}

void ClassicGroup::onTime() {
    const auto now = context().now();
    expirePending(now);
    expireSessions(now);
    if (m_syncDeadline <= now) {
        syncTimedOut();
    }
    if (m_state == GroupState::kPreparingRebalance && m_joinDeadline <= now) {
        m_joinDeadline = Clock::Steady::max();
        if (m_inInitialDelay) {
            continueInitialDelay();
        } else {
            completeJoin();
        }
    }
}

void ClassicGroup::expirePending(Clock::Steady now) {
    if (std::erase_if(m_pending, [now](const auto& entry) { return entry.second <= now; }) > 0) {
        completeJoinIfAllJoined();
    }
}

void ClassicGroup::expireSessions(Clock::Steady now) {
    std::vector<std::string> expired;
    for (const auto& [id, member] : m_members) {
        if (member.sessionDeadline <= now) {
            expired.push_back(id);
        }
    }
    for (const auto& id : expired) {
        // Removing one may have started a generation that restarted the sessions of the others.
        const auto& member = m_members.at(id);
        if (member.sessionDeadline > now) {
            continue;
        }
        removeAndRebalance(
            id, member.isNew ? fmt::format("member {} waited too long to join", id)
                             : fmt::format("member {} sent no heartbeat for {} ms", id, member.sessionTimeout.count()));
    }
}

void ClassicGroup::persist() {
    StoreBatch batch;
    batch.putRecord = encodeRecord(record());
    auto* coordinator = &context();
    context().write(std::move(batch), [coordinator](Group*, bool durable) {
        if (!durable) {
            coordinator->log().error("group {}: its generation could not be stored", coordinator->groupId());
        }
    });
}

void ClassicGroup::abandon(GroupErrc error) {
    for (auto& [id, member] : m_members) {
        if (member.awaitsJoin()) {
            refuseJoin(std::move(member.parkedJoin), error, id);
        }
        if (member.awaitsSync()) {
            SyncGroupResponse response;
            response.error = error;
            context().answer(std::move(member.parkedSync), std::move(response));
        }
    }
}

}  // namespace weir::groups
