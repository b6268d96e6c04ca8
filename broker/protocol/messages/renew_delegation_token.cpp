// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/renew_delegation_token.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(RenewDelegationTokenRequest);
WEIR_INSTANTIATE_RESPONSE(RenewDelegationTokenResponse);

}  // namespace weir::protocol
