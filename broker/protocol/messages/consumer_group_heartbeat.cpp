// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/consumer_group_heartbeat.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ConsumerGroupHeartbeatRequest);
WEIR_INSTANTIATE_RESPONSE(ConsumerGroupHeartbeatResponse);

}  // namespace weir::protocol
