// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/job_registry.h"

#include <algorithm>

namespace weir::app {

namespace {

bool isOver(const ui::JobStatus& status) {
    return status.state != ui::JobState::kRunning && status.state != ui::JobState::kPaused;
}

}  // namespace

JobRegistry::JobRegistry(Workshop& workshop) : m_workshop(workshop) {
    m_timer.setInterval(250);
    connect(&m_timer, &QTimer::timeout, this, &JobRegistry::tick);
}

ui::JobId JobRegistry::start(const QString& title, Body body,
                             std::function<void(const ClusterResult<QString>&)> ended) {
    Job& job = m_jobs.emplace_back();
    job.status.id = ui::JobId(++m_lastId);
    job.status.title = title;
    job.control = std::make_shared<JobControl>();
    job.age.start();
    const ui::JobId id = job.status.id;
    m_workshop.startThread(job.control, [this, workshop = &m_workshop, control = job.control, body = std::move(body),
                                         ended = std::move(ended), guard = Workshop::Guard(this), id] {
        auto result = std::make_shared<ClusterResult<QString>>(body(*control));
        workshop->toGui(guard, [this, id, result, ended] {
            end(id, *result);
            if (ended) {
                ended(*result);
            }
        });
    });
    m_timer.start();
    Q_EMIT changed();
    return id;
}

JobRegistry::Job* JobRegistry::find(ui::JobId id) {
    const auto found = std::find_if(m_jobs.begin(), m_jobs.end(), [id](const Job& job) { return job.status.id == id; });
    return found == m_jobs.end() ? nullptr : &*found;
}

JobControl* JobRegistry::control(ui::JobId id) const {
    for (const Job& job : m_jobs) {
        if (job.status.id == id && !isOver(job.status)) {
            return job.control.get();
        }
    }
    return nullptr;
}

void JobRegistry::refresh(Job& job) {
    ui::JobStatus& status = job.status;
    status.done = job.control->done();
    status.total = job.control->total();
    status.errors = job.control->errors();
    const qint64 now = job.age.elapsed();
    if (now - job.lastMs >= 1000) {
        status.perSecond =
            static_cast<double>(status.done - job.lastDone) * 1000.0 / static_cast<double>(now - job.lastMs);
        job.lastDone = status.done;
        job.lastMs = now;
    } else if (job.lastMs == 0 && now > 0) {
        // The first second has no second before it.
        status.perSecond = static_cast<double>(status.done) * 1000.0 / static_cast<double>(now);
    }
    if (!isOver(status)) {
        status.elapsedMs = now;
        status.message = toQt(job.control->message());
        status.state = job.control->isPaused() ? ui::JobState::kPaused : ui::JobState::kRunning;
    }
}

void JobRegistry::tick() {
    bool isRunning = false;
    for (Job& job : m_jobs) {
        if (!isOver(job.status)) {
            isRunning = true;
            refresh(job);
        }
    }
    if (!isRunning) {
        m_timer.stop();
        return;
    }
    Q_EMIT changed();
}

void JobRegistry::end(ui::JobId id, const ClusterResult<QString>& result) {
    Job* const job = find(id);
    if (job == nullptr) {
        return;
    }
    refresh(*job);
    const bool wasStopped = job->control->isStopped();
    const bool isCancel = !result && result.error().code == ClusterErrc::kCancelled;
    job->status.state = wasStopped || isCancel ? ui::JobState::kStopped
                        : result               ? ui::JobState::kDone
                                               : ui::JobState::kFailed;
    if (!result) {
        job->status.message = toQt(result.error().message);
    } else if (!result->isEmpty()) {
        job->status.message = *result;
    }
    auto ended = std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job& one) { return isOver(one.status); });
    for (auto it = m_jobs.begin(); it != m_jobs.end() && ended > kMaxEnded;) {
        if (isOver(it->status)) {
            it = m_jobs.erase(it);
            --ended;
        } else {
            ++it;
        }
    }
    Q_EMIT changed();
}

std::vector<ui::JobStatus> JobRegistry::all() const {
    std::vector<ui::JobStatus> statuses;
    for (const Job& job : m_jobs) {
        statuses.push_back(job.status);
    }
    return statuses;
}

void JobRegistry::pause(ui::JobId id) {
    if (Job* const job = find(id); job != nullptr && !isOver(job->status)) {
        job->control->pause();
        refresh(*job);
        Q_EMIT changed();
    }
}

void JobRegistry::resume(ui::JobId id) {
    if (Job* const job = find(id); job != nullptr && !isOver(job->status)) {
        job->control->resume();
        refresh(*job);
        Q_EMIT changed();
    }
}

void JobRegistry::stop(ui::JobId id) {
    if (Job* const job = find(id); job != nullptr && !isOver(job->status)) {
        job->control->stop();
        job->status.message = tr("Stopping…");
        Q_EMIT changed();
    }
}

void JobRegistry::clearEnded() {
    m_jobs.remove_if([](const Job& job) { return isOver(job.status); });
    Q_EMIT changed();
}

}  // namespace weir::app
