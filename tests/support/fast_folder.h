// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <cerrno>

namespace weir::testing {

/// A test that was killed cannot tidy up, and what it leaves there is memory: the next one does it.
inline void removeFoldersOfTheDead(const QString& parent) {
    const QStringList folders = QDir(parent).entryList({QStringLiteral("weir-test-*")}, QDir::Dirs);
    for (const QString& folder : folders) {
        const int pid = folder.section(QLatin1Char('-'), 2, 2).toInt();
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
            QDir(parent + QLatin1Char('/') + folder).removeRecursively();
        }
    }
}

/// Where a test puts files whose safety on a real disk is not what it is about: in memory where the system has such a
/// place. For QTemporaryDir.
inline QString fastFolder() {
    static const QString parent = [] {
        const QString memory = QStringLiteral("/dev/shm");
        if (!QDir(memory).exists()) {
            return QDir::tempPath();
        }
        removeFoldersOfTheDead(memory);
        return memory;
    }();
    return parent + QStringLiteral("/weir-test-%1-XXXXXX").arg(QCoreApplication::applicationPid());
}

}  // namespace weir::testing
