// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "app/cluster/cluster.h"
#include "app/jobs/job_control.h"
#include "app/jobs/worker_pool.h"
#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "ui/backend/answer.h"

namespace weir::app {

inline std::string toStd(const QString& text) {
    return text.toStdString();
}
inline QString toQt(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Threads for work, and the way back to the window. Created and destroyed on the GUI thread; destruction stops every
/// job, waits for all threads, and drops answers that are still on their way.
class Workshop {
public:
    Workshop(std::shared_ptr<Cluster> cluster, const Clock& clock, Random& random);
    ~Workshop();
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;

    [[nodiscard]] Cluster& cluster() const { return *m_cluster; }
    [[nodiscard]] const std::shared_ptr<Cluster>& sharedCluster() const { return m_cluster; }
    [[nodiscard]] const Clock& clock() const { return m_clock; }
    [[nodiscard]] Random& random() const { return m_random; }
    [[nodiscard]] WorkerPool& pool() { return m_pool; }
    [[nodiscard]] Timestamp now() const { return Timestamp(m_clock.wallNowMs()); }

    /// Runs `work` on a worker and `done` with its result on the GUI thread, unless `context` is gone by then.
    template <class T>
    void ask(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>()> work) {
        m_pool.post([this, guard = Guard(context), done = std::move(done), work = std::move(work)] {
            auto result = std::make_shared<ClusterResult<T>>(work());
            toGui(guard, [done, result] { done(std::move(*result)); });
        });
    }

    /// Remembers whether an answer is still wanted. Made on the GUI thread.
    class Guard {
    public:
        explicit Guard(QObject* context) : m_object(context), m_isFree(context == nullptr) {}
        /// GUI thread only.
        [[nodiscard]] bool isAlive() const { return m_isFree || !m_object.isNull(); }

    private:
        QPointer<QObject> m_object;
        bool m_isFree;
    };
    /// From any thread: runs `work` later on the GUI thread if the guard still lives.
    void toGui(const Guard& guard, std::function<void()> work);

    /// A thread of its own for long work; `control` is stopped when the workshop closes.
    void startThread(std::shared_ptr<JobControl> control, std::function<void()> body);

private:
    struct LongThread {
        std::shared_ptr<JobControl> control;
        std::shared_ptr<std::atomic<bool>> isDone;
        std::thread thread;
    };
    void reap();

    std::shared_ptr<Cluster> m_cluster;
    const Clock& m_clock;
    Random& m_random;
    std::unique_ptr<QObject> m_receiver;
    WorkerPool m_pool;
    std::list<LongThread> m_threads;
};

}  // namespace weir::app
