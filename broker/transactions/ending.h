// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "broker/topics/partition_types.h"
#include "broker/transactions/transaction.h"

namespace weir::transactions {

/// Where the ends of transactions are written: partitions and groups, or a test's idea of them. Thread safe. The
/// coordinator calls with no lock held.
class EndingPlaces {
public:
    virtual ~EndingPlaces() = default;
    /// `done` says whether the partition has its marker, as safe from a power cut as a record that is acknowledged
    /// there, or needs none because it is gone or a newer incarnation of the producer has written there. False: not
    /// now; it is tried again. From any thread, also inside the call.
    virtual void writeMarker(const TopicPartition& partition, const topics::TransactionMarker& marker,
                             std::function<void(bool)> done) = 0;
    /// Offsets that the producer has staged in the group become the group's, or go. `done` says whether that is
    /// durable; from any thread.
    virtual void endStagedOffsets(const std::string& group, ProducerId producerId, Outcome outcome,
                                  std::function<void(bool)> done) = 0;
};

}  // namespace weir::transactions
