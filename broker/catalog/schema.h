// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "broker/catalog/database.h"

/// The tables of weir.db, their version, and how an older file becomes a current one.
namespace weir::catalog {

inline constexpr std::int64_t kSchemaVersion = 5;
/// "Weir", in the header of the file (PRAGMA application_id).
inline constexpr std::int64_t kApplicationId = 0x57656972;

enum class FileKind { kAbsent, kEmpty, kOurs, kNewer, kForeign, kDamaged };

/// What stands at `file`, without changing it.
FileKind inspect(const std::filesystem::path& file);

/// Brings an empty or older database to kSchemaVersion in one transaction.
CatalogResult<void> migrate(Database& database);

}  // namespace weir::catalog
