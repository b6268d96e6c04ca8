// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/group_store.h"

#include <memory>
#include <utility>

namespace weir::server {

void CatalogGroupStore::load(groups::Completion<Loaded> done) {
    auto rows = m_catalog.groups();
    if (!rows) {
        done(fail(groups::StoreErrc::kFailed, rows.error().message));
        return;
    }
    std::vector<groups::StoredGroup> loaded;
    loaded.reserve(rows->size());
    for (auto& row : *rows) {
        groups::StoredGroup group{std::move(row.groupId), std::move(row.record), {}};
        for (auto& offset : row.offsets) {
            group.offsets.push_back({std::move(offset.committed), offset.expireAt});
        }
        loaded.push_back(std::move(group));
    }
    done(std::move(loaded));
}

void CatalogGroupStore::write(groups::StoreBatch batch, groups::Completion<groups::StoreStatus> done) {
    catalog::GroupBatch rows;
    rows.groupId = std::move(batch.groupId);
    rows.removeGroup = batch.removeGroup;
    for (auto& offset : batch.putOffsets) {
        rows.putOffsets.push_back({std::move(offset.committed), offset.expireAt});
    }
    rows.removeOffsets = std::move(batch.removeOffsets);
    rows.putRecord = std::move(batch.putRecord);
    // The catalog's callback can be copied, the coordinator's must not be.
    auto shared = std::make_shared<groups::Completion<groups::StoreStatus>>(std::move(done));
    m_catalog.writeGroup(std::move(rows), [shared](catalog::CatalogResult<void> written) {
        if (written) {
            (*shared)({});
        } else {
            (*shared)(fail(groups::StoreErrc::kFailed, written.error().message));
        }
    });
}

}  // namespace weir::server
