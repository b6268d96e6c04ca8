// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/streams_group_describe.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(StreamsGroupDescribeRequest);
WEIR_INSTANTIATE_RESPONSE(StreamsGroupDescribeResponse);

}  // namespace weir::protocol
