// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/expire_delegation_token.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ExpireDelegationTokenRequest);
WEIR_INSTANTIATE_RESPONSE(ExpireDelegationTokenResponse);

}  // namespace weir::protocol
