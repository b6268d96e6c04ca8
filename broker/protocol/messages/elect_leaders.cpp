// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/elect_leaders.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ElectLeadersRequest);
WEIR_INSTANTIATE_RESPONSE(ElectLeadersResponse);

}  // namespace weir::protocol
