// SPDX-License-Identifier: GPL-3.0-or-later
// The catalog's transactional ids.
#include <map>

#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

namespace weir::catalog {

namespace {

CatalogResult<void> withId(Database& database, const char* sql, const std::string& id) {
    auto statement = database.prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    return statement->bind(1, std::string_view(id)).run();
}

CatalogResult<void> putRow(Database& database, const TransactionRow& row) {
    auto put = database.prepare("INSERT OR REPLACE INTO transactions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!put) {
        return fail(put.error());
    }
    return put->bind(1, std::string_view(row.transactionalId))
        .bind(2, row.producerId.value)
        .bind(3, row.previousProducerId.value)
        .bind(4, row.nextProducerId.value)
        .bind(5, std::int64_t{row.epoch.value})
        .bind(6, std::int64_t{row.lastEpoch.value})
        .bind(7, std::int64_t{row.timeoutMs})
        .bind(8, std::string_view(row.state))
        .bind(9, std::int64_t{row.version})
        .bind(10, row.startedAt.value)
        .bind(11, row.updatedAt.value)
        .run();
}

CatalogResult<void> addTouched(Database& database, const TransactionRow& row) {
    for (const TopicPartition& partition : row.partitions) {
        auto put = database.prepare("INSERT OR IGNORE INTO transaction_partitions VALUES(?, ?, ?)");
        if (!put) {
            return fail(put.error());
        }
        if (auto done = put->bind(1, std::string_view(row.transactionalId))
                            .bind(2, std::string_view(partition.topic))
                            .bind(3, std::int64_t{partition.partition.value})
                            .run();
            !done) {
            return done;
        }
    }
    for (const std::string& group : row.groups) {
        auto put = database.prepare("INSERT OR IGNORE INTO transaction_groups VALUES(?, ?)");
        if (!put) {
            return fail(put.error());
        }
        if (auto done = put->bind(1, std::string_view(row.transactionalId)).bind(2, std::string_view(group)).run();
            !done) {
            return done;
        }
    }
    return {};
}

CatalogResult<void> apply(Database& database, const TransactionChange& change) {
    const std::string& id = change.row.transactionalId;
    if (change.remove || change.forgetsTouched) {
        for (const char* sql : {"DELETE FROM transaction_partitions WHERE transactional_id = ?",
                                "DELETE FROM transaction_groups WHERE transactional_id = ?"}) {
            if (auto done = withId(database, sql, id); !done) {
                return done;
            }
        }
    }
    if (change.remove) {
        return withId(database, "DELETE FROM transactions WHERE transactional_id = ?", id);
    }
    if (auto done = putRow(database, change.row); !done) {
        return done;
    }
    return addTouched(database, change.row);
}

using Rows = std::map<std::string, TransactionRow>;

CatalogResult<void> readAll(Database& database, Rows& rows) {
    auto done = forEachRow(database,
                           "SELECT transactional_id, producer_id, previous_producer_id, next_producer_id, epoch, "
                           "last_epoch, timeout_ms, state, version, started_ms, updated_ms FROM transactions",
                           [&](const Statement& s) {
                               TransactionRow& row = rows[s.text(0)];
                               row.transactionalId = s.text(0);
                               row.producerId = ProducerId(s.number(1));
                               row.previousProducerId = ProducerId(s.number(2));
                               row.nextProducerId = ProducerId(s.number(3));
                               row.epoch = ProducerEpoch(static_cast<std::int16_t>(s.number(4)));
                               row.lastEpoch = ProducerEpoch(static_cast<std::int16_t>(s.number(5)));
                               row.timeoutMs = static_cast<std::int32_t>(s.number(6));
                               row.state = s.text(7);
                               row.version = static_cast<std::int32_t>(s.number(8));
                               row.startedAt = Timestamp(s.number(9));
                               row.updatedAt = Timestamp(s.number(10));
                           });
    if (!done) {
        return done;
    }
    // What belongs to no id is the rest of a damaged file.
    done = forEachRow(
        database, "SELECT transactional_id, topic, partition FROM transaction_partitions", [&](const Statement& s) {
            if (const auto row = rows.find(s.text(0)); row != rows.end()) {
                row->second.partitions.push_back({s.text(1), PartitionId(static_cast<std::int32_t>(s.number(2)))});
            }
        });
    if (!done) {
        return done;
    }
    return forEachRow(database, "SELECT transactional_id, group_id FROM transaction_groups", [&](const Statement& s) {
        if (const auto row = rows.find(s.text(0)); row != rows.end()) {
            row->second.groups.push_back(s.text(1));
        }
    });
}

}  // namespace

CatalogResult<std::vector<TransactionRow>> Catalog::storedTransactions() {
    Rows rows;
    auto done = m_writer->run([&](Database& database) { return readAll(database, rows); });
    if (!done) {
        return fail(done.error());
    }
    std::vector<TransactionRow> result;
    result.reserve(rows.size());
    for (auto& [id, row] : rows) {
        result.push_back(std::move(row));
    }
    return result;
}

void Catalog::writeTransaction(TransactionChange change, Done done) {
    m_writer->submit([change = std::move(change)](Database& database) { return apply(database, change); },
                     std::move(done));
}

}  // namespace weir::catalog
