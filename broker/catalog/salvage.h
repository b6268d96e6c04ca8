// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "broker/catalog/database.h"

namespace weir::catalog {

/// Moves a damaged catalog, with its -wal and -shm, to a free name beside it (weir.db.damaged, weir.db.damaged.1, …).
/// Returns where it stands now. Nothing is deleted.
CatalogResult<std::filesystem::path> setAside(const std::filesystem::path& file);

/// Copies into the fresh database every row of every table that can still be read from the file set aside. Returns how
/// many came over. Reading never changes the damaged file's own bytes.
std::int64_t salvage(const std::filesystem::path& damaged, Database& fresh);

}  // namespace weir::catalog
