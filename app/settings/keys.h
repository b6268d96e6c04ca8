// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariant>

#include "ui/backend/settings.h"

namespace weir::app {

/// A remembered choice: its name in the file and what holds when nothing was chosen.
template <class T>
struct SettingKey {
    const char* name;
    T fallback;
};

inline const SettingKey<QString> kTheme{"window/theme", QStringLiteral("system")};
inline const SettingKey<QString> kLanguage{"window/language", QString()};
inline const SettingKey<bool> kRestoreSession{"window/restoreSession", true};

template <class T>
T valueOf(const ui::Settings& settings, const SettingKey<T>& key) {
    const QVariant value = settings.value(QString::fromLatin1(key.name));
    return value.isValid() && value.canConvert<T>() ? value.value<T>() : key.fallback;
}
template <class T>
void setValueOf(ui::Settings& settings, const SettingKey<T>& key, const T& value) {
    settings.setValue(QString::fromLatin1(key.name), QVariant::fromValue(value));
}

}  // namespace weir::app
