// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sync_group.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(SyncGroupRequest);
WEIR_INSTANTIATE_RESPONSE(SyncGroupResponse);

}  // namespace weir::protocol
