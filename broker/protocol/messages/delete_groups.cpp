// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_groups.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DeleteGroupsRequest);
WEIR_INSTANTIATE_RESPONSE(DeleteGroupsResponse);

}  // namespace weir::protocol
