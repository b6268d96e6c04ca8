// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/jobs/job_control.h"
#include "app/search/matcher.h"
#include "app/search/row_index.h"

namespace weir::app {

struct ExportSpec {
    std::string topic;
    std::vector<PartitionSpan> spans;
    Isolation isolation = Isolation::kReadUncommitted;
    /// 0: all.
    std::int64_t stopAfterMatches = 0;
    Timestamp stopAtTime = kNoTimestamp;
    std::string path;
    /// Else NDJSON.
    bool isCsv = false;
    /// Keys and values that are framed with a schema's id as their bytes; else as the JSON behind them.
    bool asStored = false;
};

/// Writes matching records in time order to `path`; a file is there only when it is whole (it is written beside and
/// renamed). Blocks; `control` counts records read against their total and stops it. Answers how many were written.
ClusterResult<std::int64_t> exportRecords(Cluster& cluster, const ExportSpec& spec, const Matcher& matcher,
                                          JobControl& control);

}  // namespace weir::app
