// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/model/snapshot.h"

namespace weir::groups {

/// The rebalances of one group, newest last, for the window's timeline. A rebalance that begins again before it was
/// settled is one event with the first reason and the whole duration. Used under the group's lock.
class RebalanceLog {
public:
    explicit RebalanceLog(std::size_t limit) : m_limit(limit) {}

    void begin(std::string reason, Timestamp at, Clock::Steady now);
    /// `members` own partitions from now on (or there are none left).
    void settle(GenerationId generation, std::set<std::string> members, Clock::Steady now);
    /// Who was there before the first event, after a restart.
    void startFrom(std::set<std::string> members) { m_members = std::move(members); }

    [[nodiscard]] std::vector<RebalanceEvent> events() const { return {m_events.begin(), m_events.end()}; }
    [[nodiscard]] bool isOpen() const { return m_open; }

private:
    std::size_t m_limit;
    std::deque<RebalanceEvent> m_events;
    std::set<std::string> m_members;
    bool m_open = false;
    RebalanceEvent m_current;
    Clock::Steady m_startedAt;
};

}  // namespace weir::groups
