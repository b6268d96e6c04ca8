// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
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
    /// One of ReplayTarget; empty: the cluster it comes from.
    QString toCluster;
    /// "value.card.number", "key", "headers.auth": what does not leave.
    QStringList maskedFields;
    /// Equal stays equal, by a hash that cannot be undone; otherwise nothing is left of it.
    bool masksByHash = false;
};

/// Another open cluster to write to.
struct ReplayTarget {
    QString id;
    QString name;
    /// Empty: it can be written to.
    QString whyNot;
    bool operator==(const ReplayTarget&) const = default;
};

/// A replay that can go on.
struct UnfinishedReplay {
    QString id;
    QString title;
    qint64 sent = 0;
    Timestamp stoppedAt = kNoTimestamp;
    /// Why it cannot go on now; empty: it can.
    QString whyNot;
    bool operator==(const UnfinishedReplay&) const = default;
};

struct DryRun {
    qint64 records = 0;
    qint64 bytes = 0;
    Timestamp first = kNoTimestamp;
    Timestamp last = kNoTimestamp;
    qint64 scanned = 0;
    /// Selected, but what is to be masked in them is no JSON: they would not be sent.
    qint64 leftOut = 0;
    /// A masked value, as it would be written; empty when nothing is masked.
    QString sample;
    /// How long it would take at the chosen pace, -1 unknown.
    qint64 expectedMs = -1;
    QStringList warnings;
};

class Replayer {
public:
    virtual ~Replayer() = default;
    virtual void dryRun(const ReplaySpec& spec, QObject* context, Callback<DryRun> done) = 0;
    virtual JobId start(const ReplaySpec& spec) = 0;
    /// The clusters that are open beside this one.
    [[nodiscard]] virtual std::vector<ReplayTarget> targets() const { return {}; }
    /// Those of this cluster that were stopped, failed, or were under way when Weir ended, the newest first.
    [[nodiscard]] virtual std::vector<UnfinishedReplay> unfinished() const { return {}; }
    /// Goes on with one of them where it stopped: no record comes twice and none is lost.
    virtual JobId goOn(const QString&) { return {}; }
    /// Leaves it as it is: what was sent stays.
    virtual void forget(const QString&) {}
};

}  // namespace weir::ui
