// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>

namespace weir::testing {

/// Where a test puts files whose safety on a real disk is not what it is about: in memory where the system has such a
/// place. For QTemporaryDir.
inline QString fastFolder() {
    const QString memory = QStringLiteral("/dev/shm");
    return (QDir(memory).exists() ? memory : QDir::tempPath()) + QStringLiteral("/weir-XXXXXX");
}

}  // namespace weir::testing
