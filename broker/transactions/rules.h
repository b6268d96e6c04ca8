// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <variant>

#include "broker/transactions/transaction.h"

/// Which change follows which request: pure functions of the values. Rules: KIP-98, 360, 588, 890 and Kafka 4.2's
/// TransactionCoordinator and TransactionMetadata. None of them looks at a clock, a lock or a disk.
namespace weir::transactions {

struct ProducerIdAndEpoch {
    ProducerId id = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    bool operator==(const ProducerIdAndEpoch&) const = default;
};

/// A refusal, or an answer without a change.
struct Settled {
    TxnErrc error = TxnErrc::kNone;
};
/// The rule cannot go on without a producer id that was never given out: ask again with one.
struct NeedsProducerId {};
using Decision = std::variant<Settled, NeedsProducerId, Transaction>;

struct InitRequest {
    std::int32_t timeoutMs = 0;
    /// What the producer believes it has (InitProducerId 3 and later); nothing on a first start.
    std::optional<ProducerIdAndEpoch> expected;
    std::optional<ProducerId> fresh;
    Timestamp now;
};
/// InitProducerId. A result in kPrepareAbort means that the transaction of another incarnation has to be ended first.
[[nodiscard]] Decision decideInit(const Transaction& current, const InitRequest& request);

struct AddRequest {
    ProducerIdAndEpoch producer;
    std::set<TopicPartition> partitions;
    std::set<std::string> groups;
    TxnVersion version = TxnVersion::kFirst;
    Timestamp now;
};
/// AddPartitionsToTxn, AddOffsetsToTxn, and the implicit adding of version 2.
[[nodiscard]] Decision decideAdd(const Transaction& current, const AddRequest& request);

struct EndRequest {
    ProducerIdAndEpoch producer;
    Outcome outcome = Outcome::kAbort;
    TxnVersion version = TxnVersion::kFirst;
    std::optional<ProducerId> fresh;
    Timestamp now;
};
/// EndTxn of a client.
[[nodiscard]] Decision decideEnd(const Transaction& current, const EndRequest& request);

/// Aborts an ongoing transaction under an epoch that its owner does not have: a timeout, or another incarnation.
[[nodiscard]] Transaction fenced(const Transaction& current, TxnVersion version, Timestamp now);
/// After the last marker of a prepared transaction.
[[nodiscard]] Transaction completed(const Transaction& prepared, Timestamp now);
/// Whether this producer's transaction may write to the partition, or stage offsets in the group.
[[nodiscard]] TxnErrc verify(const Transaction& current, const ProducerIdAndEpoch& producer,
                             const TopicPartition& partition);
[[nodiscard]] TxnErrc verify(const Transaction& current, const ProducerIdAndEpoch& producer, const std::string& group);

}  // namespace weir::transactions
