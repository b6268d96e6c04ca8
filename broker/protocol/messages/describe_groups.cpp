// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_groups.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeGroupsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeGroupsResponse);

}  // namespace weir::protocol
