// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_quorum.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeQuorumRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeQuorumResponse);

}  // namespace weir::protocol
