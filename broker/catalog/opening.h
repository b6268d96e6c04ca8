// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"

/// From a folder to a database that is ours, current and sound; inside this module only.
namespace weir::catalog {

struct Opened {
    std::unique_ptr<Database> database;
    OpenReport report;
    std::string clusterId;
};

/// kForeign when a folder without a catalog holds files that are neither Weir's nor a Kafka broker's. Reads names only.
CatalogResult<void> checkFolderIsOurs(const std::filesystem::path& folder);

/// The folder's lock must be held. A new catalog is not on the disk before `putOnDisk`.
CatalogResult<Opened> openDatabase(const CatalogOptions& options, const Clock& clock, Random& random,
                                   const Logger& logger);

/// The catalog's file and the folder's entry for it are on the disk when this returns.
CatalogResult<void> putOnDisk(Database& database, const std::filesystem::path& folder);

}  // namespace weir::catalog
