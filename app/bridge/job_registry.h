// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <list>

#include "app/bridge/workshop.h"
#include "ui/backend/jobs.h"

namespace weir::app {

/// Every long work of one cluster. GUI thread; each job runs on a thread of its own.
class JobRegistry final : public ui::Jobs {
    Q_OBJECT

public:
    explicit JobRegistry(Workshop& workshop);

    /// Runs `body` on its own thread. Its answer is the sentence for the list when it ended well. `ended` is called on
    /// the GUI thread afterwards.
    using Body = std::function<ClusterResult<QString>(JobControl&)>;
    ui::JobId start(const QString& title, Body body, std::function<void(const ClusterResult<QString>&)> ended = {});
    /// nullptr for a job that ended or is not known.
    [[nodiscard]] JobControl* control(ui::JobId id) const;

    [[nodiscard]] std::vector<ui::JobStatus> all() const override;
    void pause(ui::JobId job) override;
    void resume(ui::JobId job) override;
    void stop(ui::JobId job) override;
    void clearEnded() override;

private:
    struct Job {
        ui::JobStatus status;
        std::shared_ptr<JobControl> control;
        QElapsedTimer age;
        qint64 lastDone = 0;
        qint64 lastMs = 0;
    };
    [[nodiscard]] Job* find(ui::JobId id);
    void refresh(Job& job);
    void end(ui::JobId id, const ClusterResult<QString>& result);
    void tick();

    /// Ended jobs beyond this are forgotten, oldest first.
    static constexpr int kMaxEnded = 50;
    Workshop& m_workshop;
    std::list<Job> m_jobs;
    std::int64_t m_lastId = 0;
    QTimer m_timer;
};

}  // namespace weir::app
