// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/groups/classic/classic_group.h"

/// The join phase: when it begins, how long it waits, who leads and what the next generation is.
namespace weir::groups {

bool ClassicGroup::canRebalance() const {
    return m_state != GroupState::kPreparingRebalance;
}

void ClassicGroup::rebalanceOrCompleteJoin(const std::string& reason) {
    if (canRebalance()) {
        prepareRebalance(reason);
    } else {
        completeJoinIfAllJoined();
    }
}

void ClassicGroup::prepareRebalance(const std::string& reason) {
    if (m_state == GroupState::kCompletingRebalance) {
        answerSyncs(GroupErrc::kRebalanceInProgress);
    }
    m_syncDeadline = Clock::Steady::max();
    m_rebalances.begin(reason, context().wallNow(), context().now());
    context().log().info("group {}: rebalance after generation {} because {}", context().groupId(), m_generation.value,
                         reason);
    m_inInitialDelay = m_state == GroupState::kEmpty;
    enter(GroupState::kPreparingRebalance);
    if (m_inInitialDelay) {
        const auto delay = context().options().initialRebalanceDelay;
        m_delayRemaining = std::max(longestRebalanceTimeout() - delay, std::chrono::milliseconds(0));
        m_memberJoinedInDelay = false;
        m_joinDeadline = context().now() + delay;
        if (delay.count() <= 0) {
            return completeJoin();
        }
        context().wakeBy(m_joinDeadline);
    } else if (hasEveryoneJoined()) {
        completeJoin();
    } else {
        m_joinDeadline = context().now() + longestRebalanceTimeout();
        context().wakeBy(m_joinDeadline);
    }
}

void ClassicGroup::continueInitialDelay() {
    if (!m_memberJoinedInDelay || m_delayRemaining.count() == 0) {
        return completeJoin();
    }
    const auto delay = std::min(context().options().initialRebalanceDelay, m_delayRemaining);
    m_memberJoinedInDelay = false;
    m_delayRemaining = std::max(m_delayRemaining - delay, std::chrono::milliseconds(0));
    m_joinDeadline = context().now() + delay;
    context().wakeBy(m_joinDeadline);
}

bool ClassicGroup::hasEveryoneJoined() const {
    return m_pending.empty() && std::ranges::all_of(m_members, [](const auto& m) { return m.second.awaitsJoin(); });
}

void ClassicGroup::completeJoinIfAllJoined() {
    // The initial delay is sat out even when everyone known has joined, unless everyone has gone.
    if (m_state == GroupState::kPreparingRebalance && hasEveryoneJoined() && (!m_inInitialDelay || m_members.empty())) {
        completeJoin();
    }
}

bool ClassicGroup::electJoinedLeader() {
    const auto hasJoined = [](const auto& m) { return m.second.awaitsJoin(); };
    auto joined = std::ranges::find_if(m_members, [&](const auto& m) { return m.first == m_leader && hasJoined(m); });
    if (joined == m_members.end()) {
        joined = std::ranges::find_if(m_members, hasJoined);
    }
    if (joined == m_members.end()) {
        return false;
    }
    m_leader = joined->first;
    return true;
}

void ClassicGroup::completeJoin() {
    m_joinDeadline = Clock::Steady::max();
    m_inInitialDelay = false;
    std::vector<std::string> missing;
    for (const auto& [id, member] : m_members) {
        if (!member.awaitsJoin() && !member.isStatic()) {
            missing.push_back(id);
        }
    }
    for (const auto& id : missing) {
        context().log().info("group {}: member {} did not join again in time", context().groupId(), id);
        removeMember(id);
    }
    if (!m_members.empty() && !electJoinedLeader()) {
        // Static members only and none is back: their sessions decide, so wait for those.
        m_joinDeadline = context().now() + longestRebalanceTimeout();
        context().wakeBy(m_joinDeadline);
        return;
    }
    startNextGeneration();
}

void ClassicGroup::startNextGeneration() {
    ++m_generation;
    m_pendingSync.clear();
    if (m_members.empty()) {
        m_protocol.reset();
        updateSubscribedTopics();
        enter(GroupState::kEmpty);
        m_rebalances.settle(m_generation, {}, context().now());
        return persist();
    }
    m_protocol = chosenProtocol();
    updateSubscribedTopics();
    enter(GroupState::kCompletingRebalance);
    // Written before it is told to anyone, so that no generation is ever given out twice.
    persist();
    for (auto& [id, member] : m_members) {
        if (!member.awaitsJoin()) {
            continue;  // a static member that is away: its running session decides how long it keeps its place
        }
        m_pendingSync.insert(id);
        member.isNew = false;
        context().answer(std::move(member.parkedJoin), joinAnswer(member));
        restartSession(member);
    }
    m_syncDeadline = context().now() + longestRebalanceTimeout();
    context().wakeBy(m_syncDeadline);
}

std::string ClassicGroup::chosenProtocol() const {
    // Everyone votes for the first of its protocols that all support; a tie goes to the one voted for first.
    std::vector<std::pair<std::string, int>> votes;
    for (const auto& entry : m_members) {
        const auto& offered = entry.second.protocols;
        const auto vote = std::ranges::find_if(offered, [&](const auto& protocol) {
            return std::ranges::all_of(m_members, [&](const auto& m) { return m.second.supports(protocol.name); });
        });
        // The last join that was let in brought one that all others support, and nobody's protocols change since.
        WEIR_ASSERT(vote != offered.end());
        auto it = std::ranges::find(votes, vote->name, &std::pair<std::string, int>::first);
        if (it == votes.end()) {
            it = votes.insert(it, {vote->name, 0});
        }
        ++it->second;
    }
    return std::ranges::max_element(votes, {}, &std::pair<std::string, int>::second)->first;
}

std::chrono::milliseconds ClassicGroup::longestRebalanceTimeout() const {
    std::chrono::milliseconds longest{0};
    for (const auto& entry : m_members) {
        longest = std::max(longest, entry.second.rebalanceTimeout);
    }
    return longest;
}

void ClassicGroup::syncTimedOut() {
    m_syncDeadline = Clock::Steady::max();
    if (m_pendingSync.empty()) {
        return;
    }
    const auto silent = m_pendingSync;
    for (const auto& id : silent) {
        removeMember(id);
    }
    prepareRebalance(silent.size() == 1
                         ? fmt::format("member {} did not fetch its assignment in time", *silent.begin())
                         : fmt::format("{} members did not fetch their assignment in time", silent.size()));
}

}  // namespace weir::groups
