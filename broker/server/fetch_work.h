// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "broker/protocol/messages/fetch_response.h"
#include "broker/server/call.h"
#include "broker/server/services.h"
#include "broker/storage/read_buffer.h"
#include "broker/topics/parked_fetches.h"

namespace weir::server {

struct FetchParameters {
    std::chrono::milliseconds maxWait{0};
    std::size_t minBytes = 0;
    std::size_t maxBytes = 0;
    Isolation isolation = Isolation::kReadUncommitted;
};

/// One Fetch on its way: reads what there is, and parks at its partitions when that is less than was asked for. Parked
/// it costs an entry at each partition and one in the timer queue, and nothing moves until an append, a deletion or
/// the deadline wakes it. Everything but `wake` happens on the connection's thread.
class FetchWork final : public topics::ParkedFetch, public std::enable_shared_from_this<FetchWork> {
public:
    FetchWork(Services& services, FetchPlan plan, FetchParameters parameters, Reply<protocol::FetchResponse> reply);
    ~FetchWork() override;

    void run();
    void wake() override;

private:
    using PartitionData = protocol::FetchResponse::PartitionData;
    struct Part {
        topics::TopicPtr topic;
        std::shared_ptr<topics::Partition> partition;
        PartitionData data;
        storage::ReadBuffer buffer;
        Offset seenEnd;
    };

    void resolve(const topics::TopicsSnapshot& topics, std::size_t i);
    /// Bytes that could be sent now, counted up to minBytes; true as soon as waiting has no sense.
    [[nodiscard]] bool isWorthReading();
    std::size_t readAll();
    void readOne(std::size_t i, std::size_t room, bool isFirst);
    [[nodiscard]] bool diverges(std::size_t i);
    void fail(std::size_t i, protocol::ErrorCode error);
    [[nodiscard]] bool anyError() const;
    /// False: something happened meanwhile, look again.
    [[nodiscard]] bool park();
    void unparkAll();
    bool throttle(protocol::FetchResponse& response);
    void finish();
    void cancel();

    Services& m_services;
    FetchPlan m_plan;
    const FetchParameters m_parameters;
    Reply<protocol::FetchResponse> m_reply;
    std::vector<Part> m_parts;
    MemoryBudget::Lease m_lease;
    std::unique_ptr<groups::TimerService::Timer> m_timer;
    bool m_isDone = false;
    bool m_isListed = false;
    std::atomic<bool> m_isCancelled{false};
    std::atomic<bool> m_isExpired{false};
    std::atomic<bool> m_isParked{false};
};

}  // namespace weir::server
