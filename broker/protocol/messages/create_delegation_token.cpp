// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_delegation_token.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(CreateDelegationTokenRequest);
WEIR_INSTANTIATE_RESPONSE(CreateDelegationTokenResponse);

}  // namespace weir::protocol
