// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>

#include "broker/model/admin.h"

namespace weir::app {

/// How far a replay has come at a moment at which all that it sent was acknowledged: what a later run needs so that
/// nothing comes twice and nothing is lost, whatever the earlier one did after this moment.
struct ReplayCheckpoint {
    /// One partition of the source. The range is fixed when a replay begins.
    struct Source {
        Offset start;
        Offset next;
        Offset until;
        /// Largest timestamp before `next`: the order of records among partitions goes by it; -1: none yet.
        std::int64_t latest = -1;
        bool operator==(const Source&) const = default;
    };

    std::map<PartitionId, Source> sources;
    /// Where each partition of the target ended after the last acknowledged record, or when the replay began. What an
    /// interrupted run may have written lies behind. Keyed records are spread over as many partitions as stand here.
    std::map<PartitionId, Offset> ends;
    /// All zero where the cluster tells none.
    TopicId from;
    TopicId to;
    /// As whom it writes, where the target numbers its writers.
    ProducerNumbers producer;
    std::int64_t sent = 0;

    [[nodiscard]] bool isEmpty() const { return sources.empty() && ends.empty(); }
};

}  // namespace weir::app
