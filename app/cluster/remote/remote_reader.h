// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "app/cluster/remote/wire.h"
#include "broker/model/record_sieve.h"

/// Records and offsets of a remote partition. Asks its leader; where the leader moved, looks for it again, once.
/// Blocking; any thread.
namespace weir::app {

/// `sieve` may be nullptr. With Isolation::kReadCommitted, records of aborted transactions are left out.
ClusterResult<std::shared_ptr<const RecordChunk>> readRemote(Wire& wire, const ReadRequest& request,
                                                             const RecordSieve* sieve);
ClusterResult<Offset> remoteOffset(Wire& wire, const TopicPartition& partition, const OffsetSpec& spec);

}  // namespace weir::app
