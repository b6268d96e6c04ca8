// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

/// The catalog's rows of the schema registry.
namespace weir::catalog {

namespace {

template <class Row, class Bind>
CatalogResult<void> each(Database& database, const std::vector<Row>& rows, const char* sql, Bind bind) {
    for (const Row& row : rows) {
        auto statement = database.prepare(sql);
        if (!statement) {
            return fail(statement.error());
        }
        bind(*statement, row);
        if (auto done = statement->run(); !done) {
            return done;
        }
    }
    return {};
}

std::int32_t number32(const Statement& row, int column) {
    return static_cast<std::int32_t>(row.number(column));
}

CatalogResult<void> remove(Database& database, const SchemaRows& rows) {
    auto done =
        each(database, rows.versions, "DELETE FROM schema_versions WHERE context = ? AND subject = ? AND version = ?",
             [](Statement& statement, const SchemaVersionRow& row) {
                 statement.bind(1, std::string_view(row.context))
                     .bind(2, std::string_view(row.subject))
                     .bind(3, std::int64_t{row.version});
             });
    done = !done ? std::move(done)
                 : each(database, rows.schemas, "DELETE FROM schemas WHERE context = ? AND id = ?",
                        [](Statement& statement, const SchemaRow& row) {
                            statement.bind(1, std::string_view(row.context)).bind(2, std::int64_t{row.id});
                        });
    return !done ? std::move(done)
                 : each(database, rows.settings, "DELETE FROM schema_settings WHERE scope = ? AND name = ?",
                        [](Statement& statement, const SchemaSettingRow& row) {
                            statement.bind(1, std::string_view(row.scope)).bind(2, std::string_view(row.name));
                        });
}

CatalogResult<void> put(Database& database, const SchemaRows& rows) {
    auto done = each(database, rows.schemas, "INSERT OR REPLACE INTO schemas VALUES(?, ?, ?, ?, ?)",
                     [](Statement& statement, const SchemaRow& row) {
                         statement.bind(1, std::string_view(row.context))
                             .bind(2, std::int64_t{row.id})
                             .bind(3, std::string_view(row.type))
                             .bind(4, std::string_view(row.text))
                             .bind(5, std::string_view(row.references));
                     });
    done = !done ? std::move(done)
                 : each(database, rows.versions, "INSERT OR REPLACE INTO schema_versions VALUES(?, ?, ?, ?, ?)",
                        [](Statement& statement, const SchemaVersionRow& row) {
                            statement.bind(1, std::string_view(row.context))
                                .bind(2, std::string_view(row.subject))
                                .bind(3, std::int64_t{row.version})
                                .bind(4, std::int64_t{row.id})
                                .bind(5, std::int64_t{row.isDeleted ? 1 : 0});
                        });
    done = !done ? std::move(done)
                 : each(database, rows.settings, "INSERT OR REPLACE INTO schema_settings VALUES(?, ?, ?)",
                        [](Statement& statement, const SchemaSettingRow& row) {
                            statement.bind(1, std::string_view(row.scope))
                                .bind(2, std::string_view(row.name))
                                .bind(3, std::string_view(row.value));
                        });
    return !done ? std::move(done)
                 : each(database, rows.contexts, "INSERT OR REPLACE INTO schema_contexts VALUES(?, ?)",
                        [](Statement& statement, const SchemaContextRow& row) {
                            statement.bind(1, std::string_view(row.context)).bind(2, std::int64_t{row.nextId});
                        });
}

}  // namespace

CatalogResult<SchemaRows> Catalog::schemas() {
    SchemaRows rows;
    auto read = m_writer->run([&](Database& database) -> CatalogResult<void> {
        auto done =
            forEachRow(database, "SELECT context, id, type, text, refs FROM schemas", [&](const Statement& row) {
                rows.schemas.push_back({row.text(0), number32(row, 1), row.text(2), row.text(3), row.text(4)});
            });
        done = !done ? std::move(done)
                     : forEachRow(database, "SELECT context, subject, version, id, deleted FROM schema_versions",
                                  [&](const Statement& row) {
                                      rows.versions.push_back({row.text(0), row.text(1), number32(row, 2),
                                                               number32(row, 3), row.number(4) != 0});
                                  });
        done = !done
                   ? std::move(done)
                   : forEachRow(database, "SELECT scope, name, value FROM schema_settings", [&](const Statement& row) {
                         rows.settings.push_back({row.text(0), row.text(1), row.text(2)});
                     });
        return !done ? std::move(done)
                     : forEachRow(database, "SELECT context, next_id FROM schema_contexts", [&](const Statement& row) {
                           rows.contexts.push_back({row.text(0), number32(row, 1)});
                       });
    });
    if (!read) {
        return fail(read.error());
    }
    return rows;
}

CatalogResult<void> Catalog::changeSchemas(const SchemaChange& change) {
    return m_writer->run([&](Database& database) {
        auto done = remove(database, change.remove);
        return !done ? std::move(done) : put(database, change.put);
    });
}

}  // namespace weir::catalog
