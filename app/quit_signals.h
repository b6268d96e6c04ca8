// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

class QSocketNotifier;

namespace weir::app {

/// SIGTERM and SIGINT end the program like closing its window: the handler writes a byte to a pipe, the event loop
/// reads it. One of these a program. GUI thread.
class QuitSignals final : public QObject {
    Q_OBJECT

public:
    QuitSignals();
    ~QuitSignals() override;

Q_SIGNALS:
    void received();

private:
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace weir::app
