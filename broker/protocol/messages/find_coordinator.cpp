// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/find_coordinator.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(FindCoordinatorRequest);
WEIR_INSTANTIATE_RESPONSE(FindCoordinatorResponse);

}  // namespace weir::protocol
