// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_group_heartbeat.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ShareGroupHeartbeatRequest);
WEIR_INSTANTIATE_RESPONSE(ShareGroupHeartbeatResponse);

}  // namespace weir::protocol
