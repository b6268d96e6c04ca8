// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/jobs/job_control.h"

#include <utility>

namespace weir::app {

void JobControl::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_wake.notify_all();
}

void JobControl::pause() {
    {
        const std::lock_guard lock(m_mutex);
        m_paused = true;
    }
    m_wake.notify_all();
}

void JobControl::resume() {
    {
        const std::lock_guard lock(m_mutex);
        m_paused = false;
    }
    m_wake.notify_all();
}

bool JobControl::mayGoOn() {
    if (isStopped()) {
        return false;
    }
    if (!isPaused()) {
        return true;
    }
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_stopped || !m_paused; });
    return !m_stopped;
}

bool JobControl::waitFor(std::chrono::microseconds time) {
    std::unique_lock lock(m_mutex);
    const bool wasPaused = m_paused;
    m_wake.wait_for(lock, time, [this, wasPaused] { return m_stopped || m_paused != wasPaused; });
    return !m_stopped;
}

void JobControl::setMessage(std::string sentence) {
    const std::lock_guard lock(m_mutex);
    m_message = std::move(sentence);
}

std::string JobControl::message() const {
    const std::lock_guard lock(m_mutex);
    return m_message;
}

}  // namespace weir::app
