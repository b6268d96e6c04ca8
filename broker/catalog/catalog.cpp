// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/catalog.h"

#include "broker/catalog/database.h"
#include "broker/catalog/for_each_row.h"
#include "broker/catalog/opening.h"
#include "broker/catalog/writer.h"

namespace weir::catalog {

namespace fs = std::filesystem;

CatalogResult<std::unique_ptr<Catalog>> Catalog::open(const CatalogOptions& options, const Clock& clock, Random& random,
                                                      Logger logger) {
    std::error_code error;
    if (!fs::exists(options.folder, error)) {
        fs::create_directories(options.folder, error);
        if (!error) {
            fs::permissions(options.folder, fs::perms::owner_all, error);
        }
    }
    if (error || !fs::is_directory(options.folder, error)) {
        return fail(CatalogErrc::kUnusable, "The data folder " + options.folder.string() + " cannot be used" +
                                                (error ? ": " + error.message() + "." : ": it is not a folder."));
    }
    if (auto ours = checkFolderIsOurs(options.folder); !ours) {
        return fail(ours.error());
    }
    auto lock = FolderLock::take(options.folder);
    if (!lock) {
        return fail(lock.error());
    }
    auto opened = openDatabase(options, clock, random, logger);
    if (!opened) {
        return fail(opened.error());
    }
    std::unique_ptr<Catalog> catalog(new Catalog(*std::move(lock)));
    catalog->m_report = opened->report;
    catalog->m_clusterId = opened->clusterId;
    catalog->m_writer = std::make_unique<Writer>(std::move(opened->database), logger.named("catalog"), options.threads);
    catalog->m_folder = options.folder;
    return catalog;
}

Catalog::Catalog(FolderLock lock) : m_lock(std::move(lock)) {}

Catalog::~Catalog() = default;

CatalogResult<void> Catalog::close() {
    // The log is begun anew and keeps at most a MiB: room that the next start has even on a disk that is full by then.
    static_cast<void>(m_writer->runAlone([](Database& database) {
        auto limited = database.execute("PRAGMA journal_size_limit=1048576");
        return limited ? database.execute("PRAGMA wal_checkpoint(RESTART)") : limited;
    }));
    CatalogResult<void> marked = m_writer->run(
        [](Database& database) { return database.execute("INSERT OR REPLACE INTO meta VALUES('clean', 1)"); });
    if (marked) {
        marked = flush();
    }
    m_writer->stop();
    return marked;
}

std::size_t Catalog::runPending() {
    return m_writer->runPending();
}

CatalogResult<void> Catalog::flush() {
    return m_writer->runAlone([](Database& database) { return database.execute("PRAGMA wal_checkpoint(FULL)"); });
}

void Catalog::flushSoon(Done done) {
    m_writer->submitAlone([this](Database& database) { return putOnDisk(database, m_folder); }, std::move(done));
}

namespace {

constexpr std::string_view kBrokerScope = "broker";
constexpr std::string_view kDefaultScope = "default";

}  // namespace

CatalogResult<BrokerSettings> Catalog::brokerSettings() {
    BrokerSettings result;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        return forEachRow(database, "SELECT scope, name, value FROM broker_configs", [&](const Statement& row) {
            const std::string scope = row.text(0);
            if (scope == kBrokerScope) {
                result.broker[row.text(1)] = row.text(2);
            } else if (scope == kDefaultScope) {
                result.brokerDefault[row.text(1)] = row.text(2);
            }
        });
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

CatalogResult<std::map<std::string, Settings>> Catalog::ownedSettings() {
    std::map<std::string, Settings> result;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        auto select = database.prepare("SELECT scope, name, value FROM broker_configs WHERE scope NOT IN (?, ?)");
        if (!select) {
            return fail(select.error());
        }
        select->bind(1, kBrokerScope).bind(2, kDefaultScope);
        while (true) {
            const auto row = select->step();
            if (!row || !*row) {
                return row ? CatalogResult<void>() : fail(row.error());
            }
            result[select->text(0)][select->text(1)] = select->text(2);
        }
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

namespace {

/// Replaces all settings of one owner. `remove` takes the owner, `insert` owner, name and value.
CatalogResult<void> replaceSettings(Database& database, const char* remove, const char* insert, std::string_view owner,
                                    const Settings& settings) {
    auto clear = database.prepare(remove);
    if (!clear) {
        return fail(clear.error());
    }
    if (auto done = clear->bind(1, owner).run(); !done) {
        return done;
    }
    for (const auto& [name, value] : settings) {
        auto put = database.prepare(insert);
        if (!put) {
            return fail(put.error());
        }
        if (auto done = put->bind(1, owner).bind(2, std::string_view(name)).bind(3, std::string_view(value)).run();
            !done) {
            return done;
        }
    }
    return {};
}

}  // namespace

CatalogResult<void> Catalog::setBrokerSettings(ConfigScope scope, const Settings& settings) {
    return m_writer->run([&](Database& database) {
        return replaceSettings(database, "DELETE FROM broker_configs WHERE scope = ?",
                               "INSERT INTO broker_configs VALUES(?, ?, ?)",
                               scope == ConfigScope::kBroker ? kBrokerScope : kDefaultScope, settings);
    });
}

CatalogResult<void> Catalog::setOwnedSettings(const std::string& owner, const Settings& settings) {
    return m_writer->run([&](Database& database) {
        return replaceSettings(database, "DELETE FROM broker_configs WHERE scope = ?",
                               "INSERT INTO broker_configs VALUES(?, ?, ?)", owner, settings);
    });
}

CatalogResult<std::map<std::string, Settings>> Catalog::groupSettings() {
    std::map<std::string, Settings> result;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        return forEachRow(database, "SELECT group_id, name, value FROM group_configs",
                          [&](const Statement& row) { result[row.text(0)][row.text(1)] = row.text(2); });
    });
    if (!done) {
        return fail(done.error());
    }
    return result;
}

CatalogResult<void> Catalog::setGroupSettings(const std::string& groupId, const Settings& settings) {
    return m_writer->run([&](Database& database) {
        return replaceSettings(database, "DELETE FROM group_configs WHERE group_id = ?",
                               "INSERT INTO group_configs VALUES(?, ?, ?)", groupId, settings);
    });
}

CatalogResult<ProducerId> Catalog::allocateProducerIds(std::int32_t count) {
    WEIR_ASSERT(count > 0);
    ProducerId first;
    auto done = m_writer->run([&](Database& database) -> CatalogResult<void> {
        const auto next = database.number("SELECT value FROM meta WHERE key = 'next_producer_id'");
        if (!next) {
            return fail(next.error());
        }
        first = ProducerId(*next);
        auto update = database.prepare("UPDATE meta SET value = ? WHERE key = 'next_producer_id'");
        if (!update) {
            return fail(update.error());
        }
        return update->bind(1, *next + count).run();
    });
    if (!done) {
        return fail(done.error());
    }
    return first;
}

std::uint64_t Catalog::transactions() const {
    return m_writer->transactions();
}

}  // namespace weir::catalog
