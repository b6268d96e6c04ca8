// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/offset_fetch.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(OffsetFetchRequest);
WEIR_INSTANTIATE_RESPONSE(OffsetFetchResponse);

}  // namespace weir::protocol
