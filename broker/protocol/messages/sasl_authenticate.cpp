// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sasl_authenticate.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(SaslAuthenticateRequest);
WEIR_INSTANTIATE_RESPONSE(SaslAuthenticateResponse);

}  // namespace weir::protocol
