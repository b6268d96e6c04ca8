// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/config/group_config.h"
#include "broker/groups/share/share_partitions.h"
#include "broker/protocol/messages/share_fetch.h"
#include "broker/server/call.h"
#include "broker/server/services.h"
#include "broker/server/share_sessions.h"
#include "broker/storage/read_buffer.h"
#include "broker/topics/parked_fetches.h"

namespace weir::server {

/// One ShareFetch on its way, after its acknowledgements are durable: takes what is available for the member, and waits
/// where that is nothing until records arrive, come free, or the deadline is there. Everything but the waking happens
/// on the connection's thread.
class ShareFetchWork final : public topics::ParkedFetch,
                             public groups::ShareWaiter,
                             public std::enable_shared_from_this<ShareFetchWork> {
public:
    using Response = protocol::ShareFetchResponse;
    /// What became of the request's acknowledgements.
    using Acknowledged = std::map<ShareSessions::Target, groups::GroupErrc>;

    struct Wish {
        ShareSessions::Key key;
        std::vector<ShareSessions::Target> targets;
        Acknowledged acknowledged;
        config::GroupConfig config;
        std::chrono::milliseconds maxWait{0};
        std::size_t maxBytes = 0;
        std::int64_t maxRecords = 0;
        groups::DeliveryRanges::Cut cut = groups::DeliveryRanges::Cut::kAtBatchEnd;
    };

    ShareFetchWork(Services& services, Wish wish, Reply<Response> reply);
    ~ShareFetchWork() override;

    void run();
    void wake() override;
    void wakeForShare() override { wake(); }

private:
    using PartitionData = Response::PartitionData;
    struct Part {
        topics::TopicPtr topic;
        std::shared_ptr<topics::Partition> partition;
        std::shared_ptr<groups::SharePartition> share;
        PartitionData data;
        storage::ReadBuffer buffer;
        Offset seenEnd;
        std::uint64_t availability = 0;
        std::optional<Offset> from;

        [[nodiscard]] bool isWorthSending() const {
            return data.errorCode != protocol::ErrorCode::kNone || !data.acquiredRecords.empty();
        }
    };

    void resolve(const topics::TopicsSnapshot& topics, std::size_t i);
    [[nodiscard]] std::shared_ptr<groups::SharePartition> shareOf(const Part& part,
                                                                  const ShareSessions::Target& target);
    /// Records taken.
    std::int64_t take(Part& part, std::size_t room, std::int64_t records);
    /// Whether anything is to be sent.
    [[nodiscard]] bool takeAll();
    /// False: something happened meanwhile, look again.
    [[nodiscard]] bool park();
    void unparkAll();
    void finish();
    void cancel();

    Services& m_services;
    Wish m_wish;
    const Isolation m_isolation;
    Reply<Response> m_reply;
    std::vector<Part> m_parts;
    MemoryBudget::Lease m_lease;
    std::unique_ptr<groups::TimerService::Timer> m_timer;
    bool m_isDone = false;
    bool m_isListed = false;
    bool m_lostRace = false;
    std::atomic<bool> m_isCancelled{false};
    std::atomic<bool> m_isExpired{false};
    std::atomic<bool> m_isParked{false};
};

/// A share answer, one partition after the other: those of a topic that follow each other stand together.
template <class Response>
auto& partitionIn(Response& response, const ShareSessions::Target& target) {
    if (response.responses.empty() || response.responses.back().topicId != target.topicId) {
        response.responses.emplace_back().topicId = target.topicId;
    }
    auto& partition = response.responses.back().partitions.emplace_back();
    partition.partitionIndex = target.partition;
    partition.currentLeader = {BrokerId(-1), LeaderEpoch(-1), {}};
    return partition;
}

}  // namespace weir::server
