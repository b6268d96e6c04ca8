// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/protocol/error_code.h"
#include "broker/records/compression.h"
#include "broker/topics/partition.h"
#include "broker/topics/topic.h"

namespace weir::server {

/// What became of one partition's batch.
struct ProduceOutcome {
    protocol::ErrorCode error = protocol::ErrorCode::kNone;
    std::string message;
    /// Indexes of the records at fault, where single ones are.
    std::vector<std::int32_t> badRecords;
    topics::Appended appended{kNoOffset, kNoOffset, kNoTimestamp, kNoOffset, false, true};
};

struct ProduceRules {
    /// False for Produce below version 7 (KIP-110).
    bool zstdAllowed = true;
    /// For batches of a transaction; without one they are refused.
    const topics::TransactionGate* gate = nullptr;
};

/// From bytes that claim to be a batch to an appended one: judged once by the topic's rules, recompressed where the
/// topic has a codec of its own, appended. The same for the wire and for the application. Thread safe.
class ProduceService {
public:
    explicit ProduceService(const Clock& clock) : m_clock(clock) {}

    /// `batch` is stamped in place. Not acknowledged yet when `appended.committed` is false: see
    /// topics::Partition::whenCommitted.
    ProduceOutcome append(const topics::Topic& topic, topics::Partition& partition, MutableByteView batch,
                          const ProduceRules& rules);

private:
    /// Memory that stays warm from one batch to the next.
    struct Workbench {
        records::Codec codec;
        Bytes scratch;
    };
    class Borrowed;
    std::unique_ptr<Workbench> borrow();
    void giveBack(std::unique_ptr<Workbench> bench);

    const Clock& m_clock;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Workbench>> m_idle;
    std::size_t m_made = 0;
};

}  // namespace weir::server
