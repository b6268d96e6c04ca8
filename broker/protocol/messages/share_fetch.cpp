// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_fetch.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ShareFetchRequest);
WEIR_INSTANTIATE_RESPONSE(ShareFetchResponse);

}  // namespace weir::protocol
