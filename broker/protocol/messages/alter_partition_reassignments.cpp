// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_partition_reassignments.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterPartitionReassignmentsRequest);
WEIR_INSTANTIATE_RESPONSE(AlterPartitionReassignmentsResponse);

}  // namespace weir::protocol
