// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings/settings_file.h"

#include <QFile>
#include <QFileInfo>
#include <QSettings>
#include <cstdio>

namespace weir::app {

namespace {

const QString kVersionKey = QStringLiteral("weir/version");

// QSettings reads almost anything without complaint, so a damaged file is told by what a whole one always has: our
// version, and no bytes that INI files written by us never hold.
QString whyUnusable(const QString& path, const QSettings& file) {
    if (file.status() != QSettings::NoError) {
        return QStringLiteral("it is damaged");
    }
    QFile raw(path);
    if (raw.open(QIODevice::ReadOnly) && raw.read(1 << 20).contains('\0')) {
        return QStringLiteral("it is damaged");
    }
    bool isNumber = false;
    const int version = file.value(kVersionKey).toInt(&isNumber);
    if (!isNumber) {
        return QStringLiteral("it is damaged");
    }
    return version > kSettingsVersion ? QStringLiteral("it was written by a newer Weir") : QString();
}

}  // namespace

LoadedSettings loadSettings(const QString& path) {
    const QFileInfo info(path);
    if (!info.exists() || info.size() == 0) {
        return {};
    }
    LoadedSettings loaded;
    QString why;
    {
        const QSettings file(path, QSettings::IniFormat);
        why = whyUnusable(path, file);
        if (why.isEmpty()) {
            for (const QString& key : file.allKeys()) {
                if (key != kVersionKey) {
                    loaded.values.insert(key, file.value(key));
                }
            }
            return loaded;
        }
    }
    const QString aside = path + QStringLiteral(".kept");
    QFile::remove(aside);
    QFile::rename(path, aside);
    loaded.notice = QStringLiteral("The settings file could not be used (%1). It was kept as %2 and defaults are used.")
                        .arg(why, aside);
    return loaded;
}

bool saveSettings(const QString& path, const QVariantMap& values) {
    // Written beside and renamed, so that a crash leaves the old file or the new one.
    const QString beside = path + QStringLiteral(".new");
    QFile::remove(beside);
    {
        QSettings file(beside, QSettings::IniFormat);
        file.setValue(kVersionKey, kSettingsVersion);
        for (auto it = values.begin(); it != values.end(); ++it) {
            file.setValue(it.key(), it.value());
        }
        file.sync();
        if (file.status() != QSettings::NoError) {
            return false;
        }
    }
    QFile::setPermissions(beside, QFile::ReadOwner | QFile::WriteOwner);
    return std::rename(QFile::encodeName(beside).constData(), QFile::encodeName(path).constData()) == 0;
}

}  // namespace weir::app
