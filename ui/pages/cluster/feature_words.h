// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

namespace weir::ui {

/// What a feature of Kafka's switches on; empty for one that nobody has heard of here.
QString purposeOf(const std::string& feature);
/// A level as Kafka's own tools write it: "4.2-IV1" of metadata.version, else the number.
QString levelText(const std::string& feature, int level);

}  // namespace weir::ui
