// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/config/group_config.h"
#include "broker/groups/share/share_partitions.h"
#include "broker/protocol/messages/share_fetch.h"
#include "broker/server/call.h"
#include "broker/server/share_sessions.h"
#include "broker/server/waiting_work.h"
#include "broker/storage/read_buffer.h"

namespace weir::server {

/// One ShareFetch on its way, after its acknowledgements are durable: takes what is available for the member, and waits
/// where that is nothing until records arrive, come free, or the deadline is there. See WaitingWork for the threads.
class ShareFetchWork final : public WaitingWork, public groups::ShareWaiter {
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
    Look look(bool mayWait) override;
    bool enlist() override;
    void delist() override;
    void hangUp() override { m_reply.close({}); }
    void post(std::function<void()> task) override { m_reply.post(std::move(task)); }
    void finish();

    Wish m_wish;
    const Isolation m_isolation;
    Reply<Response> m_reply;
    std::vector<Part> m_parts;
    MemoryBudget::Lease m_lease;
    bool m_lostRace = false;
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
