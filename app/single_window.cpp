// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/single_window.h"

#include <QFile>
#include <QSocketNotifier>
#include <cstring>
#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#endif

namespace weir::app {

#ifdef Q_OS_UNIX
namespace {

bool addressOf(const QString& path, sockaddr_un& address) {
    const QByteArray name = QFile::encodeName(path);
    address = {};
    address.sun_family = AF_UNIX;
    if (name.isEmpty() || static_cast<std::size_t>(name.size()) >= sizeof(address.sun_path)) {
        return false;
    }
    std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
    return true;
}

const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

bool askFirst(const sockaddr_un& address) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return false;
    }
    // Coming is all there is to say: the first may have hung up before a word could be sent.
    const bool isAnswered = ::connect(socket, plain(address), sizeof(address)) == 0;
    ::close(socket);
    return isAnswered;
}

}  // namespace

SingleWindow::SingleWindow(const QString& socketPath) : m_path(socketPath) {
    sockaddr_un address;
    if (!addressOf(m_path, address)) {
        return;
    }
    m_isSecond = askFirst(address);
    if (!m_isSecond) {
        listen();
    }
}

bool SingleWindow::raiseFirst(const QString& socketPath) {
    sockaddr_un address;
    return addressOf(socketPath, address) && askFirst(address);
}

void SingleWindow::listen() {
    sockaddr_un address;
    m_socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (m_socket < 0 || !addressOf(m_path, address)) {
        return;
    }
    // Nobody answered, so what stands there was left by a window that was killed.
    ::unlink(address.sun_path);
    if (::bind(m_socket, plain(address), sizeof(address)) != 0 || ::listen(m_socket, 8) != 0) {
        ::close(m_socket);
        m_socket = -1;
        return;
    }
    m_notifier = std::make_unique<QSocketNotifier>(m_socket, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &SingleWindow::onConnection);
}

void SingleWindow::onConnection() {
    const int peer = ::accept4(m_socket, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer >= 0) {
        ::close(peer);
        Q_EMIT raiseRequested();
    }
}

SingleWindow::~SingleWindow() {
    m_notifier.reset();
    if (m_socket >= 0) {
        QFile::remove(m_path);
        ::close(m_socket);
    }
}
#else
SingleWindow::SingleWindow(const QString& socketPath) : m_path(socketPath) {}
bool SingleWindow::raiseFirst(const QString&) {
    return false;
}
void SingleWindow::listen() {}
void SingleWindow::onConnection() {}
SingleWindow::~SingleWindow() = default;
#endif

}  // namespace weir::app
