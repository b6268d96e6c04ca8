// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/groups/store/share_store.h"

namespace weir::catalog {
class Catalog;
}  // namespace weir::catalog

namespace weir::groups {

/// Delivery states in weir.db, one row a share-partition. Answers come on the catalog's thread. The catalog outlives
/// this object.
class CatalogShareStore final : public ShareStore {
public:
    explicit CatalogShareStore(catalog::Catalog& catalog) : m_catalog(catalog) {}

    [[nodiscard]] Loaded load() override;
    void write(ShareState state, Completion<StoreStatus> done) override;
    void remove(std::string groupId, std::vector<TopicId> topics, Completion<StoreStatus> done) override;

private:
    catalog::Catalog& m_catalog;
};

}  // namespace weir::groups
