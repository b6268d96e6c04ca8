// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "ui/backend/answer.h"
#include "ui/backend/jobs.h"

namespace weir::ui {

enum class ReplayPace { kAsFastAsPossible, kOriginalTiming, kRate };
struct ReplaySpec {
    QString fromTopic;
    std::vector<PartitionId> partitions;  // empty: all
    /// Range by offset (one partition) or by time; kNoOffset / kNoTimestamp: open.
    Offset fromOffset = kNoOffset;
    Offset untilOffset = kNoOffset;
    Timestamp fromTime = kNoTimestamp;
    Timestamp untilTime = kNoTimestamp;
    QString filter;
    bool filterIsExpression = false;
    QString toTopic;
    ReplayPace pace = ReplayPace::kAsFastAsPossible;
    double factor = 1.0;       // for kOriginalTiming, 0.1 to 100
    double ratePerSecond = 0;  // for kRate
    bool keepPartitions = true;
    bool shiftTimestampsToNow = false;
    bool loop = false;
};

struct DryRun {
    qint64 records = 0;
    qint64 bytes = 0;
    Timestamp first = kNoTimestamp;
    Timestamp last = kNoTimestamp;
    qint64 scanned = 0;
    /// How long it would take at the chosen pace, -1 unknown.
    qint64 expectedMs = -1;
    QStringList warnings;
};

class Replayer {
public:
    virtual ~Replayer() = default;
    virtual void dryRun(const ReplaySpec& spec, QObject* context, Callback<DryRun> done) = 0;
    virtual JobId start(const ReplaySpec& spec) = 0;
};

}  // namespace weir::ui
