// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_transactions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ListTransactionsRequest);
WEIR_INSTANTIATE_RESPONSE(ListTransactionsResponse);

}  // namespace weir::protocol
