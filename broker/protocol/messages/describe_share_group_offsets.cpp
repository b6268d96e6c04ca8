// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_share_group_offsets.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeShareGroupOffsetsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeShareGroupOffsetsResponse);

}  // namespace weir::protocol
