// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/store/catalog_group_store.h"

#include "broker/groups/store/catalog_answer.h"

namespace weir::groups {

void CatalogGroupStore::load(Completion<Loaded> done) {
    auto rows = m_catalog.groups();
    if (!rows.ok()) {
        return done(fail(StoreErrc::kFailed, rows.error().message));
    }
    std::vector<StoredGroup> groups;
    groups.reserve(rows->size());
    for (auto& row : *rows) {
        StoredGroup group{std::move(row.groupId), std::move(row.record), {}, {}};
        for (auto& staged : row.staged) {
            group.staged.push_back({staged.producerId, {std::move(staged.offset.committed), staged.offset.expireAt}});
        }
        group.offsets.reserve(row.offsets.size());
        for (auto& offset : row.offsets) {
            group.offsets.push_back({std::move(offset.committed), offset.expireAt});
        }
        groups.push_back(std::move(group));
    }
    done(std::move(groups));
}

void CatalogGroupStore::write(StoreBatch batch, Completion<StoreStatus> done) {
    catalog::GroupBatch row;
    row.groupId = std::move(batch.groupId);
    row.removeGroup = batch.removeGroup;
    row.removeOffsets = std::move(batch.removeOffsets);
    row.putRecord = std::move(batch.putRecord);
    row.putOffsets.reserve(batch.putOffsets.size());
    for (auto& offset : batch.putOffsets) {
        row.putOffsets.push_back({std::move(offset.committed), offset.expireAt});
    }
    for (auto& staged : batch.stageOffsets) {
        row.stageOffsets.push_back({staged.producerId, {std::move(staged.offset.committed), staged.offset.expireAt}});
    }
    if (batch.endStaged) {
        row.endStaged = catalog::StagedEnd{batch.endStaged->producerId, batch.endStaged->isCommit};
    }
    m_catalog.writeGroup(std::move(row), answering(std::move(done)));
}

}  // namespace weir::groups
