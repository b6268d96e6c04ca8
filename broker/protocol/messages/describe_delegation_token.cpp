// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_delegation_token.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeDelegationTokenRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeDelegationTokenResponse);

}  // namespace weir::protocol
