// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "broker/api/folder_settings.h"
#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "broker/model/admin.h"
#include "broker/model/snapshot.h"

namespace weir::api {

/// What Weir keeps beside its logs, in weir.db.
struct FolderCatalog {
    std::string clusterId;
    /// With their committed offsets; who was a member is not written down there.
    std::vector<GroupSnapshot> groups;
    FolderSettings settings;
};

/// Reads a copy of `folder`'s weir.db, for SQLite writes beside the file that it opens. The copy is gone afterwards.
/// Nothing: there is no such file.
[[nodiscard]] std::optional<ClusterResult<FolderCatalog>> readFolderCatalog(const std::filesystem::path& folder,
                                                                            const Clock& clock, Random& random);

}  // namespace weir::api
