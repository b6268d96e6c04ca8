// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/write_txn_markers.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(WriteTxnMarkersRequest);
WEIR_INSTANTIATE_RESPONSE(WriteTxnMarkersResponse);

}  // namespace weir::protocol
