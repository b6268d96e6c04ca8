// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/metadata.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(MetadataRequest);
WEIR_INSTANTIATE_RESPONSE(MetadataResponse);

}  // namespace weir::protocol
