// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/rebalance_log.h"

#include <algorithm>
#include <iterator>

namespace weir::groups {

void RebalanceLog::begin(std::string reason, Timestamp at, Clock::Steady now) {
    if (m_open) {
        return;
    }
    m_open = true;
    m_startedAt = now;
    m_current = {};
    m_current.at = at;
    m_current.reason = std::move(reason);
}

void RebalanceLog::settle(GenerationId generation, std::set<std::string> members, Clock::Steady now) {
    if (m_open) {
        m_open = false;
        m_current.durationMs = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_startedAt).count();
        m_current.generation = generation;
        std::ranges::set_difference(members, m_members, std::back_inserter(m_current.joined));
        std::ranges::set_difference(m_members, members, std::back_inserter(m_current.left));
        m_current.members = static_cast<std::int32_t>(members.size());
        m_events.push_back(std::move(m_current));
        if (m_events.size() > m_limit) {
            m_events.pop_front();
        }
    }
    m_members = std::move(members);
}

}  // namespace weir::groups
