// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_share_group_offsets.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterShareGroupOffsetsRequest);
WEIR_INSTANTIATE_RESPONSE(AlterShareGroupOffsetsResponse);

}  // namespace weir::protocol
