// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "broker/catalog/database.h"

/// The rescue of a damaged catalog. It is made beside the damaged file and takes its place when it is whole and on the
/// disk. Wherever it is cut short, the next start finds either the damaged file, of which it makes a new rescue, or no
/// file but a whole rescue, which it puts in place.
namespace weir::catalog {

/// Where a catalog's rescue is made: weir.db.rescue.
std::filesystem::path rescueOf(const std::filesystem::path& file);

/// Removes what is left of a rescue that was cut short.
void forgetRescue(const std::filesystem::path& file);

/// Copies into the fresh database every row of every table that can still be read from the damaged file. Returns how
/// many came over; fails when they cannot be kept (kDiskFull, kIo), and then `fresh` is no rescue. Reading never
/// changes the damaged file's own bytes.
CatalogResult<std::int64_t> salvage(const std::filesystem::path& damaged, Database& fresh);

/// Moves the damaged catalog, with its -wal and -shm, to a free name beside it (weir.db.damaged, weir.db.damaged.1, …),
/// and its rescue, which is whole, on the disk and closed, to its place; also goes on where that was cut short. Returns
/// where the damaged file stands now. Nothing is deleted.
CatalogResult<std::filesystem::path> finishRescue(const std::filesystem::path& file);

}  // namespace weir::catalog
