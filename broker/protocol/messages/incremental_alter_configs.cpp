// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/incremental_alter_configs.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(IncrementalAlterConfigsRequest);
WEIR_INSTANTIATE_RESPONSE(IncrementalAlterConfigsResponse);

}  // namespace weir::protocol
