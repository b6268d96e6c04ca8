// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulation/dice.h"

namespace weir::simulation {

/// What SQLite asks of its disk, and how that goes wrong.
enum class CatalogCall : std::uint8_t { kRead, kWrite, kSync, kTruncate, kDelete };
enum class CatalogFault : std::uint8_t { kIo, kFull };

/// The disk under a catalog: a SQLite VFS in front of the system's that fails where it is told to, and that can lose
/// power: then what was not synced since is there in part. Files stand in a real folder (in memory, best), because the
/// catalog looks at them by other ways as well. One thread; every database is closed before the object goes.
class CatalogDisk {
public:
    /// Asked before each call.
    using Plan = std::function<std::optional<CatalogFault>(CatalogCall)>;

    explicit CatalogDisk(Plan plan);
    ~CatalogDisk();
    CatalogDisk(const CatalogDisk&) = delete;
    CatalogDisk& operator=(const CatalogDisk&) = delete;

    /// For sqlite3_open_v2.
    [[nodiscard]] const std::string& name() const;
    /// With every database closed: each write that was not synced is there, or not, or begun. `folder` holds the files.
    void powerCut(Dice& dice, const std::string& folder);

    class Shim;

private:
    std::unique_ptr<Shim> m_shim;
};

}  // namespace weir::simulation
