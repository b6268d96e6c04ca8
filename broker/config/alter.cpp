// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/alter.h"

#include <algorithm>
#include <set>

#include "broker/config/definitions.h"
#include "broker/config/rules.h"

namespace weir::config {

namespace {

Result<void, ConfigError> alterList(const ConfigDef& def, ConfigMap& overrides, const Alteration& change) {
    if (def.type != ConfigType::kList) {
        return fail(ConfigErrc::kInvalidValue, change.name +
                                                   " is not a list, so nothing can be added to it or taken "
                                                   "from it.");
    }
    const auto at = overrides.find(change.name);
    const std::string_view before =
        at != overrides.end() ? at->second : std::string_view(def.defaultValue == nullptr ? "" : def.defaultValue);
    std::vector<std::string> elements = listElements(before);
    for (const std::string& element : listElements(*change.value)) {
        if (change.op == AlterOp::kSubtract) {
            std::erase(elements, element);
        } else if (std::find(elements.begin(), elements.end(), element) == elements.end()) {
            elements.push_back(element);
        }
    }
    overrides[change.name] = joinList(elements);
    return {};
}

const ConfigDef* settingIn(std::span<const ConfigDef> table, std::string_view name) {
    // What a listener has of its own is a setting of the broker.
    if (table.data() == brokerConfigs().data()) {
        return settingBehind(name);
    }
    const auto at = std::find_if(table.begin(), table.end(), [&](const ConfigDef& each) { return each.name == name; });
    return at == table.end() ? nullptr : &*at;
}

}  // namespace

Result<ConfigMap, ConfigError> alter(std::span<const ConfigDef> table, ConfigMap overrides,
                                     const std::vector<Alteration>& changes) {
    std::set<std::string_view> seen;
    for (const Alteration& change : changes) {
        const ConfigDef* def = settingIn(table, change.name);
        if (def == nullptr) {
            std::string message = "\"" + change.name + "\" is not a known setting";
            const auto nearest = nearestName(table, change.name);
            message += nearest.empty() ? "." : "; did you mean \"" + std::string(nearest) + "\"?";
            return fail(ConfigErrc::kUnknownKey, std::move(message));
        }
        if (!seen.insert(change.name).second) {
            return fail(ConfigErrc::kConflict, change.name + " is changed twice in one request.");
        }
        if (change.op == AlterOp::kDelete) {
            overrides.erase(change.name);
            continue;
        }
        if (!change.value) {
            return fail(ConfigErrc::kInvalidValue, change.name + " needs a value.");
        }
        if (change.op == AlterOp::kSet) {
            overrides[change.name] = *change.value;
        } else if (auto changed = alterList(*def, overrides, change); !changed) {
            return fail(changed.error());
        }
    }
    return overrides;
}

}  // namespace weir::config
