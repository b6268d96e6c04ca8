// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/produce.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ProduceRequest);
WEIR_INSTANTIATE_RESPONSE(ProduceResponse);

}  // namespace weir::protocol
