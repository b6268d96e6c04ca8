// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/protocol/error_code.h"
#include "broker/server/net/peer.h"

namespace weir::server {

/// Which partitions a member of a share group fetches, remembered between its requests (KIP-932; Kafka's
/// ShareSessionCache). A session lives on one connection: when that closes, what the member held is released.
/// Thread safe.
class ShareSessions {
public:
    struct Key {
        std::string groupId;
        std::string memberId;
        auto operator<=>(const Key&) const = default;
    };
    struct Target {
        TopicId topicId;
        PartitionId partition;
        auto operator<=>(const Target&) const = default;
    };

    /// Epochs that are requests in themselves.
    static constexpr std::int32_t kFirstEpoch = 0;
    static constexpr std::int32_t kLastEpoch = -1;

    explicit ShareSessions(std::size_t limit) : m_limit(limit) {}

    struct Fetch {
        Key key;
        std::int32_t epoch = kFirstEpoch;
        ConnectionId connection{};
        std::vector<Target> add;
        std::vector<Target> forget;
    };
    struct Plan {
        protocol::ErrorCode error = protocol::ErrorCode::kNone;
        /// What to fetch, in the order of the session, turned a little with every request so that each comes first.
        std::vector<Target> targets;
    };
    /// A ShareFetch: opens, goes on with, or closes (no targets) a session.
    [[nodiscard]] Plan fetch(const Fetch& request);
    /// A ShareAcknowledge, which only goes on with a session or closes it.
    [[nodiscard]] protocol::ErrorCode acknowledge(const Key& key, std::int32_t epoch);

    /// Ends the sessions of a connection that is gone.
    std::vector<Key> closeOf(ConnectionId connection);
    /// Cheap: whether a connection that closes may have had any.
    [[nodiscard]] bool isEmpty() const;

private:
    struct Session {
        std::int32_t epoch = 1;
        ConnectionId connection{};
        std::vector<Target> targets;
    };

    /// kNone when the epoch is the session's, which is then closed or moved on.
    [[nodiscard]] protocol::ErrorCode goOn(const Key& key, std::int32_t epoch);

    const std::size_t m_limit;
    mutable std::mutex m_mutex;
    std::map<Key, Session> m_sessions;
};

}  // namespace weir::server
