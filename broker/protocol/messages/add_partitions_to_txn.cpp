// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/add_partitions_to_txn.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AddPartitionsToTxnRequest);
WEIR_INSTANTIATE_RESPONSE(AddPartitionsToTxnResponse);

}  // namespace weir::protocol
