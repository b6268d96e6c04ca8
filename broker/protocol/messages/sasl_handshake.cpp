// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/sasl_handshake.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(SaslHandshakeRequest);
WEIR_INSTANTIATE_RESPONSE(SaslHandshakeResponse);

}  // namespace weir::protocol
