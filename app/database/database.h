// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace weir::app {

using DatabaseResult = Result<void, std::string>;

/// A prepared statement. Bindings count from 1, columns from 0, as in SQLite.
class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;

    [[nodiscard]] bool isValid() const { return m_statement != nullptr; }
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, double value);
    Statement& bind(int index, std::string_view text);
    /// True: a row is there.
    bool step();
    /// Runs to the end and makes it ready for the next use. False on an error.
    bool run();
    void reset();
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;

private:
    sqlite3_stmt* m_statement = nullptr;
};

/// One connection. One thread at a time.
class Database {
public:
    /// What a file is to hold. `pragmas` are set at each opening; `tables` makes what is not there yet; `version` is
    /// the largest user_version that this Weir understands.
    struct Shape {
        const char* pragmas;
        const char* tables;
        std::int64_t version;
    };

    static Result<Database, std::string> open(const std::string& path);
    /// The same, in this shape. A file that is damaged, or of a newer Weir, is set aside as `<path>.kept`, and an empty
    /// one begins; one that only cannot be used now (no room, no right, busy) is left alone, and the error says why.
    static Result<Database, std::string> open(const std::string& path, const Shape& shape);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    DatabaseResult execute(const char* sql);
    [[nodiscard]] Statement prepare(std::string_view sql) { return {m_database, sql}; }
    [[nodiscard]] std::string lastError() const;
    [[nodiscard]] std::int64_t lastInsertId() const;

private:
    explicit Database(sqlite3* database) : m_database(database) {}
    DatabaseResult take(const Shape& shape, bool& isUsable);

    sqlite3* m_database = nullptr;
};

}  // namespace weir::app
