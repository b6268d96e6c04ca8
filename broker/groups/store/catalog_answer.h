// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/catalog/catalog.h"
#include "broker/groups/store/group_store.h"

/// The catalog's answers as those of the stores that are a part of it.
namespace weir::groups {

inline StoreStatus statusOf(const catalog::CatalogResult<void>& result) {
    if (result.ok()) {
        return {};
    }
    return fail(StoreErrc::kFailed, result.error().message);
}

/// std::function wants to be copied; the completion itself is still called once.
inline catalog::Catalog::Done answering(Completion<StoreStatus> done) {
    return [shared = std::make_shared<Completion<StoreStatus>>(std::move(done))](
               const catalog::CatalogResult<void>& result) { (*shared)(statusOf(result)); };
}

}  // namespace weir::groups
