// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/store/group_store.h"

namespace weir::catalog {
class Catalog;
}

namespace weir::groups {

/// The coordinator's disk as a part of the broker's catalog: many groups' batches share a transaction there.
/// Answers come on the catalog's thread. The catalog outlives this object; its close() answers what is still waiting.
class CatalogGroupStore final : public GroupStore {
public:
    explicit CatalogGroupStore(catalog::Catalog& catalog) : m_catalog(catalog) {}

    /// Reads on the calling thread and answers before it returns.
    void load(Completion<Loaded> done) override;
    void write(StoreBatch batch, Completion<StoreStatus> done) override;

private:
    catalog::Catalog& m_catalog;
};

}  // namespace weir::groups
