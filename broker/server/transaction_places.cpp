// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/transaction_places.h"

#include <utility>

namespace weir::server {

void TransactionPlaces::writeMarker(const TopicPartition& partition, const topics::TransactionMarker& marker,
                                    std::function<void(bool)> done) {
    using topics::PartitionErrc;
    const auto topic = m_topics.snapshot()->byName(partition.topic);
    if (!topic || !topic->has(partition.partition)) {
        done(true);  // deleted, and with it everything that the transaction had there
        return;
    }
    const auto at = topic->partition(partition.partition);
    if (!at) {
        done(false);  // offline until a restart, after which it is tried again
        return;
    }
    const auto written = at->endTransaction(marker, Timestamp(m_clock.wallNowMs()));
    if (!written) {
        m_logger.warn("{}-{}: no marker for producer {}: {}", partition.topic, partition.partition.value,
                      marker.producerId.value, written.error().message);
        const PartitionErrc code = written.error().code;
        done(code == PartitionErrc::kDeleted || code == PartitionErrc::kInvalidProducerEpoch ||
             code == PartitionErrc::kCoordinatorFenced);
    } else if (written->committed) {
        done(true);
    } else {
        at->whenCommitted(written->lastOffset, std::move(done));
    }
}

void TransactionPlaces::endStagedOffsets(const std::string& group, ProducerId producerId, transactions::Outcome outcome,
                                         std::function<void(bool)> done) {
    m_groups.endStaged(group, {producerId, outcome == transactions::Outcome::kCommit},
                       [done = std::move(done)](bool durable) { done(durable); });
}

}  // namespace weir::server
