// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/store/catalog_share_store.h"

#include "broker/groups/store/catalog_answer.h"

namespace weir::groups {

ShareStore::Loaded CatalogShareStore::load() {
    auto rows = m_catalog.sharePartitions();
    if (!rows.ok()) {
        return fail(StoreErrc::kFailed, rows.error().message);
    }
    std::vector<ShareState> states;
    states.reserve(rows->size());
    for (auto& row : *rows) {
        states.push_back({std::move(row.groupId), row.topicId, row.partition, row.start, std::move(row.ranges)});
    }
    return states;
}

void CatalogShareStore::write(ShareState state, Completion<StoreStatus> done) {
    m_catalog.writeSharePartition(
        {std::move(state.groupId), state.topicId, state.partition, state.start, std::move(state.ranges)},
        answering(std::move(done)));
}

void CatalogShareStore::remove(std::string groupId, std::vector<TopicId> topics, Completion<StoreStatus> done) {
    m_catalog.removeSharePartitions(std::move(groupId), std::move(topics), answering(std::move(done)));
}

}  // namespace weir::groups
