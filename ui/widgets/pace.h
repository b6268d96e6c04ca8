// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>

namespace weir::ui {

/// When to ask a question again that is asked over and over: never while one is out, and not too often.
class Pace {
public:
    explicit Pace(qint64 everyMs) : m_everyMs(everyMs) {}
    /// True: it is asked now.
    bool begin() {
        if (m_isOut || (m_since.isValid() && m_since.elapsed() < m_everyMs)) {
            return false;
        }
        m_isOut = true;
        m_since.start();
        return true;
    }
    void answered() { m_isOut = false; }
    /// The next begin() does not wait.
    void hurry() { m_since.invalidate(); }

private:
    qint64 m_everyMs;
    QElapsedTimer m_since;
    bool m_isOut = false;
};

}  // namespace weir::ui
