// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/salvage.h"

#include <array>

#include "broker/catalog/folder_sync.h"
#include "broker/catalog/schema.h"

namespace weir::catalog {

namespace {

namespace fs = std::filesystem;

/// The file itself and what SQLite keeps beside it.
constexpr std::array kTails{"", "-wal", "-shm"};

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

bool isThere(const fs::path& file) {
    std::error_code error;
    return fs::exists(fs::symlink_status(file, error));
}

fs::path withSuffix(const fs::path& file, const std::string& suffix) {
    return file.string() + suffix;
}

void removeAll(const fs::path& file) {
    std::error_code error;
    for (const char* tail : kTails) {
        fs::remove(withSuffix(file, tail), error);
    }
}

/// Copies rows until the first that cannot be read.
CatalogResult<std::int64_t> copyTable(const Copy& copy, Database& from, Database& to) {
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
            return fail(insert.error());
        }
        for (int column = 0; column < copy.columns; ++column) {
            select->copyColumn(column, *insert, column + 1);
        }
        if (const auto done = insert->run()) {
            ++rows;
        } else if (done.error().code != CatalogErrc::kConflict) {
            return fail(done.error());
        }
    }
}

CatalogResult<std::int64_t> copyTables(Database& from, Database& to) {
    if (auto begun = to.execute("BEGIN IMMEDIATE"); !begun) {
        return fail(begun.error());
    }
    std::int64_t rows = 0;
    for (const Copy& table : kCopies) {
        const auto copied = copyTable(table, from, to);
        if (!copied) {
            return fail(copied.error());
        }
        rows += *copied;
    }
    if (auto done = to.execute("COMMIT"); !done) {
        return fail(done.error());
    }
    return rows;
}

/// Gives every table the words it was made with: a flipped bit there would cost all of its rows.
void mendSchema(const fs::path& copy) {
    auto database = Database::open(copy, OpenAs::kReadWrite);
    if (!database || !(*database)->execute("PRAGMA writable_schema=ON")) {
        return;
    }
    for (const Made& made : everythingMade()) {
        auto update = (*database)->prepare("UPDATE sqlite_schema SET sql = ?1 WHERE name = ?2 AND sql <> ?1");
        if (update) {
            static_cast<void>(update->bind(1, made.sql).bind(2, made.name).run());
        }
    }
}

CatalogError cannotCopy(const fs::path& damaged, const std::error_code& why) {
    return {why == std::errc::no_space_on_device ? CatalogErrc::kDiskFull : CatalogErrc::kIo,
            "The damaged catalog " + damaged.string() + " could not be copied: " + why.message() + "."};
}

/// Where a damaged file goes, or, when it has gone already, went.
fs::path nameAside(const fs::path& file) {
    const bool isGone = !isThere(file);
    const fs::path first = withSuffix(file, ".damaged");
    fs::path last = first;
    for (int i = 1;; ++i) {
        const fs::path next = i == 1 ? first : withSuffix(first, "." + std::to_string(i - 1));
        if (!isThere(next)) {
            return isGone ? last : next;
        }
        last = next;
    }
}

}  // namespace

fs::path rescueOf(const fs::path& file) {
    return withSuffix(file, ".rescue");
}

void forgetRescue(const fs::path& file) {
    removeAll(rescueOf(file));
}

CatalogResult<std::int64_t> salvage(const fs::path& damaged, Database& fresh) {
    // Worked on as a copy, as SQLite writes to a file whose -wal it finds.
    const fs::path copy = withSuffix(damaged, ".copy");
    removeAll(copy);
    std::error_code error;
    for (const char* tail : {"", "-wal"}) {
        const fs::path from = withSuffix(damaged, tail);
        if (isThere(from) && !fs::copy_file(from, withSuffix(copy, tail), error)) {
            removeAll(copy);
            return fail(cannotCopy(from, error));
        }
    }
    mendSchema(copy);
    CatalogResult<std::int64_t> rows = std::int64_t{0};
    if (auto from = Database::open(copy, OpenAs::kReadWrite)) {
        rows = copyTables(**from, fresh);
    }
    removeAll(copy);
    return rows;
}

CatalogResult<fs::path> finishRescue(const fs::path& file) {
    const fs::path aside = nameAside(file);
    const auto move = [](const fs::path& from, const fs::path& to) -> CatalogResult<void> {
        std::error_code error;
        fs::rename(from, to, error);
        return error
                   ? CatalogResult<void>(fail(CatalogErrc::kUnusable, "The damaged catalog's " + from.string() +
                                                                          " cannot be moved: " + error.message() + "."))
                   : CatalogResult<void>();
    };
    // The file first: as long as it is there, a start makes its rescue anew. Its -wal goes before the rescue comes,
    // which would take it for its own.
    for (const char* tail : kTails) {
        const fs::path from = withSuffix(file, tail);
        if (!isThere(from)) {
            continue;
        }
        if (auto moved = move(from, withSuffix(aside, tail)); !moved) {
            return fail(moved.error());
        }
    }
    if (auto synced = syncFolder(file.parent_path()); !synced) {
        return fail(synced.error());
    }
    if (auto moved = move(rescueOf(file), file); !moved) {
        return fail(moved.error());
    }
    forgetRescue(file);
    if (auto synced = syncFolder(file.parent_path()); !synced) {
        return fail(synced.error());
    }
    return aside;
}

}  // namespace weir::catalog
