// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariantMap>

namespace weir::app {

/// The settings as one INI file with a version. Stateless; any thread, one at a time a file.
struct LoadedSettings {
    QVariantMap values;
    /// A sentence when the file could not be used and was kept aside; empty else.
    QString notice;
};

inline constexpr int kSettingsVersion = 1;

/// A file that is damaged or from a newer Weir is renamed to "….kept" and defaults are used: choices are not worth
/// failing for, but they are not thrown away either.
[[nodiscard]] LoadedSettings loadSettings(const QString& path);
/// Replaces the file in one step. False when the disk refuses.
bool saveSettings(const QString& path, const QVariantMap& values);

}  // namespace weir::app
