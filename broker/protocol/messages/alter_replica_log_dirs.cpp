// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_replica_log_dirs.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterReplicaLogDirsRequest);
WEIR_INSTANTIATE_RESPONSE(AlterReplicaLogDirsResponse);

}  // namespace weir::protocol
