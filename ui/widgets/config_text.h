// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "broker/model/admin.h"

/// How settings of topics and of the broker are worded.
namespace weir::ui {

/// What a raw value means to a person: "604800000" of retention.ms is "7 d", "-1" is "no limit"; empty where the raw
/// value says it already.
QString meaningOfConfig(const QString& name, const QString& value);
/// The value with its meaning: "604800000 (7 d)"; kNone without a value, dots when it is secret.
QString wordedConfig(const ConfigEntry& entry);
QString nameOfSource(ConfigEntry::Source source);
/// Why `text` is no value for the entry, as a sentence; empty if it is one. The broker has the last word.
QString whyNotAValue(const ConfigEntry& entry, const QString& text);

}  // namespace weir::ui
