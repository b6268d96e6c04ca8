// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_share_group_offsets.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DeleteShareGroupOffsetsRequest);
WEIR_INSTANTIATE_RESPONSE(DeleteShareGroupOffsetsResponse);

}  // namespace weir::protocol
