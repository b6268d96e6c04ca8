// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
#include "app/publish/record_encoder.h"
#include "app/publish/template_text.h"
#include "broker/base/clock.h"

namespace weir::app {

struct RepeatSpec {
    std::string topic;
    /// Templates; nothing is null.
    std::optional<std::string> key;
    std::optional<std::string> value;
    /// Values that are UTF-8 text are templates too.
    std::vector<Header> headers;
    /// What the templates give is JSON for these.
    std::optional<SchemaChoice> keySchema;
    std::optional<SchemaChoice> valueSchema;
    std::optional<PartitionId> partition;
    ProduceOptions options;
    double rate = 10;
    /// 0: until stopped.
    std::int64_t count = 0;
};

/// Publishes a template at a rate. Blocks. An error is the first one of the cluster, of a template, or of a record that
/// does not fit its schema, which it numbers; what came before it was published.
ClusterResult<void> repeatPublish(Cluster& cluster, const Clock& clock, Random& random, const RepeatSpec& spec,
                                  JobControl& control);

}  // namespace weir::app
