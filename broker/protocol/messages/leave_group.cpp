// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/leave_group.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(LeaveGroupRequest);
WEIR_INSTANTIATE_RESPONSE(LeaveGroupResponse);

}  // namespace weir::protocol
