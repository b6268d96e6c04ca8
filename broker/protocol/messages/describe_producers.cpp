// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_producers.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeProducersRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeProducersResponse);

}  // namespace weir::protocol
