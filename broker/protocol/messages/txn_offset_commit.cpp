// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/txn_offset_commit.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(TxnOffsetCommitRequest);
WEIR_INSTANTIATE_RESPONSE(TxnOffsetCommitResponse);

}  // namespace weir::protocol
