// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/group_errc.h"
#include "broker/protocol/error_code.h"
#include "broker/transactions/transaction.h"

/// The coordinator's answers in the codes of the wire.
namespace weir::server {

inline protocol::ErrorCode toKafka(transactions::TxnErrc error) {
    return static_cast<protocol::ErrorCode>(error);
}

/// Clients older than KIP-588 do not know PRODUCER_FENCED and are told of the epoch instead.
inline protocol::ErrorCode toKafkaBefore(transactions::TxnErrc error, bool isOldClient) {
    return isOldClient && error == transactions::TxnErrc::kProducerFenced ? protocol::ErrorCode::kInvalidProducerEpoch
                                                                          : toKafka(error);
}

/// For what is written on behalf of a transaction, records and offsets alike: whoever is fenced hears it as 47, which
/// is not fatal to clients, and a producer before KIP-890 does not know that it could abort.
inline protocol::ErrorCode toKafkaForWrites(transactions::TxnErrc error, bool knowsAbortable) {
    using transactions::TxnErrc;
    if (error == TxnErrc::kTransactionAbortable && !knowsAbortable) {
        return protocol::ErrorCode::kInvalidTxnState;
    }
    return toKafkaBefore(error, true);
}

}  // namespace weir::server
