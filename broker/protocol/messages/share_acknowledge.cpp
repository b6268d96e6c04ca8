// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/share_acknowledge.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ShareAcknowledgeRequest);
WEIR_INSTANTIATE_RESPONSE(ShareAcknowledgeResponse);

}  // namespace weir::protocol
