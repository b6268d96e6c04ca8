// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/workshop.h"

#include <algorithm>

namespace weir::app {

namespace {
/// Short questions; two may stand behind a slow one without the rest of the window noticing.
constexpr int kWorkers = 3;
}  // namespace

Workshop::Workshop(std::shared_ptr<Cluster> cluster, const Clock& clock, Random& random)
    : m_cluster(std::move(cluster)),
      m_clock(clock),
      m_random(random),
      m_receiver(std::make_unique<QObject>()),
      m_pool(kWorkers) {}

Workshop::~Workshop() {
    for (LongThread& one : m_threads) {
        one.control->stop();
    }
    for (LongThread& one : m_threads) {
        one.thread.join();
    }
    m_pool.stop();
}

void Workshop::toGui(const Guard& guard, std::function<void()> work) {
    QMetaObject::invokeMethod(
        m_receiver.get(),
        [guard, work = std::move(work)] {
            if (guard.isAlive()) {
                work();
            }
        },
        Qt::QueuedConnection);
}

void Workshop::reap() {
    for (auto it = m_threads.begin(); it != m_threads.end();) {
        if (*it->isDone) {
            it->thread.join();
            it = m_threads.erase(it);
        } else {
            ++it;
        }
    }
}

void Workshop::startThread(std::shared_ptr<JobControl> control, std::function<void()> body) {
    reap();
    auto isDone = std::make_shared<std::atomic<bool>>(false);
    m_threads.push_back({std::move(control), isDone, std::thread([isDone, body = std::move(body)] {
                             body();
                             *isDone = true;
                         })});
}

}  // namespace weir::app
