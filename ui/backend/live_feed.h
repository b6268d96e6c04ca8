// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <vector>

#include "broker/model/snapshot.h"
#include "ui/backend/answer.h"

namespace weir::ui {

/// Per second, from the broker's own counters between two snapshots.
struct Rate {
    double recordsIn = 0;
    double bytesIn = 0;
    double bytesOut = 0;
};

enum class Series {
    kTotalRecordsIn,
    kTotalBytesIn,
    kTotalBytesOut,
    kTopicRecordsIn,
    kTopicBytesIn,
    kTopicBytesOut,
    kGroupLag
};

struct HistoryQuery {
    Series series = Series::kTotalBytesIn;
    /// Topic or group; empty for totals. For kGroupLag "group/topic/partition" is one partition's, "group" the sum.
    QString subject;
    Timestamp from;
    Timestamp to;
    /// At most so many points come back, downsampled.
    int maxPoints = 600;
};
struct HistoryPoint {
    Timestamp at;
    double value = 0;
};

/// What the cluster looks like now, paced at 250 ms, and what it looked like in the last 24 hours.
class LiveFeed : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    /// Never null; empty before the first snapshot.
    [[nodiscard]] virtual SnapshotPtr current() const = 0;
    [[nodiscard]] virtual Rate totalRate() const = 0;
    [[nodiscard]] virtual Rate topicRate(const QString& topic) const = 0;
    /// The last 60 values of recordsIn, one per second, newest last: for sparklines.
    [[nodiscard]] virtual std::vector<double> topicSpark(const QString& topic) const = 0;
    /// Sum over partitions of end minus committed; -1 when the group has committed nothing.
    [[nodiscard]] virtual std::int64_t groupLag(const QString& group) const = 0;
    virtual void history(const HistoryQuery& query, QObject* context, Callback<std::vector<HistoryPoint>> done) = 0;
    /// Since when the data is old because the cluster does not answer; empty while it does.
    [[nodiscard]] virtual QString staleReason() const = 0;

Q_SIGNALS:
    void changed();
};

}  // namespace weir::ui
