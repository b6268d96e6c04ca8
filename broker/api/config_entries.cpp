// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/config_entries.h"

#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::api {

namespace {

ConfigEntry toEntry(const config::DescribedConfig& described) {
    const config::ConfigDef& def = *described.def;
    ConfigEntry entry;
    entry.name = def.name;
    entry.value = described.value;
    entry.source = static_cast<ConfigEntry::Source>(described.source);
    entry.type = static_cast<ConfigEntry::Type>(def.type);
    if (def.defaultValue != nullptr && !def.isSensitive()) {
        entry.defaultValue = def.defaultValue;
    }
    entry.documentation = config::documentationOf(def);
    entry.readOnly = described.readOnly;
    entry.sensitive = def.isSensitive();
    entry.hasEffect = def.hasEffect();
    entry.allowed = config::allowedValues(def);
    return entry;
}

}  // namespace

std::vector<ConfigEntry> toEntries(const std::vector<config::DescribedConfig>& described) {
    std::vector<ConfigEntry> entries;
    entries.reserve(described.size());
    for (const auto& each : described) {
        entries.push_back(toEntry(each));
    }
    return entries;
}

std::vector<config::Alteration> toAlterations(const std::vector<ConfigChange>& changes) {
    std::vector<config::Alteration> alterations;
    for (const ConfigChange& change : changes) {
        alterations.push_back(
            {change.name, change.value ? config::AlterOp::kSet : config::AlterOp::kDelete, change.value});
    }
    return alterations;
}

}  // namespace weir::api
