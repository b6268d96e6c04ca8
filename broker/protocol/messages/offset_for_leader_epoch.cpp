// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_for_leader_epoch.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(OffsetForLeaderEpochRequest);
WEIR_INSTANTIATE_RESPONSE(OffsetForLeaderEpochResponse);

}  // namespace weir::protocol
