// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <cstdlib>

#include "broker/catalog/catalog.h"
#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/writer.h"

/// The catalog's users, access rules, quotas and delegation tokens.
namespace weir::catalog {

namespace {

/// Runs `sql` with what `bind` gives it.
template <class Bind>
CatalogResult<void> change(Database& database, const char* sql, Bind bind) {
    auto statement = database.prepare(sql);
    if (!statement) {
        return fail(statement.error());
    }
    bind(*statement);
    return statement->run();
}

/// Runs each of `changes`, in order, until one fails.
template <class Range, class Each>
CatalogResult<void> all(const Range& changes, Each each) {
    for (const auto& change : changes) {
        if (auto done = each(change); !done) {
            return done;
        }
    }
    return {};
}

void bindAcl(Statement& statement, const AclRow& row) {
    statement.bind(1, std::int64_t{row.resourceType})
        .bind(2, std::string_view(row.resourceName))
        .bind(3, std::int64_t{row.patternType})
        .bind(4, std::string_view(row.principal))
        .bind(5, std::string_view(row.host))
        .bind(6, std::int64_t{row.operation})
        .bind(7, std::int64_t{row.permission});
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + '\n';
    }
    return text;
}

/// Runs `read` on the catalog's thread and answers what it filled.
template <class Rows, class Read>
CatalogResult<Rows> readAll(Writer& writer, Read read) {
    Rows rows;
    auto done = writer.run([&](Database& database) { return read(database, rows); });
    if (!done) {
        return fail(done.error());
    }
    return rows;
}

}  // namespace

CatalogResult<std::vector<AclRow>> Catalog::acls() {
    return readAll<std::vector<AclRow>>(*m_writer, [](Database& database, std::vector<AclRow>& rows) {
        return forEachRow(
            database,
            "SELECT resource_type, resource_name, pattern_type, principal, host, operation, permission "
            "FROM acls",
            [&](const Statement& row) {
                rows.push_back({static_cast<std::int8_t>(row.number(0)), row.text(1),
                                static_cast<std::int8_t>(row.number(2)), row.text(3), row.text(4),
                                static_cast<std::int8_t>(row.number(5)), static_cast<std::int8_t>(row.number(6))});
            });
    });
}

CatalogResult<void> Catalog::changeAcls(const std::vector<AclRow>& add, const std::vector<AclRow>& remove) {
    return m_writer->run([&](Database& database) {
        auto done = all(remove, [&](const AclRow& row) {
            return change(database,
                          "DELETE FROM acls WHERE resource_type = ? AND resource_name = ? AND pattern_type = ? AND "
                          "principal = ? AND host = ? AND operation = ? AND permission = ?",
                          [&](Statement& statement) { bindAcl(statement, row); });
        });
        return !done ? std::move(done) : all(add, [&](const AclRow& row) {
            return change(database, "INSERT OR IGNORE INTO acls VALUES(?, ?, ?, ?, ?, ?, ?)",
                          [&](Statement& statement) { bindAcl(statement, row); });
        });
    });
}

CatalogResult<std::vector<ScramRow>> Catalog::scramCredentials() {
    return readAll<std::vector<ScramRow>>(*m_writer, [](Database& database, std::vector<ScramRow>& rows) {
        return forEachRow(
            database, "SELECT user, mechanism, iterations, salt, stored_key, server_key FROM scram_credentials",
            [&](const Statement& row) {
                rows.push_back({row.text(0), static_cast<std::int8_t>(row.number(1)),
                                static_cast<std::int32_t>(row.number(2)), row.bytes(3), row.bytes(4), row.bytes(5)});
            });
    });
}

CatalogResult<void> Catalog::changeScramCredentials(const std::vector<ScramRow>& put,
                                                    const std::vector<ScramKey>& remove) {
    return m_writer->run([&](Database& database) {
        auto done = all(remove, [&](const ScramKey& key) {
            return change(database, "DELETE FROM scram_credentials WHERE user = ? AND mechanism = ?",
                          [&](Statement& statement) {
                              statement.bind(1, std::string_view(key.user)).bind(2, std::int64_t{key.mechanism});
                          });
        });
        return !done ? std::move(done) : all(put, [&](const ScramRow& row) {
            return change(database, "INSERT OR REPLACE INTO scram_credentials VALUES(?, ?, ?, ?, ?, ?)",
                          [&](Statement& statement) {
                              statement.bind(1, std::string_view(row.user))
                                  .bind(2, std::int64_t{row.mechanism})
                                  .bind(3, std::int64_t{row.iterations})
                                  .bind(4, ByteView(row.salt))
                                  .bind(5, ByteView(row.storedKey))
                                  .bind(6, ByteView(row.serverKey));
                          });
        });
    });
}

CatalogResult<std::vector<QuotaRow>> Catalog::quotas() {
    return readAll<std::vector<QuotaRow>>(*m_writer, [](Database& database, std::vector<QuotaRow>& rows) {
        return forEachRow(database, "SELECT entity, name, value FROM client_quotas", [&](const Statement& row) {
            rows.push_back({row.text(0), row.text(1), std::strtod(row.text(2).c_str(), nullptr)});
        });
    });
}

CatalogResult<void> Catalog::changeQuotas(const std::vector<QuotaChange>& changes) {
    return m_writer->run([&](Database& database) {
        return all(changes, [&](const QuotaChange& each) {
            // As text that reads back as the very same number.
            const std::string value = each.value ? fmt::format("{}", *each.value) : std::string();
            const char* sql = each.value ? "INSERT OR REPLACE INTO client_quotas VALUES(?, ?, ?)"
                                         : "DELETE FROM client_quotas WHERE entity = ? AND name = ?";
            return change(database, sql, [&](Statement& statement) {
                statement.bind(1, std::string_view(each.entity)).bind(2, std::string_view(each.key));
                if (each.value) {
                    statement.bind(3, std::string_view(value));
                }
            });
        });
    });
}

CatalogResult<std::vector<TokenRow>> Catalog::tokens() {
    return readAll<std::vector<TokenRow>>(*m_writer, [](Database& database, std::vector<TokenRow>& rows) {
        return forEachRow(
            database, "SELECT id, owner, requester, renewers, issued_ms, expires_ms, ends_ms FROM delegation_tokens",
            [&](const Statement& row) {
                rows.push_back({row.text(0), row.text(1), row.text(2), linesOf(row.text(3)), Timestamp(row.number(4)),
                                Timestamp(row.number(5)), Timestamp(row.number(6))});
            });
    });
}

CatalogResult<void> Catalog::putToken(const TokenRow& token) {
    return m_writer->run([&](Database& database) {
        const std::string renewers = joined(token.renewers);
        return change(database, "INSERT OR REPLACE INTO delegation_tokens VALUES(?, ?, ?, ?, ?, ?, ?)",
                      [&](Statement& statement) {
                          statement.bind(1, std::string_view(token.id))
                              .bind(2, std::string_view(token.owner))
                              .bind(3, std::string_view(token.requester))
                              .bind(4, std::string_view(renewers))
                              .bind(5, token.issuedAt.value)
                              .bind(6, token.expiresAt.value)
                              .bind(7, token.endsAt.value);
                      });
    });
}

CatalogResult<void> Catalog::removeToken(const std::string& id) {
    return m_writer->run([&](Database& database) {
        return change(database, "DELETE FROM delegation_tokens WHERE id = ?",
                      [&](Statement& statement) { statement.bind(1, std::string_view(id)); });
    });
}

}  // namespace weir::catalog
