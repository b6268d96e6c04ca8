// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/share_sessions.h"

#include <algorithm>
#include <limits>

namespace weir::server {

using protocol::ErrorCode;

ErrorCode ShareSessions::goOn(const Key& key, std::int32_t epoch) {
    const auto at = m_sessions.find(key);
    if (at == m_sessions.end()) {
        return ErrorCode::kShareSessionNotFound;
    }
    if (epoch == kLastEpoch) {
        m_sessions.erase(at);
        return ErrorCode::kNone;
    }
    auto& session = at->second;
    if (epoch != session.epoch) {
        return ErrorCode::kInvalidShareSessionEpoch;
    }
    session.epoch = session.epoch == std::numeric_limits<std::int32_t>::max() ? 1 : session.epoch + 1;
    return ErrorCode::kNone;
}

ShareSessions::Plan ShareSessions::fetch(const Fetch& request) {
    const std::lock_guard lock(m_mutex);
    Plan plan;
    if (request.epoch == kFirstEpoch) {
        if (!m_sessions.contains(request.key) && m_sessions.size() >= m_limit) {
            plan.error = ErrorCode::kShareSessionLimitReached;
            return plan;
        }
        m_sessions[request.key] = Session{1, request.connection, {}};
    } else if (plan.error = goOn(request.key, request.epoch);
               plan.error != ErrorCode::kNone || request.epoch == kLastEpoch) {
        return plan;
    }
    auto& session = m_sessions.at(request.key);
    session.connection = request.connection;
    for (const Target& target : request.add) {
        if (std::ranges::find(session.targets, target) == session.targets.end()) {
            session.targets.push_back(target);
        }
    }
    std::erase_if(session.targets, [&](const Target& target) {
        return std::ranges::find(request.forget, target) != request.forget.end();
    });
    if (!session.targets.empty()) {
        std::ranges::rotate(session.targets, session.targets.begin() + 1);
    }
    plan.targets = session.targets;
    return plan;
}

ErrorCode ShareSessions::acknowledge(const Key& key, std::int32_t epoch) {
    const std::lock_guard lock(m_mutex);
    return epoch == kFirstEpoch ? ErrorCode::kInvalidShareSessionEpoch : goOn(key, epoch);
}

std::vector<ShareSessions::Key> ShareSessions::closeOf(ConnectionId connection) {
    std::vector<Key> closed;
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_sessions, [&](const auto& entry) {
        if (entry.second.connection != connection) {
            return false;
        }
        closed.push_back(entry.first);
        return true;
    });
    return closed;
}

bool ShareSessions::isEmpty() const {
    const std::lock_guard lock(m_mutex);
    return m_sessions.empty();
}

}  // namespace weir::server
