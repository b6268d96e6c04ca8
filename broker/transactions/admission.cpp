// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/transactions/admission.h"

namespace weir::transactions {

topics::PartitionResult<void> Admission::admit(const TopicPartition& partition, ProducerId producerId,
                                               ProducerEpoch epoch) const {
    using topics::PartitionErrc;
    switch (m_coordinator.verify(m_transactionalId, {producerId, epoch}, partition)) {
        case TxnErrc::kNone:
            return {};
        case TxnErrc::kProducerFenced:
            return fail(PartitionErrc::kInvalidProducerEpoch, "another producer has taken over the transactional id");
        case TxnErrc::kTransactionAbortable:
            return fail(PartitionErrc::kNotInTransaction, "the partition was not added to the transaction");
        case TxnErrc::kInvalidProducerIdMapping:
            return fail(PartitionErrc::kUnknownTransaction, "the transactional id has another producer id");
        default:
            return fail(PartitionErrc::kTransactionPending, "the transaction before is still being ended");
    }
}

}  // namespace weir::transactions
