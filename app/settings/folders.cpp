// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings/folders.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>

namespace weir::app {

namespace {

QString made(QStandardPaths::StandardLocation location) {
    const QString path = QStandardPaths::writableLocation(location) + QStringLiteral("/weir");
    if (!QDir(path).exists()) {
        QDir().mkpath(path);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    return path;
}

}  // namespace

Folders standardFolders() {
    return {made(QStandardPaths::GenericConfigLocation), made(QStandardPaths::GenericDataLocation)};
}

}  // namespace weir::app
