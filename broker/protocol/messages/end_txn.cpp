// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/end_txn.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(EndTxnRequest);
WEIR_INSTANTIATE_RESPONSE(EndTxnResponse);

}  // namespace weir::protocol
