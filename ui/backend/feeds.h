// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "ui/backend/answer.h"
#include "ui/backend/jobs.h"

namespace weir::ui {

struct FeedDescription {
    QString id;  // "stocks", "orders", "iot", "clicks"
    QString title;
    QString summary;
    QStringList topics;
    double defaultRate = 1000;
    double maxRate = 100000;
    /// What one record looks like, pretty JSON, made by the feed itself.
    QString sample;
};

struct FeedOptions {
    double rate = 1000;
    std::uint64_t seed = 0;  // 0: another each time
    /// Share of records, 0 to 1, that go to one hot key, and that are unreadable on purpose.
    double hotKeyShare = 0;
    double poisonShare = 0;
};

class Feeds : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual std::vector<FeedDescription> all() const = 0;
    /// Creates the topics where they are missing and starts; a feed that runs already is left alone.
    virtual void start(const QString& feed, const FeedOptions& options, QObject* context, Callback<JobId> done) = 0;
    virtual void setRate(const QString& feed, double rate) = 0;
    virtual void stop(const QString& feed) = 0;
    [[nodiscard]] virtual bool isRunning(const QString& feed) const = 0;
    [[nodiscard]] virtual double rateOf(const QString& feed) const = 0;

Q_SIGNALS:
    void changed();
};

}  // namespace weir::ui
