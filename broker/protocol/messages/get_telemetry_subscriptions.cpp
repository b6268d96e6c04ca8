// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/get_telemetry_subscriptions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(GetTelemetrySubscriptionsRequest);
WEIR_INSTANTIATE_RESPONSE(GetTelemetrySubscriptionsResponse);

}  // namespace weir::protocol
