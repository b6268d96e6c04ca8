// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/disk_thread.h"

#include <utility>

namespace weir::server {

DiskThread::DiskThread(Serve serve, Threads threads) : m_serve(std::move(serve)) {
    if (threads == Threads::kOwn) {
        m_thread = std::thread([this] { run(); });
    }
}

DiskThread::~DiskThread() {
    stop();
}

void DiskThread::post(const Handler& handler, Call call, Responder responder) {
    add(Request{&handler, std::move(call), std::move(responder)});
}

void DiskThread::post(std::function<void()> task) {
    add(std::move(task));
}

void DiskThread::add(Work work) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_isStopping) {
            return;
        }
        m_waiting.push_back(std::move(work));
    }
    m_changed.notify_one();
}

void DiskThread::stop() {
    std::deque<Work> dropped;
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
        dropped.swap(m_waiting);
    }
    m_changed.notify_one();
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void DiskThread::run() {
    nameThisThread("weir-disk");
    do {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_isStopping || !m_waiting.empty(); });
    } while (runOne());
}

bool DiskThread::runOne() {
    std::unique_lock lock(m_mutex);
    if (m_waiting.empty()) {
        return false;
    }
    // Gone at the end of this: what it holds of its connection goes with it.
    Work work = std::move(m_waiting.front());
    m_waiting.pop_front();
    lock.unlock();
    if (auto* request = std::get_if<Request>(&work)) {
        m_serve(*request->handler, std::move(request->call), std::move(request->responder));
    } else {
        std::get<std::function<void()>>(work)();
    }
    return true;
}

}  // namespace weir::server
