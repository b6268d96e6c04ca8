// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/catalog/database.h"

namespace weir::catalog {

/// Gives `take` the statement at each row of `sql`, a literal without parameters (see Database::prepare). Inside this
/// module only.
template <class Take>
CatalogResult<void> forEachRow(Database& database, const char* sql, Take take) {
    auto select = database.prepare(sql);
    if (!select) {
        return fail(select.error());
    }
    while (true) {
        const auto row = select->step();
        if (!row || !*row) {
            return row ? CatalogResult<void>() : fail(row.error());
        }
        take(*select);
    }
}

}  // namespace weir::catalog
