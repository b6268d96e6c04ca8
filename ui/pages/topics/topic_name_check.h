// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "broker/model/snapshot.h"

namespace weir::ui {

/// Why no topic of this name can be created in a cluster that looks like `snapshot`, as a sentence; empty if one can.
QString whyNotANewTopic(const QString& name, const Snapshot& snapshot);

}  // namespace weir::ui
