// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/schema.h"

#include <array>
#include <fstream>

namespace weir::catalog {

namespace {

// Version 1.
//   meta             cluster_id, next_producer_id, clean (1 between a clean stop and the next start)
//   topics           every topic that is there; name and id are each unique
//   topic_configs    overrides only
//   deleted_topics   topics that can still be brought back, with what that takes
//   broker_configs   dynamic settings; scope 'broker', 'default', or the name of another owner
//   group_configs    dynamic settings of groups
//   groups           what a group must remember, in the coordinator's own encoding
//   offsets          committed offsets; expires_ms is -1 where the group's rule decides
//   deleted_offsets  the commits of a deleted topic
constexpr const char* kVersion1 = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE topics(
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL CHECK(partitions > 0),
    created_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE topic_configs(
    topic_id BLOB NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(topic_id, name)
) WITHOUT ROWID;
CREATE TABLE deleted_topics(
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    partitions INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    deleted_ms INTEGER NOT NULL,
    keep_until_ms INTEGER NOT NULL,
    log_starts TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE broker_configs(
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(scope, name)
) WITHOUT ROWID;
CREATE TABLE group_configs(
    group_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(group_id, name)
) WITHOUT ROWID;
CREATE TABLE groups(group_id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE offsets(
    group_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    leader_epoch INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    committed_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY(group_id, topic, partition)
) WITHOUT ROWID;
CREATE INDEX offsets_by_topic ON offsets(topic);
CREATE TABLE deleted_offsets(
    topic_id BLOB NOT NULL,
    group_id TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    leader_epoch INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    committed_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY(topic_id, group_id, partition)
) WITHOUT ROWID;
PRAGMA application_id = 1466263922;
PRAGMA user_version = 1;
)";
static_assert(kApplicationId == 1466263922);

// Version 2: users and their rights.
//   acls               access rules, with Kafka's numbers
//   scram_credentials  what checks a SCRAM login; no password can be had from it
//   client_quotas      limits by user, client id and address
//   delegation_tokens  without their secrets; renewers one a line
constexpr const char* kVersion2 = R"(
CREATE TABLE acls(
    resource_type INTEGER NOT NULL,
    resource_name TEXT NOT NULL,
    pattern_type INTEGER NOT NULL,
    principal TEXT NOT NULL,
    host TEXT NOT NULL,
    operation INTEGER NOT NULL,
    permission INTEGER NOT NULL,
    PRIMARY KEY(resource_type, resource_name, pattern_type, principal, host, operation, permission)
) WITHOUT ROWID;
CREATE TABLE scram_credentials(
    user TEXT NOT NULL,
    mechanism INTEGER NOT NULL,
    iterations INTEGER NOT NULL,
    salt BLOB NOT NULL,
    stored_key BLOB NOT NULL,
    server_key BLOB NOT NULL,
    PRIMARY KEY(user, mechanism)
) WITHOUT ROWID;
CREATE TABLE client_quotas(
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(entity, name)
) WITHOUT ROWID;
CREATE TABLE delegation_tokens(
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    requester TEXT NOT NULL,
    renewers TEXT NOT NULL,
    issued_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = 2;
)";

// Version 3: transactions.
//   transactions            every transactional id; a state in words
//   transaction_partitions  what an open or prepared transaction has touched
//   transaction_groups      groups with offsets staged in it
//   staged_offsets          offsets that are committed with their producer's transaction, or not at all
constexpr const char* kVersion3 = R"(
CREATE TABLE transactions(
    transactional_id TEXT PRIMARY KEY,
    producer_id INTEGER NOT NULL,
    previous_producer_id INTEGER NOT NULL,
    next_producer_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    last_epoch INTEGER NOT NULL,
    timeout_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE transaction_partitions(
    transactional_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    PRIMARY KEY(transactional_id, topic, partition)
) WITHOUT ROWID;
CREATE TABLE transaction_groups(
    transactional_id TEXT NOT NULL,
    group_id TEXT NOT NULL,
    PRIMARY KEY(transactional_id, group_id)
) WITHOUT ROWID;
CREATE TABLE staged_offsets(
    group_id TEXT NOT NULL,
    producer_id INTEGER NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    leader_epoch INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    committed_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY(group_id, producer_id, topic, partition)
) WITHOUT ROWID;
PRAGMA user_version = 3;
)";

// Version 4.
//   share_partitions what of a partition a share group has been delivered; ranges in the coordinator's own encoding
constexpr const char* kVersion4 = R"(
CREATE TABLE share_partitions(
    group_id TEXT NOT NULL,
    topic_id BLOB NOT NULL,
    partition INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    ranges BLOB NOT NULL,
    PRIMARY KEY(group_id, topic_id, partition)
) WITHOUT ROWID;
PRAGMA user_version = 4;
)";

// Version 5: the schema registry.
//   schemas          every schema once in its context, in its canonical form
//   schema_versions  which schema a version of a subject is; 1 in `deleted` where it can still be asked for
//   schema_settings  compatibility levels and modes
//   schema_contexts  the next id to be given
constexpr const char* kVersion5 = R"(
CREATE TABLE schemas(
    context TEXT NOT NULL,
    id INTEGER NOT NULL,
    type TEXT NOT NULL,
    text TEXT NOT NULL,
    refs TEXT NOT NULL,
    PRIMARY KEY(context, id)
) WITHOUT ROWID;
CREATE TABLE schema_versions(
    context TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    id INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY(context, subject, version)
) WITHOUT ROWID;
CREATE TABLE schema_settings(
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY(scope, name)
) WITHOUT ROWID;
CREATE TABLE schema_contexts(context TEXT PRIMARY KEY, next_id INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 5;
)";

/// The step that leads from version i to version i + 1. The words of a step that has been released never change, and a
/// step only creates: isAsMade compares them with what a database says (a change of a table needs more there).
constexpr std::array kSteps{kVersion1, kVersion2, kVersion3, kVersion4, kVersion5};
static_assert(kSteps.size() == static_cast<std::size_t>(kSchemaVersion));

bool looksLikeSqlite(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::array<char, 16> header{};
    in.read(header.data(), header.size());
    return in.gcount() == 16 && std::string_view(header.data(), 15) == "SQLite format 3";
}

}  // namespace

namespace {

/// A disk that is full or fails for a moment is no damage: opening it in earnest says what is the matter.
FileKind kindBy(const CatalogError& error) {
    return error.code == CatalogErrc::kDamaged ? FileKind::kDamaged : FileKind::kOurs;
}

}  // namespace

FileKind inspect(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) {
        return FileKind::kAbsent;
    }
    if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(file, error))) {
        return FileKind::kForeign;
    }
    if (std::filesystem::file_size(file, error) == 0) {
        return FileKind::kEmpty;
    }
    if (!looksLikeSqlite(file)) {
        return FileKind::kDamaged;
    }
    auto database = Database::open(file, OpenAs::kReadOnly);
    if (!database) {
        return kindBy(database.error());
    }
    const auto application = (*database)->number("PRAGMA application_id");
    const auto version = (*database)->number("PRAGMA user_version");
    const auto tables = (*database)->number("SELECT count(*) FROM sqlite_schema");
    for (const auto* read : {&application, &version, &tables}) {
        if (!*read) {
            return kindBy(read->error());
        }
    }
    if (*application != kApplicationId) {
        // A file of ours whose first transaction never committed has neither number nor tables.
        return *application == 0 && *tables == 0 ? FileKind::kEmpty : FileKind::kForeign;
    }
    return *version > kSchemaVersion ? FileKind::kNewer : FileKind::kOurs;
}

CatalogResult<void> migrate(Database& database) {
    const auto version = database.number("PRAGMA user_version");
    if (!version) {
        return fail(version.error());
    }
    if (*version == kSchemaVersion) {
        return {};
    }
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
        return begun;
    }
    for (auto step = static_cast<std::size_t>(*version); step < kSteps.size(); ++step) {
        if (auto done = database.execute(kSteps[step]); !done) {
            (void)database.execute("ROLLBACK");
            return done;
        }
    }
    return database.execute("COMMIT");
}

std::vector<Made> everythingMade() {
    std::vector<Made> all;
    for (const std::string_view step : kSteps) {
        for (std::size_t at = step.find("CREATE "); at != std::string_view::npos; at = step.find("CREATE ", at + 1)) {
            const std::string_view sql = step.substr(at, step.find(';', at) - at);
            // CREATE TABLE name( or CREATE INDEX name ON
            const std::size_t name = sql.find(' ', sql.find(' ') + 1) + 1;
            all.push_back({sql.substr(name, sql.find_first_of(" (", name) - name), sql});
        }
    }
    return all;
}

CatalogResult<bool> isAsMade(Database& database) {
    for (const Made& made : everythingMade()) {
        auto select = database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?");
        if (!select) {
            return fail(select.error());
        }
        const auto there = select->bind(1, made.name).step();
        if (!there) {
            return fail(there.error());
        }
        if (!*there || select->text(0) != made.sql) {
            return false;
        }
    }
    return true;
}

}  // namespace weir::catalog
