// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_client_quotas.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeClientQuotasRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeClientQuotasResponse);

}  // namespace weir::protocol
