// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/catalog/catalog.h"
#include "broker/groups/store/group_store.h"

namespace weir::server {

/// The coordinator's disk is the catalog. Thread safe.
class CatalogGroupStore final : public groups::GroupStore {
public:
    explicit CatalogGroupStore(catalog::Catalog& catalog) : m_catalog(catalog) {}

    void load(groups::Completion<Loaded> done) override;
    void write(groups::StoreBatch batch, groups::Completion<groups::StoreStatus> done) override;

private:
    catalog::Catalog& m_catalog;
};

}  // namespace weir::server
