// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_offsets.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ListOffsetsRequest);
WEIR_INSTANTIATE_RESPONSE(ListOffsetsResponse);

}  // namespace weir::protocol
