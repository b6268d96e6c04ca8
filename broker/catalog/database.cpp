// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace weir::catalog {

namespace {

CatalogError errorOf(sqlite3* database, int code) {
    const std::string what = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
    const bool isDiskError = (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_IOERR;
    const bool isFull = isDiskError && database != nullptr && sqlite3_system_errno(database) == ENOSPC;
    switch (isFull ? SQLITE_FULL : code & 0xff) {
        case SQLITE_FULL:
            return {CatalogErrc::kDiskFull, "The disk is full: the catalog could not be written."};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {CatalogErrc::kDamaged, "The catalog is damaged: " + what + "."};
        case SQLITE_CONSTRAINT:
            return {CatalogErrc::kConflict, "The catalog refused a change: " + what + "."};
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
        case SQLITE_AUTH:
            return {CatalogErrc::kUnusable, "The catalog cannot be used: " + what + "."};
        default:
            return {CatalogErrc::kIo, "The catalog could not be read or written: " + what + "."};
    }
}

}  // namespace

Statement::~Statement() {
    if (m_statement != nullptr) {
        sqlite3_reset(m_statement);
        sqlite3_clear_bindings(m_statement);
    }
}

Statement& Statement::bind(int at, std::int64_t value) {
    WEIR_ASSERT(sqlite3_bind_int64(m_statement, at, value) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    // A null pointer would bind NULL, and an empty view may hold one.
    const char* data = text.data() == nullptr ? "" : text.data();
    WEIR_ASSERT(sqlite3_bind_text64(m_statement, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
    return *this;
}

Statement& Statement::bind(int at, ByteView bytes) {
    const void* data = bytes.data() == nullptr ? static_cast<const void*>("") : bytes.data();
    WEIR_ASSERT(sqlite3_bind_blob64(m_statement, at, data, bytes.size(), SQLITE_STATIC) == SQLITE_OK);
    return *this;
}

Statement& Statement::bindNull(int at) {
    WEIR_ASSERT(sqlite3_bind_null(m_statement, at) == SQLITE_OK);
    return *this;
}

CatalogResult<bool> Statement::step() {
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return fail(errorOf(m_database, code));
}

CatalogResult<void> Statement::run() {
    while (true) {
        const auto row = step();
        if (!row) {
            return fail(row.error());
        }
        if (!*row) {
            return {};
        }
    }
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return data == nullptr ? std::string{}
                           : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Bytes Statement::bytes(int column) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(m_statement, column));
    return data == nullptr ? Bytes{} : Bytes(data, data + sqlite3_column_bytes(m_statement, column));
}

Uuid Statement::id(int column) const {
    Uuid result;
    const Bytes stored = bytes(column);
    if (stored.size() == result.bytes.size()) {
        std::memcpy(result.bytes.data(), stored.data(), stored.size());
    }
    return result;
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

void Statement::copyColumn(int column, Statement& to, int at) const {
    WEIR_ASSERT(sqlite3_bind_value(to.m_statement, at, sqlite3_column_value(m_statement, column)) == SQLITE_OK);
}

CatalogResult<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, OpenAs as,
                                                        const std::string& vfs) {
    sqlite3* handle = nullptr;
    const int mode = as == OpenAs::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    const int code = sqlite3_open_v2(file.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     vfs.empty() ? nullptr : vfs.c_str());
    if (code != SQLITE_OK) {
        CatalogError error = errorOf(handle, code);
        sqlite3_close_v2(handle);
        return fail(std::move(error));
    }
    // A person who looks into the file with SQLite's own tool holds a lock for moments only.
    sqlite3_busy_timeout(handle, 5000);
    return std::unique_ptr<Database>(new Database(handle));
}

Database::~Database() {
    for (const auto& [sql, statement] : m_statements) {
        sqlite3_finalize(statement);
    }
    if (m_keepsFiles) {
        // With a limit SQLite would empty the log now.
        sqlite3_exec(m_handle, "PRAGMA journal_size_limit=-1", nullptr, nullptr, nullptr);
    }
    sqlite3_close_v2(m_handle);
}

CatalogResult<void> Database::execute(const char* sql) {
    const int code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return fail(errorOf(m_handle, code));
    }
    return {};
}

CatalogResult<Statement> Database::prepare(const char* sql) {
    sqlite3_stmt*& kept = m_statements[sql];
    if (kept == nullptr) {
        const int code = sqlite3_prepare_v3(m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &kept, nullptr);
        if (code != SQLITE_OK) {
            return fail(errorOf(m_handle, code));
        }
    }
    return Statement(m_handle, kept);
}

CatalogResult<std::int64_t> Database::number(const char* sql) {
    auto statement = prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    const auto row = statement->step();
    if (!row) {
        return fail(row.error());
    }
    return *row ? statement->number(0) : 0;
}

CatalogResult<std::string> Database::text(const char* sql) {
    auto statement = prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    const auto row = statement->step();
    if (!row) {
        return fail(row.error());
    }
    return *row ? statement->text(0) : std::string{};
}

void Database::keepFiles() {
    int on = 1;
    // A VFS that does not know this removes them, as SQLite otherwise does.
    m_keepsFiles = sqlite3_file_control(m_handle, "main", SQLITE_FCNTL_PERSIST_WAL, &on) == SQLITE_OK;
}

bool Database::inTransaction() const {
    return sqlite3_get_autocommit(m_handle) == 0;
}

}  // namespace weir::catalog
