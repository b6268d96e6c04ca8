// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "broker/model/operations.h"
#include "broker/records/batch_header.h"
#include "broker/storage/transaction_index.h"

namespace weir::folder {

/// What the batches of one log, in their order, tell of its producers and of how transactions ended (KIP-98: a batch
/// with the control bit holds the marker). One thread.
class TransactionTrack {
public:
    void add(const records::BatchView& batch);
    /// An aborted transaction whose marker is lost, as the index file tells it.
    void addLost(const storage::AbortedTransaction& aborted);

    /// By the offset of the marker.
    [[nodiscard]] const std::vector<storage::AbortedTransaction>& aborted() const { return m_aborted; }
    /// By producer id; transactionalId is not known here.
    [[nodiscard]] std::vector<ProducerInfo> producers() const;
    /// Of the oldest transaction without a marker; kNoOffset: there is none.
    [[nodiscard]] Offset firstOpen() const;

private:
    std::map<ProducerId, ProducerInfo> m_producers;
    std::vector<storage::AbortedTransaction> m_aborted;
};

}  // namespace weir::folder
