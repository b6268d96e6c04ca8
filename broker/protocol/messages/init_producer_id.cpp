// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/init_producer_id.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(InitProducerIdRequest);
WEIR_INSTANTIATE_RESPONSE(InitProducerIdResponse);

}  // namespace weir::protocol
