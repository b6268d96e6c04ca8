// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_partition_reassignments.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(ListPartitionReassignmentsRequest);
WEIR_INSTANTIATE_RESPONSE(ListPartitionReassignmentsResponse);

}  // namespace weir::protocol
