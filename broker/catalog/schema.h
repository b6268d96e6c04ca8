// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "broker/catalog/database.h"

/// The tables of weir.db, their version, and how an older file becomes a current one.
namespace weir::catalog {

inline constexpr std::int64_t kSchemaVersion = 5;
/// "Weir", in the header of the file (PRAGMA application_id).
inline constexpr std::int64_t kApplicationId = 0x57656972;

enum class FileKind { kAbsent, kEmpty, kOurs, kNewer, kForeign, kDamaged };

/// What stands at `file`, without changing it.
FileKind inspect(const std::filesystem::path& file);

/// A table or an index of kSchemaVersion, and the words it is made with, which SQLite keeps as they are.
struct Made {
    std::string_view name;
    std::string_view sql;
};
[[nodiscard]] std::vector<Made> everythingMade();

/// What everythingMade says is in the database, word for word. One flipped bit in a word can name another column, which
/// no check of SQLite's finds.
[[nodiscard]] CatalogResult<bool> isAsMade(Database& database);

/// Brings an empty or older database to kSchemaVersion in one transaction.
CatalogResult<void> migrate(Database& database);

}  // namespace weir::catalog
