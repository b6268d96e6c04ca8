// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_configs.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterConfigsRequest);
WEIR_INSTANTIATE_RESPONSE(AlterConfigsResponse);

}  // namespace weir::protocol
