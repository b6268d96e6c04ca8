// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/streams_group_heartbeat.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(StreamsGroupHeartbeatRequest);
WEIR_INSTANTIATE_RESPONSE(StreamsGroupHeartbeatResponse);

}  // namespace weir::protocol
