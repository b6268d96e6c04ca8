// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/heartbeat.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(HeartbeatRequest);
WEIR_INSTANTIATE_RESPONSE(HeartbeatResponse);

}  // namespace weir::protocol
