// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/history/history_store.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "app/database/database.h"

namespace weir::app {

namespace {

/// Seconds of one value, and how long such values are kept.
struct Resolution {
    std::int64_t seconds;
    std::int64_t keptSeconds;
};
constexpr std::array<Resolution, 3> kResolutions{{{1, 600}, {10, 7200}, {60, 86'400}}};
constexpr Database::Shape kShape{
    // Losing the last seconds of a chart in a power cut is fine; waiting for the disk is not.
    .pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;",
    .tables =
        "CREATE TABLE IF NOT EXISTS series(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, subject TEXT NOT NULL,"
        "  UNIQUE(kind, subject));"
        "CREATE TABLE IF NOT EXISTS sample(series INTEGER NOT NULL, resolution INTEGER NOT NULL, at INTEGER NOT NULL,"
        "  value REAL NOT NULL, PRIMARY KEY(series, resolution, at)) WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS sample_age ON sample(resolution, at);",
    .version = 1};
constexpr std::size_t kFlushAfter = 5000;
/// The series that is always written, so that its moments say when the store was running.
constexpr std::int64_t kHeartbeat = 0;

struct Pending {
    std::int64_t series;
    std::int64_t resolution;
    std::int64_t at;
    double value;
};

struct Running {
    std::int64_t bucket = -1;
    double sum = 0;
    int count = 0;
    /// What was written last.
    double written = 0;
    bool isWritten = false;
};

bool isLag(const HistoryKey& key) {
    return key.kind == HistoryKind::kGroupLag;
}

}  // namespace

struct HistoryStore::Inside {
    explicit Inside(Database&& opened) : database(std::move(opened)) {}

    mutable std::mutex mutex;
    Database database;
    std::map<HistoryKey, std::int64_t> ids;
    std::map<std::pair<std::int64_t, std::size_t>, Running> running;
    std::vector<Pending> pending;
    std::string problem;
    std::int64_t lastSecond = -1;
    std::int64_t lastPrune = -1;

    std::optional<std::int64_t> idOf(const HistoryKey& key, bool mayCreate) {
        if (const auto known = ids.find(key); known != ids.end()) {
            return known->second;
        }
        auto select = database.prepare("SELECT id FROM series WHERE kind = ? AND subject = ?");
        select.bind(1, static_cast<std::int64_t>(key.kind)).bind(2, std::string_view(key.subject));
        if (select.step()) {
            return ids[key] = select.integer(0);
        }
        if (!mayCreate) {
            return std::nullopt;
        }
        auto insert = database.prepare("INSERT INTO series(kind, subject) VALUES(?, ?)");
        insert.bind(1, static_cast<std::int64_t>(key.kind)).bind(2, std::string_view(key.subject));
        if (!insert.run()) {
            problem = database.lastError();
            return std::nullopt;
        }
        return ids[key] = database.lastInsertId();
    }

    // Gathers one second into every resolution; a finished bucket becomes a pending value.
    void gather(std::int64_t series, bool keepsLast, std::int64_t second, double value) {
        for (std::size_t r = 0; r < kResolutions.size(); ++r) {
            Running& bucket = running[{series, r}];
            const std::int64_t now = second / kResolutions[r].seconds;
            if (bucket.bucket != now) {
                finish(series, r, keepsLast, bucket);
                bucket.bucket = now;
                bucket.sum = 0;
                bucket.count = 0;
            }
            bucket.sum += value;
            ++bucket.count;
        }
    }

    void finish(std::int64_t series, std::size_t r, bool keepsLast, Running& bucket) {
        if (bucket.count == 0) {
            return;
        }
        const double mean = bucket.sum / bucket.count;
        const double missing = keepsLast ? bucket.written : 0;
        const bool isImplied = series != kHeartbeat && mean == missing && (bucket.isWritten || !keepsLast);
        // A value that ends a run is written too: the run's last moment is known then.
        if (!isImplied) {
            pending.push_back({series, kResolutions[r].seconds, bucket.bucket * kResolutions[r].seconds, mean});
            bucket.written = mean;
            bucket.isWritten = true;
        }
    }

    void write() {
        if (pending.empty()) {
            return;
        }
        if (auto begun = database.execute("BEGIN"); !begun) {
            problem = begun.error();
            pending.clear();
            return;
        }
        auto insert =
            database.prepare("INSERT OR REPLACE INTO sample(series, resolution, at, value) VALUES(?, ?, ?, ?)");
        bool isGood = insert.isValid();
        for (const Pending& one : pending) {
            isGood =
                isGood && insert.bind(1, one.series).bind(2, one.resolution).bind(3, one.at).bind(4, one.value).run();
        }
        if (!isGood) {
            problem = database.lastError();
        }
        auto ended = database.execute(isGood ? "COMMIT" : "ROLLBACK");
        if (isGood && ended) {
            problem.clear();
        }
        pending.clear();
    }

    void prune(std::int64_t second) {
        if (lastPrune >= 0 && second - lastPrune < 60) {
            return;
        }
        lastPrune = second;
        auto remove = database.prepare("DELETE FROM sample WHERE resolution = ? AND at < ?");
        for (const Resolution& resolution : kResolutions) {
            remove.bind(1, resolution.seconds).bind(2, second - resolution.keptSeconds);
            if (!remove.run()) {
                problem = database.lastError();
            }
        }
    }

    std::map<std::int64_t, double> values(std::int64_t series, std::int64_t resolution, std::int64_t from,
                                          std::int64_t to) {
        std::map<std::int64_t, double> found;
        auto select = database.prepare(
            "SELECT at, value FROM sample WHERE series = ? AND resolution = ? AND at BETWEEN ? AND ? ORDER BY at");
        select.bind(1, series).bind(2, resolution).bind(3, from).bind(4, to);
        while (select.step()) {
            found.emplace(select.integer(0), select.real(1));
        }
        return found;
    }

    double lastBefore(std::int64_t series, std::int64_t resolution, std::int64_t from) {
        auto select = database.prepare(
            "SELECT value FROM sample WHERE series = ? AND resolution = ? AND at < ? ORDER BY at DESC LIMIT 1");
        select.bind(1, series).bind(2, resolution).bind(3, from);
        return select.step() ? select.real(0) : std::nan("");
    }
};

HistoryStore::HistoryStore(std::unique_ptr<Inside> inside) : m_inside(std::move(inside)) {}

HistoryStore::~HistoryStore() {
    flush();
}

Result<std::unique_ptr<HistoryStore>, std::string> HistoryStore::open(const std::string& path) {
    auto database = Database::open(path, kShape);
    if (!database) {
        return fail(std::move(database).error());
    }
    return std::unique_ptr<HistoryStore>(new HistoryStore(std::make_unique<Inside>(*std::move(database))));
}

void HistoryStore::record(Timestamp at, const std::vector<HistorySample>& samples) {
    const std::lock_guard lock(m_inside->mutex);
    const std::int64_t second = at.value / 1000;
    if (second <= m_inside->lastSecond) {
        return;
    }
    m_inside->lastSecond = second;
    m_inside->gather(kHeartbeat, false, second, 1);
    for (const HistorySample& sample : samples) {
        if (const auto id = m_inside->idOf(sample.key, true)) {
            m_inside->gather(*id, isLag(sample.key), second, sample.value);
        }
    }
    if (m_inside->pending.size() >= kFlushAfter) {
        m_inside->write();
    }
    m_inside->prune(second);
}

void HistoryStore::flush() {
    const std::lock_guard lock(m_inside->mutex);
    m_inside->write();
}

std::vector<HistoryValue> HistoryStore::query(const HistoryKey& key, Timestamp from, Timestamp to, int maxPoints,
                                              Timestamp now) {
    const std::lock_guard lock(m_inside->mutex);
    m_inside->write();
    const auto id = m_inside->idOf(key, false);
    if (!id || from > to) {
        return {};
    }
    const std::int64_t age = (now.value - from.value) / 1000;
    const auto* const resolution = std::find_if(kResolutions.begin(), kResolutions.end() - 1,
                                                [age](const Resolution& r) { return age <= r.keptSeconds; });
    const std::int64_t first = from.value / 1000;
    const std::int64_t last = to.value / 1000;
    const auto moments = m_inside->values(kHeartbeat, resolution->seconds, first, last);
    const auto values = m_inside->values(*id, resolution->seconds, first, last);
    double carried = isLag(key) ? m_inside->lastBefore(*id, resolution->seconds, first) : 0;
    std::vector<HistoryValue> all;
    for (const auto& [at, beat] : moments) {
        const auto value = values.find(at);
        if (value != values.end()) {
            carried = value->second;
        } else if (!isLag(key)) {
            carried = 0;
        }
        if (!std::isnan(carried)) {
            all.push_back({Timestamp(at * 1000), carried});
        }
    }
    const auto most = static_cast<std::size_t>(std::max(1, maxPoints));
    if (all.size() <= most) {
        return all;
    }
    std::vector<HistoryValue> thinned;
    for (std::size_t i = 0; i < most; ++i) {
        const std::size_t begin = i * all.size() / most;
        const std::size_t end = (i + 1) * all.size() / most;
        double sum = 0;
        for (std::size_t k = begin; k < end; ++k) {
            sum += all[k].value;
        }
        thinned.push_back({all[begin].at, sum / static_cast<double>(end - begin)});
    }
    return thinned;
}

std::string HistoryStore::problem() const {
    const std::lock_guard lock(m_inside->mutex);
    return m_inside->problem;
}

std::int64_t HistoryStore::storedValues() {
    const std::lock_guard lock(m_inside->mutex);
    auto select = m_inside->database.prepare("SELECT count(*) FROM sample");
    return select.step() ? select.integer(0) : -1;
}

}  // namespace weir::app
