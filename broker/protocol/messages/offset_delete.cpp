// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_delete.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(OffsetDeleteRequest);
WEIR_INSTANTIATE_RESPONSE(OffsetDeleteResponse);

}  // namespace weir::protocol
