// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/unregister_broker.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(UnregisterBrokerRequest);
WEIR_INSTANTIATE_RESPONSE(UnregisterBrokerResponse);

}  // namespace weir::protocol
