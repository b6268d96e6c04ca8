// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/join_group.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(JoinGroupRequest);
WEIR_INSTANTIATE_RESPONSE(JoinGroupResponse);

}  // namespace weir::protocol
