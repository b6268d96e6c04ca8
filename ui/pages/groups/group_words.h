// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "broker/model/snapshot.h"
#include "ui/theme/tokens.h"

/// How groups are worded, the same in the list and on a group's own page.
namespace weir::ui {

QString wordOf(GroupState state);
QString wordOf(GroupType type);
/// What the state means, as a sentence.
QString meaningOf(GroupState state);
Tint tintOf(GroupState state);

enum class Trend { kUnknown, kGrowing, kDraining, kSteady };
/// "↗ growing"
QString wordOf(Trend trend);
Tint tintOf(Trend trend);
/// "orders, clicks and 3 more"
QString shortList(const QStringList& names, int shown = 2);

}  // namespace weir::ui
