// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/fetch.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(FetchRequest);
WEIR_INSTANTIATE_RESPONSE(FetchResponse);

}  // namespace weir::protocol
