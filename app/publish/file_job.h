// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/exchange/record_file.h"
#include "app/jobs/job_control.h"
#include "broker/base/clock.h"

namespace weir::app {

struct FilePublishSpec {
    std::string topic;
    RecordFileSpec file;
    ProduceOptions options;
    /// 0: as fast as possible.
    double rate = 0;
};

/// Publishes a file's records in order. Rows that cannot be read are counted as errors and passed over, the first one
/// named in the control's message. Partitions of a Weir export are kept where the topic has them. Blocks.
ClusterResult<void> publishFile(Cluster& cluster, const Clock& clock, const FilePublishSpec& spec, JobControl& control);

/// The first records as they would be published, one line each; a row that cannot be read shows its error.
[[nodiscard]] Result<std::vector<std::string>, std::string> previewFile(const RecordFileSpec& spec, std::size_t rows);

}  // namespace weir::app
