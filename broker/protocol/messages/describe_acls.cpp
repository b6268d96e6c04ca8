// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_acls.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeAclsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeAclsResponse);

}  // namespace weir::protocol
