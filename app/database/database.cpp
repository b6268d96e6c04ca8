// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/database/database.h"

#include <sqlite3.h>

#include <cstdio>
#include <utility>

namespace weir::app {

Statement::Statement(sqlite3* database, std::string_view sql) {
    sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &m_statement, nullptr);
}

Statement::~Statement() {
    sqlite3_finalize(m_statement);
}

Statement::Statement(Statement&& other) noexcept : m_statement(std::exchange(other.m_statement, nullptr)) {}

Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(m_statement, index, value);
    return *this;
}

Statement& Statement::bind(int index, double value) {
    sqlite3_bind_double(m_statement, index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text(m_statement, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    return *this;
}

bool Statement::step() {
    return m_statement != nullptr && sqlite3_step(m_statement) == SQLITE_ROW;
}

bool Statement::run() {
    const bool isDone = m_statement != nullptr && sqlite3_step(m_statement) == SQLITE_DONE;
    reset();
    return isDone;
}

void Statement::reset() {
    sqlite3_reset(m_statement);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(m_statement, column);
}

std::string Statement::text(int column) const {
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Result<Database, std::string> Database::open(const std::string& path) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(raw);
    if (code != SQLITE_OK) {
        return fail("The file " + path + " cannot be opened: " + database.lastError());
    }
    return database;
}

Result<Database, std::string> Database::open(const std::string& path, const Shape& shape) {
    bool isUsable = true;
    std::string why;
    {
        auto database = open(path);
        if (!database) {
            return database;
        }
        auto shaped = database->take(shape, isUsable);
        if (shaped) {
            return database;
        }
        why = std::move(shaped).error();
    }
    if (isUsable || std::rename(path.c_str(), (path + ".kept").c_str()) != 0) {
        return fail("The file " + path + " cannot be used: " + why);
    }
    static_cast<void>(std::remove((path + "-wal").c_str()));
    static_cast<void>(std::remove((path + "-shm").c_str()));
    auto database = open(path);
    if (auto shaped = database ? database->take(shape, isUsable) : DatabaseResult(); !shaped) {
        return fail("The file " + path + " cannot be used: " + shaped.error());
    }
    return database;
}

DatabaseResult Database::take(const Shape& shape, bool& isUsable) {
    const auto failed = [&] {
        const int code = sqlite3_errcode(m_database);
        isUsable = code != SQLITE_CORRUPT && code != SQLITE_NOTADB;
        return fail(lastError());
    };
    if (!execute(shape.pragmas)) {
        return failed();
    }
    {
        auto select = prepare("PRAGMA user_version");
        if (!select.step()) {
            return failed();
        }
        if (select.integer(0) > shape.version) {
            isUsable = false;
            return fail(std::string("it was written by a newer Weir"));
        }
    }
    if (!execute(shape.tables) || !execute(("PRAGMA user_version = " + std::to_string(shape.version)).c_str())) {
        return failed();
    }
    return {};
}

Database::Database(Database&& other) noexcept : m_database(std::exchange(other.m_database, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(m_database, other.m_database);
    return *this;
}

Database::~Database() {
    sqlite3_close_v2(m_database);
}

DatabaseResult Database::execute(const char* sql) {
    if (sqlite3_exec(m_database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return fail(lastError());
    }
    return {};
}

std::string Database::lastError() const {
    return m_database == nullptr ? "out of memory" : sqlite3_errmsg(m_database);
}

std::int64_t Database::lastInsertId() const {
    return sqlite3_last_insert_rowid(m_database);
}

}  // namespace weir::app
