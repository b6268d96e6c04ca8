// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

/// The catalog's groups and committed offsets.
namespace weir::catalog {

namespace {

CatalogResult<void> withGroup(Database& database, const char* sql, const std::string& groupId) {
    auto statement = database.prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    return statement->bind(1, std::string_view(groupId)).run();
}

CatalogResult<void> putOffset(Database& database, const std::string& groupId, const OffsetRow& row) {
    auto put = database.prepare("INSERT OR REPLACE INTO offsets VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    if (!put) {
        return fail(put.error());
    }
    return put->bind(1, std::string_view(groupId))
        .bind(2, std::string_view(row.committed.partition.topic))
        .bind(3, row.committed.partition.partition.value)
        .bind(4, row.committed.offset.value)
        .bind(5, row.committed.leaderEpoch.value)
        .bind(6, std::string_view(row.committed.metadata))
        .bind(7, row.committed.committedAt.value)
        .bind(8, row.expireAt.value)
        .run();
}

CatalogResult<void> removeOffset(Database& database, const std::string& groupId, const TopicPartition& partition) {
    auto remove = database.prepare("DELETE FROM offsets WHERE group_id = ? AND topic = ? AND partition = ?");
    if (!remove) {
        return fail(remove.error());
    }
    return remove->bind(1, std::string_view(groupId))
        .bind(2, std::string_view(partition.topic))
        .bind(3, partition.partition.value)
        .run();
}

CatalogResult<void> stageOffset(Database& database, const std::string& groupId, const StagedOffsetRow& row) {
    auto put = database.prepare("INSERT OR REPLACE INTO staged_offsets VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!put) {
        return fail(put.error());
    }
    const CommittedOffset& committed = row.offset.committed;
    return put->bind(1, std::string_view(groupId))
        .bind(2, row.producerId.value)
        .bind(3, std::string_view(committed.partition.topic))
        .bind(4, committed.partition.partition.value)
        .bind(5, committed.offset.value)
        .bind(6, committed.leaderEpoch.value)
        .bind(7, std::string_view(committed.metadata))
        .bind(8, committed.committedAt.value)
        .bind(9, row.offset.expireAt.value)
        .run();
}

CatalogResult<void> endStaged(Database& database, const std::string& groupId, const StagedEnd& end) {
    constexpr const char* kCommit =
        "INSERT OR REPLACE INTO offsets SELECT group_id, topic, partition, offset, leader_epoch, metadata, "
        "committed_ms, expires_ms FROM staged_offsets WHERE group_id = ? AND producer_id = ?";
    constexpr const char* kRemove = "DELETE FROM staged_offsets WHERE group_id = ? AND producer_id = ?";
    for (const char* sql : {kCommit, kRemove}) {
        if (sql == kCommit && !end.isCommit) {
            continue;
        }
        auto statement = database.prepare(sql);
        if (!statement) {
            return fail(statement.error());
        }
        if (auto done = statement->bind(1, std::string_view(groupId)).bind(2, end.producerId.value).run(); !done) {
            return done;
        }
    }
    return {};
}

CatalogResult<void> apply(Database& database, const GroupBatch& batch) {
    if (batch.removeGroup) {
        // Its settings stay, as in Kafka: they were made for the name.
        for (const char* sql :
             {"DELETE FROM offsets WHERE group_id = ?", "DELETE FROM groups WHERE group_id = ?",
              "DELETE FROM share_partitions WHERE group_id = ?", "DELETE FROM staged_offsets WHERE group_id = ?"}) {
            if (auto done = withGroup(database, sql, batch.groupId); !done) {
                return done;
            }
        }
    }
    for (const TopicPartition& partition : batch.removeOffsets) {
        if (auto done = removeOffset(database, batch.groupId, partition); !done) {
            return done;
        }
    }
    for (const OffsetRow& row : batch.putOffsets) {
        if (auto done = putOffset(database, batch.groupId, row); !done) {
            return done;
        }
    }
    for (const StagedOffsetRow& row : batch.stageOffsets) {
        if (auto done = stageOffset(database, batch.groupId, row); !done) {
            return done;
        }
    }
    if (batch.endStaged) {
        if (auto done = endStaged(database, batch.groupId, *batch.endStaged); !done) {
            return done;
        }
    }
    if (!batch.putRecord) {
        return {};
    }
    auto put = database.prepare("INSERT OR REPLACE INTO groups VALUES(?, ?)");
    if (!put) {
        return fail(put.error());
    }
    return put->bind(1, std::string_view(batch.groupId)).bind(2, ByteView(*batch.putRecord)).run();
}

CatalogResult<void> readOffsets(Database& database, std::map<std::string, GroupRow>& groups) {
    return forEachRow(
        database,
        "SELECT group_id, topic, partition, offset, leader_epoch, metadata, committed_ms, expires_ms FROM offsets",
        [&](const Statement& row) {
            OffsetRow offset;
            offset.committed = {{row.text(1), PartitionId(static_cast<std::int32_t>(row.number(2)))},
                                Offset(row.number(3)),
                                LeaderEpoch(static_cast<std::int32_t>(row.number(4))),
                                row.text(5),
                                Timestamp(row.number(6))};
            offset.expireAt = Timestamp(row.number(7));
            groups[row.text(0)].offsets.push_back(std::move(offset));
        });
}

CatalogResult<void> readStaged(Database& database, std::map<std::string, GroupRow>& groups) {
    return forEachRow(
        database,
        "SELECT group_id, producer_id, topic, partition, offset, leader_epoch, metadata, committed_ms, expires_ms "
        "FROM staged_offsets",
        [&](const Statement& row) {
            StagedOffsetRow staged;
            staged.producerId = ProducerId(row.number(1));
            staged.offset.committed = {{row.text(2), PartitionId(static_cast<std::int32_t>(row.number(3)))},
                                       Offset(row.number(4)),
                                       LeaderEpoch(static_cast<std::int32_t>(row.number(5))),
                                       row.text(6),
                                       Timestamp(row.number(7))};
            staged.offset.expireAt = Timestamp(row.number(8));
            groups[row.text(0)].staged.push_back(std::move(staged));
        });
}

CatalogResult<void> readRecords(Database& database, std::map<std::string, GroupRow>& groups) {
    return forEachRow(database, "SELECT group_id, record FROM groups",
                      [&](const Statement& row) { groups[row.text(0)].record = row.bytes(1); });
}

}  // namespace

CatalogResult<std::vector<GroupRow>> Catalog::groups() {
    std::map<std::string, GroupRow> groups;
    auto done = m_writer->run([&](Database& database) {
        auto read = readOffsets(database, groups);
        read = read ? readStaged(database, groups) : read;
        return read ? readRecords(database, groups) : read;
    });
    if (!done) {
        return fail(done.error());
    }
    std::vector<GroupRow> result;
    result.reserve(groups.size());
    for (auto& [id, group] : groups) {
        group.groupId = id;
        result.push_back(std::move(group));
    }
    return result;
}

void Catalog::writeGroup(GroupBatch batch, Done done) {
    m_writer->submit([batch = std::move(batch)](Database& database) { return apply(database, batch); },
                     std::move(done));
}

}  // namespace weir::catalog
