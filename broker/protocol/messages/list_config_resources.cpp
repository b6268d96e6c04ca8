// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_config_resources.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ListConfigResourcesRequest);
WEIR_INSTANTIATE_RESPONSE(ListConfigResourcesResponse);

}  // namespace weir::protocol
