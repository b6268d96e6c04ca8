// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <cstdint>
#include <vector>

#include "broker/model/ids.h"

namespace weir::ui {

using JobId = Strong<struct JobIdTag, std::int64_t>;

enum class JobState { kRunning, kPaused, kDone, kStopped, kFailed };
struct JobStatus {
    JobId id;
    /// "Replay trades to trades-copy"
    QString title;
    JobState state = JobState::kRunning;
    qint64 done = 0;
    /// -1: no end known.
    qint64 total = -1;
    double perSecond = 0;
    qint64 elapsedMs = 0;
    qint64 errors = 0;
    /// A sentence: what it does now, or why it ended.
    QString message;
};

/// Long work that goes on while pages come and go: replays, repeated publishing, imports, exports, feeds.
class Jobs : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual std::vector<JobStatus> all() const = 0;
    virtual void pause(JobId job) = 0;
    virtual void resume(JobId job) = 0;
    /// Takes effect within 50 ms.
    virtual void stop(JobId job) = 0;
    /// Forgets ended jobs.
    virtual void clearEnded() = 0;

Q_SIGNALS:
    /// At most every 250 ms while something runs, and at each change of state.
    void changed();
};

}  // namespace weir::ui
