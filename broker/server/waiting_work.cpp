// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/waiting_work.h"

namespace weir::server {

WaitingWork::~WaitingWork() {
    if (m_isListed) {
        m_services.parked.remove(this);
    }
}

void WaitingWork::run() {
    while (!m_isDone) {
        if (m_isCancelled) {
            m_isDone = true;
            m_timer.reset();
            hangUp();
            return;
        }
        switch (look(m_maxWait.count() > 0 && !m_isExpired.load())) {
            case Look::kAnswered:
                m_isDone = true;
                m_timer.reset();
                return;
            case Look::kAgain:
                break;
            case Look::kWait:
                if (park()) {
                    return;
                }
                break;
        }
    }
}

void WaitingWork::startWaiting() {
    m_isListed = true;
    m_services.parked.add(this, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->m_isCancelled = true;
            self->wake();
        }
    });
    m_timer = m_services.timers.schedule(m_maxWait, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->m_isExpired = true;
            self->wake();
        }
    });
}

/// False: something happened meanwhile, look again.
bool WaitingWork::park() {
    if (!m_timer) {
        startWaiting();
    }
    m_isParked = true;
    const bool isEnlisted = enlist();
    if (isEnlisted && !m_isExpired && !m_isCancelled) {
        return true;
    }
    // Whoever sets the flag back runs next: we, unless somebody has woken this work meanwhile.
    const bool isOurs = m_isParked.exchange(false);
    if (isOurs || !isEnlisted) {
        delist();
    }
    return !isOurs;
}

void WaitingWork::wake() {
    if (m_isParked.exchange(false)) {
        post([self = shared_from_this()] {
            self->delist();
            self->run();
        });
    }
}

}  // namespace weir::server
