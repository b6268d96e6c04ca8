// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/add_offsets_to_txn.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AddOffsetsToTxnRequest);
WEIR_INSTANTIATE_RESPONSE(AddOffsetsToTxnResponse);

}  // namespace weir::protocol
