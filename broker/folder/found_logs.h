// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/io/file_system.h"
#include "broker/model/ids.h"
#include "broker/storage/errors.h"

namespace weir::folder {

/// The folder of one log.
struct PartitionFolder {
    TopicPartition partition;
    io::Path path;
    /// Zero where no partition.metadata tells.
    TopicId topicId;
    /// log-start-offset-checkpoint: records below it were deleted. kNoOffset where it says nothing.
    Offset logStart = kNoOffset;
    /// cleaner-offset-checkpoint knows it: the topic is compacted.
    bool isCompacted = false;
    /// recovery-point-offset-checkpoint: so far the log was on the disk for sure. kNoOffset where it says nothing.
    Offset recoveryPoint = kNoOffset;
};

struct FoundLogs {
    /// By partition.
    std::vector<PartitionFolder> logs;
    /// meta.properties; empty where it is not there.
    std::string clusterId;
    /// What could not be used, a sentence each.
    std::vector<std::string> notes;
};

/// The logs in `folder`: it is one of a broker's log.dirs, or holds several of them, or is the folder of a single log.
/// Nothing is opened for writing. kForeign: there is no log in it.
[[nodiscard]] storage::StorageResult<FoundLogs> findLogs(io::FileSystem& disk, const io::Path& folder);

}  // namespace weir::folder
