// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_group_describe.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ShareGroupDescribeRequest);
WEIR_INSTANTIATE_RESPONSE(ShareGroupDescribeResponse);

}  // namespace weir::protocol
