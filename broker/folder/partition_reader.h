// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "broker/folder/partition_scan.h"
#include "broker/model/admin.h"
#include "broker/model/record_sieve.h"

namespace weir::folder {

/// Reads records of a log that was scanned, as a broker would serve them: markers left out unless asked for, aborted
/// ones left out when only committed ones are wanted. What is damaged is passed over: `next` says so by its gap. Every
/// batch is CRC-checked again, for a file may change under the reader's eyes; that is an error (kStorage).
/// `sieve` may be nullptr. Any thread.
[[nodiscard]] ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(io::FileSystem& disk,
                                                                            const PartitionContents& contents,
                                                                            const ReadRequest& request,
                                                                            const RecordSieve* sieve);

/// As ListOffsets answers: the first record that is not older than `spec.at` (kNoOffset: there is none), the first of
/// those with the largest timestamp, or one of the ends.
[[nodiscard]] ClusterResult<Offset> findOffset(io::FileSystem& disk, const PartitionContents& contents,
                                               const OffsetSpec& spec);

/// How the transaction of a batch ended.
[[nodiscard]] TransactionOutcome outcomeOf(const PartitionContents& contents, const records::BatchView& batch);

/// Hands every whole batch from `from` on to `take`, in order, until that answers false. Views live for the call.
[[nodiscard]] ClusterResult<void> forEachBatch(io::FileSystem& disk, const PartitionContents& contents, Offset from,
                                               const std::function<bool(const records::BatchView&)>& take);

}  // namespace weir::folder
