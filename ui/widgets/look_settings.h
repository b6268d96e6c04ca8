// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "ui/theme/theme.h"

namespace weir::ui {

class Settings;

/// Names of what is remembered about the look, and their words.
inline const QString kSchemeKey = QStringLiteral("look/scheme");    // "system", "dark", "light", "contrast"
inline const QString kDensityKey = QStringLiteral("look/density");  // "normal", "compact", "presenter"
inline const QString kReduceMotionKey = QStringLiteral("look/reduceMotion");

QString nameOf(SchemeChoice choice);
QString nameOf(Density density);
/// Anything unknown is "system".
SchemeChoice schemeChoiceOf(const QString& name);
/// Anything unknown is "normal".
Density densityOf(const QString& name);

/// Gives the theme what is remembered, now and whenever it changes. Before the first window is made: a palette that
/// changes before the event loop runs does not reach widgets that exist already.
void followLookSettings(Theme& theme, Settings& settings);

}  // namespace weir::ui
