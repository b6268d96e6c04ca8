// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/salvage.h"

#include <array>

namespace weir::catalog {

namespace {

struct Copy {
    const char* select;
    const char* insert;
    int columns;
};

constexpr std::array kCopies{
    Copy{"SELECT key, value FROM meta", "INSERT OR REPLACE INTO meta VALUES(?,?)", 2},
    Copy{"SELECT id, name, partitions, created_ms FROM topics", "INSERT OR IGNORE INTO topics VALUES(?,?,?,?)", 4},
    Copy{"SELECT topic_id, name, value FROM topic_configs", "INSERT OR IGNORE INTO topic_configs VALUES(?,?,?)", 3},
    Copy{"SELECT id, name, partitions, created_ms, deleted_ms, keep_until_ms, log_starts FROM deleted_topics",
         "INSERT OR IGNORE INTO deleted_topics VALUES(?,?,?,?,?,?,?)", 7},
    Copy{"SELECT scope, name, value FROM broker_configs", "INSERT OR IGNORE INTO broker_configs VALUES(?,?,?)", 3},
    Copy{"SELECT group_id, name, value FROM group_configs", "INSERT OR IGNORE INTO group_configs VALUES(?,?,?)", 3},
    Copy{"SELECT group_id, record FROM groups", "INSERT OR IGNORE INTO groups VALUES(?,?)", 2},
    Copy{"SELECT group_id, topic, partition, offset, leader_epoch, metadata, committed_ms, expires_ms FROM offsets",
         "INSERT OR IGNORE INTO offsets VALUES(?,?,?,?,?,?,?,?)", 8},
    Copy{"SELECT topic_id, group_id, partition, offset, leader_epoch, metadata, committed_ms, expires_ms FROM "
         "deleted_offsets",
         "INSERT OR IGNORE INTO deleted_offsets VALUES(?,?,?,?,?,?,?,?)", 8},
    Copy{"SELECT resource_type, resource_name, pattern_type, principal, host, operation, permission FROM acls",
         "INSERT OR IGNORE INTO acls VALUES(?,?,?,?,?,?,?)", 7},
    Copy{"SELECT user, mechanism, iterations, salt, stored_key, server_key FROM scram_credentials",
         "INSERT OR IGNORE INTO scram_credentials VALUES(?,?,?,?,?,?)", 6},
    Copy{"SELECT entity, name, value FROM client_quotas", "INSERT OR IGNORE INTO client_quotas VALUES(?,?,?)", 3},
    Copy{"SELECT id, owner, requester, renewers, issued_ms, expires_ms, ends_ms FROM delegation_tokens",
         "INSERT OR IGNORE INTO delegation_tokens VALUES(?,?,?,?,?,?,?)", 7},
    Copy{"SELECT transactional_id, producer_id, previous_producer_id, next_producer_id, epoch, last_epoch, timeout_ms, "
         "state, version, started_ms, updated_ms FROM transactions",
         "INSERT OR IGNORE INTO transactions VALUES(?,?,?,?,?,?,?,?,?,?,?)", 11},
    Copy{"SELECT transactional_id, topic, partition FROM transaction_partitions",
         "INSERT OR IGNORE INTO transaction_partitions VALUES(?,?,?)", 3},
    Copy{"SELECT transactional_id, group_id FROM transaction_groups",
         "INSERT OR IGNORE INTO transaction_groups VALUES(?,?)", 2},
    Copy{"SELECT group_id, producer_id, topic, partition, offset, leader_epoch, metadata, committed_ms, expires_ms "
         "FROM staged_offsets",
         "INSERT OR IGNORE INTO staged_offsets VALUES(?,?,?,?,?,?,?,?,?)", 9},
    Copy{"SELECT group_id, topic_id, partition, start_offset, ranges FROM share_partitions",
         "INSERT OR IGNORE INTO share_partitions VALUES(?,?,?,?,?)", 5},
    Copy{"SELECT context, id, type, text, refs FROM schemas", "INSERT OR IGNORE INTO schemas VALUES(?,?,?,?,?)", 5},
    Copy{"SELECT context, subject, version, id, deleted FROM schema_versions",
         "INSERT OR IGNORE INTO schema_versions VALUES(?,?,?,?,?)", 5},
    Copy{"SELECT scope, name, value FROM schema_settings", "INSERT OR IGNORE INTO schema_settings VALUES(?,?,?)", 3},
    Copy{"SELECT context, next_id FROM schema_contexts", "INSERT OR IGNORE INTO schema_contexts VALUES(?,?)", 2},
};

/// Copies rows until the first that cannot be read.
std::int64_t copyTable(const Copy& copy, Database& from, Database& to) {
    std::int64_t rows = 0;
    auto select = from.prepare(copy.select);
    if (!select) {
        return rows;
    }
    while (true) {
        const auto row = select->step();
        if (!row || !*row) {
            return rows;
        }
        auto insert = to.prepare(copy.insert);
        if (!insert) {
            return rows;
        }
        for (int column = 0; column < copy.columns; ++column) {
            select->copyColumn(column, *insert, column + 1);
        }
        if (insert->run()) {
            ++rows;
        }
    }
}

std::filesystem::path withSuffix(const std::filesystem::path& file, const std::string& suffix) {
    return file.string() + suffix;
}

}  // namespace

CatalogResult<std::filesystem::path> setAside(const std::filesystem::path& file) {
    std::error_code error;
    std::filesystem::path target = withSuffix(file, ".damaged");
    for (int i = 1; std::filesystem::exists(std::filesystem::symlink_status(target, error)); ++i) {
        target = withSuffix(file, ".damaged." + std::to_string(i));
    }
    // The log of the last transactions first: a crash in between must not leave it beside a fresh database, which
    // would take it for its own.
    for (const char* tail : {"-wal", "-shm", ""}) {
        const std::filesystem::path from = withSuffix(file, tail);
        if (!std::filesystem::exists(std::filesystem::symlink_status(from, error))) {
            continue;
        }
        std::filesystem::rename(from, withSuffix(target, tail), error);
        if (error) {
            return fail(CatalogErrc::kUnusable,
                        "The damaged " + from.string() + " cannot be set aside: " + error.message() + ".");
        }
    }
    return target;
}

std::int64_t salvage(const std::filesystem::path& damaged, Database& fresh) {
    // Worked on as a copy, as SQLite writes to a file whose -wal it finds.
    const std::filesystem::path copy = withSuffix(damaged, ".copy");
    std::error_code error;
    const auto remove = [&] {
        for (const char* tail : {"", "-wal", "-shm"}) {
            std::filesystem::remove(withSuffix(copy, tail), error);
        }
    };
    remove();
    std::filesystem::copy_file(damaged, copy, error);
    if (error) {
        return 0;
    }
    std::filesystem::copy_file(withSuffix(damaged, "-wal"), withSuffix(copy, "-wal"), error);
    std::int64_t rows = 0;
    if (auto from = Database::open(copy, OpenAs::kReadWrite); from && fresh.execute("BEGIN IMMEDIATE")) {
        for (const Copy& table : kCopies) {
            rows += copyTable(table, **from, fresh);
        }
        if (!fresh.execute("COMMIT")) {
            (void)fresh.execute("ROLLBACK");
            rows = 0;
        }
    }
    remove();
    return rows;
}

}  // namespace weir::catalog
