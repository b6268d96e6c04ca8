// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/model/ids.h"

namespace weir::transactions {

/// What the coordinator answers; the values are Kafka's error codes, so that broker/server casts and never looks up.
enum class TxnErrc : std::int16_t {
    kUnknownServerError = -1,
    kNone = 0,
    kCoordinatorNotAvailable = 15,
    kUnsupportedVersion = 35,
    kInvalidRequest = 42,
    kInvalidTxnState = 48,
    kInvalidProducerIdMapping = 49,
    kInvalidTransactionTimeout = 50,
    kConcurrentTransactions = 51,
    kTransactionalIdAuthorizationFailed = 53,
    kProducerFenced = 90,
    kTransactionalIdNotFound = 105,
    kTransactionAbortable = 120,
};

/// Kafka's states and their numbers (TransactionState). kPrepareEpochFence is never stored: it is a fencing on its way
/// to kPrepareAbort.
enum class TxnState : std::int8_t {
    kEmpty = 0,
    kOngoing = 1,
    kPrepareCommit = 2,
    kPrepareAbort = 3,
    kCompleteCommit = 4,
    kCompleteAbort = 5,
    kDead = 6,
    kPrepareEpochFence = 7,
};
/// "PrepareCommit".
[[nodiscard]] std::string_view stateName(TxnState state);
[[nodiscard]] std::optional<TxnState> stateNamed(std::string_view name);

/// The generation of the protocol that a client speaks (KIP-890): 2 ends every transaction with an epoch of its own.
enum class TxnVersion : std::int8_t { kFirst = 1, kSecond = 2 };

enum class Outcome : std::uint8_t { kAbort, kCommit };

/// The last epoch that a producer is given; the next one up is for fencing only (KIP-360).
inline constexpr ProducerEpoch kLastEpoch{32766};

/// Everything the coordinator knows of one transactional id; a plain value. What is stored is exactly this.
struct Transaction {
    ProducerId producerId = kNoProducerId;
    /// Before the epochs ran out; a retry with it is recognised.
    ProducerId previousProducerId = kNoProducerId;
    /// Takes over when the transaction that is being ended is complete, because the epochs have run out.
    ProducerId nextProducerId = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    /// The epoch whose bump led here, if its owner may repeat the request that caused it; -1 after fencing.
    ProducerEpoch lastEpoch = kNoProducerEpoch;
    std::int32_t timeoutMs = 0;
    TxnState state = TxnState::kEmpty;
    TxnVersion version = TxnVersion::kFirst;
    /// kNoTimestamp outside of a transaction.
    Timestamp startedAt = kNoTimestamp;
    Timestamp updatedAt = kNoTimestamp;
    std::set<TopicPartition> partitions;
    /// Groups with offsets staged in it.
    std::set<std::string> groups;

    [[nodiscard]] bool isPrepared() const {
        return state == TxnState::kPrepareCommit || state == TxnState::kPrepareAbort;
    }
    [[nodiscard]] bool isExhausted() const { return epoch >= kLastEpoch; }
    bool operator==(const Transaction&) const = default;
};

}  // namespace weir::transactions
