// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/exchange/record_file.h"
#include "app/jobs/job_control.h"
#include "app/publish/record_encoder.h"
#include "broker/base/clock.h"

namespace weir::app {

struct FilePublishSpec {
    std::string topic;
    RecordFileSpec file;
    /// Keys and values are JSON for these. Those of a Weir export are passed over where they do not fit, as others.
    std::optional<SchemaChoice> keySchema;
    std::optional<SchemaChoice> valueSchema;
    ProduceOptions options;
    /// 0: as fast as possible.
    double rate = 0;
};

/// Publishes a file's records in order. Rows that cannot be read, or do not fit their schema, are counted as errors and
/// passed over; the control's message names the first one with its line and why. Partitions of a Weir export are kept
/// where the topic has them. Blocks.
ClusterResult<void> publishFile(Cluster& cluster, const Clock& clock, const FilePublishSpec& spec, JobControl& control);

/// The first records as they would be published, one line each, before they are encoded; a row that cannot be read or
/// does not fit its schema shows its error. Without an encoder none has one.
[[nodiscard]] Result<std::vector<std::string>, std::string> previewFile(const RecordFileSpec& spec, std::size_t rows,
                                                                        RecordEncoder* encoder = nullptr);

}  // namespace weir::app
