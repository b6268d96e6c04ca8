// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include "broker/topics/partition_types.h"
#include "broker/transactions/coordinator.h"

namespace weir::transactions {

/// The gate for the batches of one produce request: lets in what the coordinator says is in the transaction.
class Admission final : public topics::TransactionGate {
public:
    Admission(const Coordinator& coordinator, std::string transactionalId, TxnVersion version)
        : m_coordinator(coordinator), m_transactionalId(std::move(transactionalId)), m_version(version) {}

    [[nodiscard]] topics::PartitionResult<void> admit(const TopicPartition& partition, ProducerId producerId,
                                                      ProducerEpoch epoch) const override;
    [[nodiscard]] bool startsAtZero() const override { return m_version == TxnVersion::kSecond; }

private:
    const Coordinator& m_coordinator;
    std::string m_transactionalId;
    TxnVersion m_version;
};

}  // namespace weir::transactions
