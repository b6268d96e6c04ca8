// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_client_quotas.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterClientQuotasRequest);
WEIR_INSTANTIATE_RESPONSE(AlterClientQuotasResponse);

}  // namespace weir::protocol
