// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "broker/protocol/messages/fetch_response.h"
#include "broker/server/call.h"
#include "broker/server/waiting_work.h"
#include "broker/storage/read_buffer.h"

namespace weir::server {

struct FetchParameters {
    std::chrono::milliseconds maxWait{0};
    std::size_t minBytes = 0;
    std::size_t maxBytes = 0;
    Isolation isolation = Isolation::kReadUncommitted;
};

/// One Fetch on its way: reads what there is, and waits at its partitions when that is less than was asked for: nothing
/// moves until an append, a deletion or the deadline wakes it. See WaitingWork for the threads.
class FetchWork final : public WaitingWork {
public:
    FetchWork(Services& services, FetchPlan plan, FetchParameters parameters, Reply<protocol::FetchResponse> reply);

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
    /// The partition whose turn it is to be read first.
    [[nodiscard]] std::size_t firstServed() const;
    [[nodiscard]] bool hasRecords(std::size_t i) const;
    /// `room`: what the client takes. `share`: what is good for this partition now, but for its first batch.
    void readOne(std::size_t i, std::size_t room, std::size_t share, bool isFirst);
    [[nodiscard]] bool diverges(std::size_t i);
    void fail(std::size_t i, protocol::ErrorCode error);
    [[nodiscard]] bool anyError() const;
    Look look(bool mayWait) override;
    bool enlist() override;
    void delist() override;
    void hangUp() override { m_reply.close({}); }
    void post(std::function<void()> task) override { m_reply.post(std::move(task)); }
    bool throttle(protocol::FetchResponse& response);
    void finish();

    FetchPlan m_plan;
    const FetchParameters m_parameters;
    Reply<protocol::FetchResponse> m_reply;
    std::vector<Part> m_parts;
    MemoryBudget::Lease m_lease;
};

}  // namespace weir::server
