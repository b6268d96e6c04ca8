// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_groups.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ListGroupsRequest);
WEIR_INSTANTIATE_RESPONSE(ListGroupsResponse);

}  // namespace weir::protocol
