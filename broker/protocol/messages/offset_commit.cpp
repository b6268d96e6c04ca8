// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_commit.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(OffsetCommitRequest);
WEIR_INSTANTIATE_RESPONSE(OffsetCommitResponse);

}  // namespace weir::protocol
