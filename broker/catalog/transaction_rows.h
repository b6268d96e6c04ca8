// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"

/// What the catalog keeps of transactions, as plain values.
namespace weir::catalog {

/// One transactional id. What the fields mean is the coordinator's (broker/transactions).
struct TransactionRow {
    std::string transactionalId;
    ProducerId producerId = kNoProducerId;
    ProducerId previousProducerId = kNoProducerId;
    ProducerId nextProducerId = kNoProducerId;
    ProducerEpoch epoch = kNoProducerEpoch;
    ProducerEpoch lastEpoch = kNoProducerEpoch;
    std::int32_t timeoutMs = 0;
    /// In words, for whoever opens the file.
    std::string state;
    std::int32_t version = 1;
    Timestamp startedAt = kNoTimestamp;
    Timestamp updatedAt = kNoTimestamp;
    std::vector<TopicPartition> partitions;
    std::vector<std::string> groups;
    bool operator==(const TransactionRow&) const = default;
};

/// One atomic change of one transactional id.
struct TransactionChange {
    /// The id goes with everything it has; of the row only the id counts.
    bool remove = false;
    /// Partitions and groups that are stored go before those of the row are added.
    bool forgetsTouched = false;
    TransactionRow row;
};

}  // namespace weir::catalog
