// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/remote/remote_options.h"
#include "ui/backend/connections.h"
#include "ui/backend/settings.h"

namespace weir::app {

/// Connections as they stand in the settings. No secret is ever among them: the type has no room for one.
std::vector<ui::ConnectionProfile> loadProfiles(const ui::Settings& settings);
void saveProfiles(ui::Settings& settings, const std::vector<ui::ConnectionProfile>& profiles);

/// The same as a file that can be handed on.
[[nodiscard]] QByteArray profilesToFile(const std::vector<ui::ConnectionProfile>& profiles);
[[nodiscard]] ClusterResult<std::vector<ui::ConnectionProfile>> profilesFromFile(const QByteArray& content);

RemoteOptions optionsOf(const ui::ConnectionProfile& profile, const ui::ConnectionSecrets& secrets);

}  // namespace weir::app
