// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/opening.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "broker/catalog/folder_sync.h"
#include "broker/catalog/salvage.h"
#include "broker/catalog/schema.h"

namespace weir::catalog {

namespace {

namespace fs = std::filesystem;

bool isLogFolder(const fs::path& path) {
    const std::string name = path.filename().string();
    const auto dash = name.rfind('-');
    std::error_code error;
    if (dash == std::string::npos || dash == 0 || !fs::is_directory(path, error)) {
        return false;
    }
    const std::string tail = name.substr(dash + 1);
    const bool numbered =
        !tail.empty() && std::all_of(tail.begin(), tail.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!numbered && tail != "delete" && tail != "future" && tail != "stray") {
        return false;
    }
    // An empty one may be left of a creation that was cut short.
    bool empty = true;
    for (const auto& entry : fs::directory_iterator(path, error)) {
        empty = false;
        const std::string inside = entry.path().filename().string();
        if (inside == "partition.metadata" || inside.ends_with(".log") || inside == "leader-epoch-checkpoint") {
            return true;
        }
    }
    return empty;
}

bool isKnown(const fs::path& path) {
    const std::string name = path.filename().string();
    for (const char* prefix : {"weir.", ".lock", ".kafka", ".quarantine", "meta.properties", "bootstrap.checkpoint",
                               "recovery-point-offset-checkpoint", "replication-offset-checkpoint",
                               "log-start-offset-checkpoint", "cleaner-offset-checkpoint", "lost+found", "history."}) {
        if (name.starts_with(prefix)) {
            return true;
        }
    }
    return isLogFolder(path);
}

/// SQLite would make the file with the process's umask; what is in it is for its owner.
CatalogResult<void> makeFile(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        const CatalogErrc code = errno == ENOSPC ? CatalogErrc::kDiskFull : CatalogErrc::kUnusable;
        return fail(code, "The catalog " + file.string() + " cannot be made: " + std::strerror(errno) + ".");
    }
    ::close(descriptor);
    return {};
}

const char* synchronousPragma(SyncMode sync) {
    return sync == SyncMode::kDisk ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
}

/// `synchronous` is the first pragma, so that it holds for making the file too.
CatalogResult<std::unique_ptr<Database>> openCurrent(const fs::path& file, const char* synchronous,
                                                     const std::string& vfs) {
    if (auto made = makeFile(file); !made) {
        return fail(made.error());
    }
    auto database = Database::open(file, OpenAs::kReadWrite, vfs);
    if (!database) {
        return database;
    }
    for (const char* sql :
         {synchronous, "PRAGMA journal_mode=WAL", "PRAGMA temp_store=MEMORY", "PRAGMA journal_size_limit=67108864"}) {
        if (auto done = (*database)->execute(sql); !done) {
            return fail(done.error());
        }
    }
    if (auto migrated = migrate(**database); !migrated) {
        return fail(migrated.error());
    }
    return database;
}

/// quick_check tells what it could not read among what is wrong, and a disk that fails for a moment is no damage: a
/// file that is set aside for that would be a good one. The codes are SQLite's extended ones.
bool isFailedRead(const std::string& verdict) {
    constexpr std::string_view kMark = "error code=";
    constexpr int kPrimary = 0xff;
    const auto at = verdict.find(kMark);
    const int code = at == std::string::npos ? 0 : std::atoi(verdict.c_str() + at + kMark.size());
    // A file that ends too early is damaged.
    return (code & kPrimary) == SQLITE_NOMEM || ((code & kPrimary) == SQLITE_IOERR && code != SQLITE_IOERR_SHORT_READ);
}

/// A file of so many pages is read in a millisecond.
constexpr std::int64_t kFewPages = 256;

/// After anything but a clean stop the whole file is read once, and a small one always.
CatalogResult<void> checkSound(Database& database) {
    const auto asMade = isAsMade(database);
    if (!asMade) {
        return fail(asMade.error());
    }
    if (!*asMade) {
        return fail(CatalogErrc::kDamaged, "The catalog is damaged: its tables are not as they were made.");
    }
    const auto clean = database.number("SELECT value FROM meta WHERE key = 'clean'");
    if (!clean) {
        return fail(clean.error());
    }
    const auto pages = database.number("PRAGMA page_count");
    if (!pages) {
        return fail(pages.error());
    }
    if (*clean == 1 && *pages > kFewPages) {
        return {};
    }
    const auto verdict = database.text("PRAGMA quick_check(1)");
    if (!verdict) {
        return fail(verdict.error());
    }
    if (isFailedRead(*verdict)) {
        return fail(CatalogErrc::kIo, "The catalog could not be read: " + *verdict + ".");
    }
    if (*verdict != "ok") {
        return fail(CatalogErrc::kDamaged, "The catalog is damaged: " + *verdict + ".");
    }
    return {};
}

/// Sets what a new catalog starts with and takes the clean mark away.
CatalogResult<std::string> begin(Database& database, const Clock& clock, Random& random, bool mayHaveLostIds) {
    auto insert = database.prepare("INSERT OR IGNORE INTO meta VALUES('cluster_id', ?)");
    if (!insert) {
        return fail(insert.error());
    }
    const std::string fresh = Uuid::random(random).toString();
    if (auto done = insert->bind(1, std::string_view(fresh)).run(); !done) {
        return fail(done.error());
    }
    // Ids must not repeat. When the old counter may be lost, one starts above any that a broker could have reached.
    auto ids = database.prepare("INSERT OR IGNORE INTO meta VALUES('next_producer_id', ?)");
    if (!ids) {
        return fail(ids.error());
    }
    if (auto done = ids->bind(1, mayHaveLostIds ? clock.wallNowMs() : 0).run(); !done) {
        return fail(done.error());
    }
    // A power cut may have taken back the newest allocations: the counter jumps over more than could have been given.
    if (auto done = database.execute("UPDATE meta SET value = value + 1000000 WHERE key = 'next_producer_id' AND "
                                     "EXISTS(SELECT 1 FROM meta WHERE key = 'clean' AND value = 0)");
        !done) {
        return fail(done.error());
    }
    if (auto done = database.execute("INSERT OR REPLACE INTO meta VALUES('clean', 0)"); !done) {
        return fail(done.error());
    }
    return database.text("SELECT value FROM meta WHERE key = 'cluster_id'");
}

/// Makes what takes a damaged catalog's place, whole and on the disk before it does.
CatalogResult<std::int64_t> makeRescue(const fs::path& file, const CatalogOptions& options, const Clock& clock,
                                       Random& random) {
    forgetRescue(file);
    auto fresh = openCurrent(rescueOf(file), "PRAGMA synchronous=FULL", options.vfs);
    if (!fresh) {
        return fail(fresh.error());
    }
    auto rows = salvage(file, **fresh);
    if (!rows) {
        return rows;
    }
    if (auto begun = begin(**fresh, clock, random, true); !begun) {
        return fail(begun.error());
    }
    if (auto written = (*fresh)->execute("PRAGMA wal_checkpoint(TRUNCATE)"); !written) {
        return fail(written.error());
    }
    if (auto synced = syncFolder(file.parent_path()); !synced) {
        return fail(synced.error());
    }
    return rows;
}

CatalogResult<std::unique_ptr<Database>> rescue(const fs::path& file, const CatalogOptions& options, const Clock& clock,
                                                Random& random, OpenReport& report, const Logger& logger) {
    const auto rows = makeRescue(file, options, clock, random);
    if (!rows) {
        return fail(rows.error().code, report.damage + " It could not be rescued: " + rows.error().message);
    }
    auto kept = finishRescue(file);
    if (!kept) {
        return fail(kept.error());
    }
    report.isNew = true;
    report.setAside = kept->string();
    report.rowsSaved = *rows;
    logger.error("{} It is kept as {}; {} rows of it could be read and were taken over.", report.damage,
                 report.setAside, report.rowsSaved);
    return openCurrent(file, synchronousPragma(options.sync), options.vfs);
}

/// What a start left that was cut short while it put a rescue in place.
CatalogResult<void> resumeRescue(const fs::path& file, OpenReport& report, const Logger& logger) {
    std::error_code error;
    if (fs::exists(file, error) || !fs::exists(rescueOf(file), error)) {
        return {};
    }
    auto kept = finishRescue(file);
    if (!kept) {
        return fail(kept.error());
    }
    report.setAside = kept->string();
    report.damage = "The catalog " + file.string() + " was damaged, and its rescue cut short.";
    logger.error("{} It is kept as {}; what could be read of it has been taken over.", report.damage, report.setAside);
    return {};
}

}  // namespace

CatalogResult<void> checkFolderIsOurs(const fs::path& folder) {
    std::error_code error;
    if (fs::exists(folder / "weir.db", error) || fs::exists(rescueOf(folder / "weir.db"), error)) {
        return {};
    }
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (!isKnown(entry.path())) {
            return fail(CatalogErrc::kForeign, "The folder " + folder.string() + " holds other files, for example \"" +
                                                   entry.path().filename().string() +
                                                   "\". Choose an empty folder, or one of Weir's or Kafka's.");
        }
    }
    return {};
}

CatalogResult<Opened> openDatabase(const CatalogOptions& options, const Clock& clock, Random& random,
                                   const Logger& logger) {
    const fs::path file = options.folder / "weir.db";
    Opened opened;
    if (auto resumed = resumeRescue(file, opened.report, logger); !resumed) {
        return fail(resumed.error());
    }
    const FileKind kind = inspect(file);
    if (kind == FileKind::kForeign) {
        return fail(CatalogErrc::kForeign, "The file " + file.string() + " was not made by Weir. It was left alone.");
    }
    if (kind == FileKind::kNewer) {
        return fail(CatalogErrc::kNewer,
                    "The data folder " + options.folder.string() + " was written by a newer Weir. Start that one.");
    }
    const bool isFresh = kind == FileKind::kAbsent || kind == FileKind::kEmpty;
    opened.report.isNew = isFresh || !opened.report.setAside.empty();
    if (kind != FileKind::kDamaged) {
        // Nothing is lost with a catalog that holds nothing: a new one is put on the disk behind the start's back
        // (putOnDisk), not by three flushes before it.
        auto database =
            openCurrent(file, isFresh ? "PRAGMA synchronous=OFF" : synchronousPragma(options.sync), options.vfs);
        CatalogResult<void> sound = database ? checkSound(**database) : CatalogResult<void>(fail(database.error()));
        if (sound) {
            opened.database = *std::move(database);
        } else if (sound.error().code != CatalogErrc::kDamaged) {
            return fail(sound.error());
        } else {
            opened.report.damage = sound.error().message;
        }
    } else {
        opened.report.damage = "The catalog " + file.string() + " is damaged: it is not a database any more.";
    }
    if (!opened.database) {
        if (options.onDamage == OnDamage::kRefuse) {
            return fail(CatalogErrc::kDamaged, opened.report.damage);
        }
        auto database = rescue(file, options, clock, random, opened.report, logger);
        if (!database) {
            return fail(database.error());
        }
        opened.database = *std::move(database);
    }
    auto clusterId = begin(*opened.database, clock, random, !opened.report.setAside.empty());
    if (!clusterId) {
        return fail(clusterId.error());
    }
    opened.clusterId = *std::move(clusterId);
    if (isFresh) {
        if (auto done = opened.database->execute(synchronousPragma(options.sync)); !done) {
            return fail(done.error());
        }
    }
    opened.database->keepFiles();
    return opened;
}

CatalogResult<void> putOnDisk(Database& database, const fs::path& folder) {
    if (auto done = database.execute("PRAGMA wal_checkpoint(FULL)"); !done) {
        return done;
    }
    return syncFolder(folder);
}

}  // namespace weir::catalog
