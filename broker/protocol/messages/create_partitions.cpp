// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_partitions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(CreatePartitionsRequest);
WEIR_INSTANTIATE_RESPONSE(CreatePartitionsResponse);

}  // namespace weir::protocol
