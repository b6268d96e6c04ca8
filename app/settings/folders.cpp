// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings/folders.h"

#include <QCryptographicHash>
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

QString shortNameOf(const QString& subject) {
    return QString::fromLatin1(QCryptographicHash::hash(subject.toUtf8(), QCryptographicHash::Sha1).toHex().left(8));
}

QString historyFile(const QString& subject) {
    return standardFolders().config + QStringLiteral("/history-%1.db").arg(shortNameOf(subject));
}

QString replaysFile() {
    return standardFolders().config + QStringLiteral("/replays.db");
}

}  // namespace weir::app
