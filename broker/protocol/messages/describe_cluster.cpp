// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_cluster.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeClusterRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeClusterResponse);

}  // namespace weir::protocol
