// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/api_versions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ApiVersionsRequest);
WEIR_INSTANTIATE_RESPONSE(ApiVersionsResponse);

}  // namespace weir::protocol
