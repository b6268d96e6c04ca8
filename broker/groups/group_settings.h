// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/config/group_config.h"

namespace weir::groups {

/// What each group has set for itself, on top of the broker's settings. Thread safe; called with a group's lock held,
/// so it must not call back into the coordinator. This one knows of no group's own settings.
class GroupSettings {
public:
    explicit GroupSettings(config::GroupConfig all = {}) : m_all(all) {}
    virtual ~GroupSettings() = default;
    [[nodiscard]] virtual config::GroupConfig of(const std::string& /*groupId*/) const { return m_all; }

private:
    config::GroupConfig m_all;
};

}  // namespace weir::groups
