// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>

class QSocketNotifier;

namespace weir::app {

/// One window a data folder: whoever comes first listens at a local socket, whoever comes later asks it to come to the
/// front and ends. What a window that was killed left behind is taken over. Nothing is said over the socket:
/// coming is the message. GUI thread.
class SingleWindow final : public QObject {
    Q_OBJECT

public:
    /// `socketPath` is one that only this user can reach; one that is too long for a socket (107 bytes on Linux) means
    /// that every window is the first, and the broker's lock on the folder then speaks.
    explicit SingleWindow(const QString& socketPath);
    ~SingleWindow() override;

    /// Tells the window that listens there to come to the front; false when there is none. Needs no application object,
    /// so that a second window ends before it has begun.
    static bool raiseFirst(const QString& socketPath);

    /// Another window has the folder and was told to come to the front.
    [[nodiscard]] bool isSecond() const { return m_isSecond; }

Q_SIGNALS:
    void raiseRequested();

private:
    void listen();
    void onConnection();

    QString m_path;
    int m_socket = -1;
    bool m_isSecond = false;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace weir::app
