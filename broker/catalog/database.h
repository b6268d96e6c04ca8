// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"
#include "broker/catalog/errors.h"

struct sqlite3;
struct sqlite3_stmt;

/// SQLite behind Result; inside this module only.
namespace weir::catalog {

/// A prepared statement, reset when the object goes. Parameters and columns count from 1 and from 0, as in SQLite.
/// Texts and bytes are bound without a copy: they outlive the statement object.
class Statement {
public:
    explicit Statement(sqlite3* database, sqlite3_stmt* statement) : m_database(database), m_statement(statement) {}
    Statement(Statement&& other) noexcept
        : m_database(other.m_database), m_statement(std::exchange(other.m_statement, nullptr)) {}
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, std::string_view text);
    Statement& bind(int at, ByteView bytes);
    Statement& bind(int at, const Uuid& id) { return bind(at, ByteView(id.bytes)); }
    Statement& bindNull(int at);

    /// True: a row stands ready. False: done.
    CatalogResult<bool> step();
    /// Steps to the end of a statement that gives no rows.
    CatalogResult<void> run();

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes bytes(int column) const;
    [[nodiscard]] Uuid id(int column) const;
    [[nodiscard]] bool isNull(int column) const;
    /// Binds the column's value, whatever its type, to parameter `at` of `to`, copying it.
    void copyColumn(int column, Statement& to, int at) const;

private:
    sqlite3* m_database;
    sqlite3_stmt* m_statement;
};

enum class OpenAs { kReadWrite, kReadOnly };

/// One connection; one thread at a time. Statements are prepared once and kept.
class Database {
public:
    /// `vfs` is the name of a registered one; empty: the system's.
    static CatalogResult<std::unique_ptr<Database>> open(const std::filesystem::path& file, OpenAs as,
                                                         const std::string& vfs = {});
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// One or more statements without parameters, rows dropped.
    CatalogResult<void> execute(const char* sql);
    /// `sql` is a literal: its address is the key under which the statement is kept.
    CatalogResult<Statement> prepare(const char* sql);
    CatalogResult<std::int64_t> number(const char* sql);
    CatalogResult<std::string> text(const char* sql);

    /// The files beside this one (its log, and what is shared of it) stay when it is closed, so that who opens it next
    /// need not ask a disk for room that may be full by then.
    void keepFiles();
    /// False: no transaction is open, because none was begun or an error ended it.
    [[nodiscard]] bool inTransaction() const;

private:
    explicit Database(sqlite3* handle) : m_handle(handle) {}

    sqlite3* m_handle;
    bool m_keepsFiles = false;
    std::map<const char*, sqlite3_stmt*> m_statements;
};

}  // namespace weir::catalog
