// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/consumer_group_describe.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ConsumerGroupDescribeRequest);
WEIR_INSTANTIATE_RESPONSE(ConsumerGroupDescribeResponse);

}  // namespace weir::protocol
