// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_configs.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeConfigsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeConfigsResponse);

}  // namespace weir::protocol
