// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "broker/model/admin.h"
#include "broker/model/record_sieve.h"
#include "broker/records/compression.h"
#include "broker/storage/read_buffer.h"
#include "broker/topics/partition.h"

namespace weir::api {

/// The memory that one read works in.
struct ReadWorkspace {
    storage::ReadBuffer buffer;
    Bytes plain;
    records::Codec codec;
};

/// Lends workspaces and keeps a few that came back, so that a search neither allocates nor clears memory for every
/// megabyte. Owned by the broker through a shared_ptr; a workspace may come back after it is gone. Any thread.
class ReadWorkspaces : public std::enable_shared_from_this<ReadWorkspaces> {
public:
    [[nodiscard]] std::shared_ptr<ReadWorkspace> take();

private:
    std::mutex m_mutex;
    std::vector<std::unique_ptr<ReadWorkspace>> m_spares;
};

/// Reads a range of a partition as decoded records, with the memory they point into. Whole batches are read from the
/// log, each CRC-checked; records outside the range are left out, and so are those that a sieve (or nullptr) holds
/// back. Any thread.
ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(topics::Partition& partition, const ReadRequest& request,
                                                              const RecordSieve* sieve, ReadWorkspaces& workspaces);

}  // namespace weir::api
