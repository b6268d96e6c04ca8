// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/push_telemetry.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(PushTelemetryRequest);
WEIR_INSTANTIATE_RESPONSE(PushTelemetryResponse);

}  // namespace weir::protocol
