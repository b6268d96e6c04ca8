// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/production_lock.h"

namespace weir::app {

ProductionLock::ProductionLock(QString word, QObject* parent) : ui::ChangeLock(parent), m_word(std::move(word)) {
    m_again.setSingleShot(true);
    m_again.setInterval(kMinutes * 60 * 1000);
    connect(&m_again, &QTimer::timeout, this, &ProductionLock::lock);
}

bool ProductionLock::unlock(const QString& typed) {
    if (typed != m_word) {
        return false;
    }
    m_state->isLocked = false;
    m_again.start();
    Q_EMIT changed();
    return true;
}

void ProductionLock::lock() {
    m_again.stop();
    if (!m_state->isLocked.exchange(true)) {
        Q_EMIT changed();
    }
}

ChangeGate ProductionLock::gate() {
    // The workers end before the lock does (RemoteWindows), so a call from one of them finds it alive.
    return [this, state = m_state,
            sentence = tr("%1 is a production cluster, and locked: type its name to allow "
                          "changes, then try again.")
                           .arg(m_word)
                           .toStdString()]() -> std::string {
        if (!state->isLocked) {
            return {};
        }
        QMetaObject::invokeMethod(this, &ui::ChangeLock::refused, Qt::QueuedConnection);
        return sentence;
    };
}

}  // namespace weir::app
