// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_transactions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeTransactionsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeTransactionsResponse);

}  // namespace weir::protocol
