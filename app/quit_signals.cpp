// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/quit_signals.h"

#include <QSocketNotifier>
#ifdef Q_OS_UNIX
#include <signal.h>
#include <unistd.h>
#endif

namespace weir::app {

#ifdef Q_OS_UNIX
namespace {

// A signal handler can only reach what has static life.
int writeEnd = -1;

extern "C" void onSignal(int) {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
}

}  // namespace

QuitSignals::QuitSignals() {
    int ends[2];
    if (::pipe(ends) != 0) {
        return;
    }
    writeEnd = ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this, readEnd = ends[0]] {
        char byte = 0;
        [[maybe_unused]] const auto got = ::read(readEnd, &byte, 1);
        Q_EMIT received();
    });
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    // A client that hangs up while it is written to is an error of that connection, not of the program.
    ::signal(SIGPIPE, SIG_IGN);
}
#else
QuitSignals::QuitSignals() = default;
#endif

QuitSignals::~QuitSignals() = default;

}  // namespace weir::app
