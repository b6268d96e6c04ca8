// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

/// What share groups have been delivered: one row a share-partition.
namespace weir::catalog {

CatalogResult<std::vector<SharePartitionRow>> Catalog::sharePartitions() {
    std::vector<SharePartitionRow> rows;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        return forEachRow(
            database, "SELECT group_id, topic_id, partition, start_offset, ranges FROM share_partitions",
            [&](const Statement& row) {
                rows.push_back({row.text(0), row.id(1), PartitionId(static_cast<std::int32_t>(row.number(2))),
                                Offset(row.number(3)), row.bytes(4)});
            });
    });
    if (!done) {
        return fail(done.error());
    }
    return rows;
}

void Catalog::writeSharePartition(SharePartitionRow row, Done done) {
    m_writer->submit(
        [row = std::move(row)](Database& database) -> CatalogResult<void> {
            auto put = database.prepare("INSERT OR REPLACE INTO share_partitions VALUES(?, ?, ?, ?, ?)");
            if (!put) {
                return fail(put.error());
            }
            return put->bind(1, std::string_view(row.groupId))
                .bind(2, row.topicId)
                .bind(3, row.partition.value)
                .bind(4, row.start.value)
                .bind(5, ByteView(row.ranges))
                .run();
        },
        std::move(done));
}

void Catalog::removeSharePartitions(std::string groupId, std::vector<TopicId> topics, Done done) {
    m_writer->submit(
        [groupId = std::move(groupId), topics = std::move(topics)](Database& database) -> CatalogResult<void> {
            for (const TopicId& topic : topics) {
                auto remove = database.prepare("DELETE FROM share_partitions WHERE group_id = ? AND topic_id = ?");
                if (!remove) {
                    return fail(remove.error());
                }
                if (auto removed = remove->bind(1, std::string_view(groupId)).bind(2, topic).run(); !removed) {
                    return removed;
                }
            }
            return {};
        },
        std::move(done));
}

}  // namespace weir::catalog
