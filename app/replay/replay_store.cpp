// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/replay_store.h"

#include <sstream>

#include "app/database/database.h"

namespace weir::app {

namespace {

constexpr Database::Shape kShape{
    // A checkpoint that a power cut takes back is only an older one: what came after it is recognised in the target.
    .pragmas =
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "PRAGMA foreign_keys = ON;",
    .tables =
        "CREATE TABLE IF NOT EXISTS replay(id TEXT PRIMARY KEY, title TEXT NOT NULL,"
        "  source TEXT NOT NULL, source_cluster TEXT NOT NULL, target TEXT NOT NULL, target_cluster TEXT NOT NULL,"
        "  from_topic TEXT NOT NULL, to_topic TEXT NOT NULL, filter TEXT NOT NULL, expression INTEGER NOT NULL,"
        "  pace INTEGER NOT NULL, factor REAL NOT NULL, rate REAL NOT NULL, keep INTEGER NOT NULL,"
        "  shift INTEGER NOT NULL, loop INTEGER NOT NULL, masks TEXT NOT NULL, mask_kind INTEGER NOT NULL,"
        "  from_id TEXT NOT NULL, to_id TEXT NOT NULL, producer INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        "  sent INTEGER NOT NULL, at INTEGER NOT NULL);"
        "CREATE TABLE IF NOT EXISTS replay_source(replay TEXT NOT NULL REFERENCES replay(id) ON DELETE CASCADE,"
        "  partition INTEGER NOT NULL, start INTEGER NOT NULL, next INTEGER NOT NULL, until INTEGER NOT NULL,"
        "  latest INTEGER NOT NULL, PRIMARY KEY(replay, partition)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS replay_target(replay TEXT NOT NULL REFERENCES replay(id) ON DELETE CASCADE,"
        "  partition INTEGER NOT NULL, ends INTEGER NOT NULL, sequence INTEGER NOT NULL,"
        "  PRIMARY KEY(replay, partition)) WITHOUT ROWID;",
    .version = 1};
/// Of a partition that the replay's producer has not written to.
constexpr std::int64_t kUnnumbered = -1;

std::int64_t number(bool flag) {
    return flag ? 1 : 0;
}

// A field is a path of names: none holds the end of a line.
std::string linesOf(const std::vector<std::string>& fields) {
    std::string all;
    for (const std::string& field : fields) {
        all += field + '\n';
    }
    return all;
}

std::vector<std::string> fieldsOf(const std::string& lines) {
    std::vector<std::string> fields;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) {
        fields.push_back(line);
    }
    return fields;
}

}  // namespace

struct ReplayStore::Inside {
    explicit Inside(Database&& opened) : database(std::move(opened)) {}

    Database database;

    template <class Work>
    Result<void, std::string> atOnce(Work work) {
        if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) {
            return begun;
        }
        if (!work()) {
            std::string why = database.lastError();
            static_cast<void>(database.execute("ROLLBACK").ok());
            return fail(std::move(why));
        }
        return database.execute("COMMIT");
    }

    bool putPositions(const std::string& id, const std::string& topic, const ReplayCheckpoint& at) {
        auto source = database.prepare(
            "INSERT OR REPLACE INTO replay_source(replay, partition, start, next, until, latest) "
            "VALUES(?, ?, ?, ?, ?, ?)");
        source.bind(1, std::string_view(id));
        for (const auto& [partition, one] : at.sources) {
            source.bind(2, std::int64_t{partition.value}).bind(3, one.start.value).bind(4, one.next.value);
            if (!source.bind(5, one.until.value).bind(6, one.latest).run()) {
                return false;
            }
        }
        auto target = database.prepare(
            "INSERT OR REPLACE INTO replay_target(replay, partition, ends, sequence) VALUES(?, ?, ?, ?)");
        target.bind(1, std::string_view(id));
        for (const auto& [partition, end] : at.ends) {
            const auto next = at.producer.next.find({topic, partition});
            const std::int64_t sequence = next == at.producer.next.end() ? kUnnumbered : next->second.value;
            if (!target.bind(2, std::int64_t{partition.value}).bind(3, end.value).bind(4, sequence).run()) {
                return false;
            }
        }
        return true;
    }

    void readPositions(StoredReplay& replay) {
        ReplayCheckpoint& at = replay.spec.resume;
        auto source =
            database.prepare("SELECT partition, start, next, until, latest FROM replay_source WHERE replay = ?");
        source.bind(1, std::string_view(replay.id));
        while (source.step()) {
            at.sources[PartitionId(static_cast<std::int32_t>(source.integer(0)))] = {
                Offset(source.integer(1)), Offset(source.integer(2)), Offset(source.integer(3)), source.integer(4)};
        }
        auto target = database.prepare("SELECT partition, ends, sequence FROM replay_target WHERE replay = ?");
        target.bind(1, std::string_view(replay.id));
        while (target.step()) {
            const PartitionId partition(static_cast<std::int32_t>(target.integer(0)));
            at.ends[partition] = Offset(target.integer(1));
            if (target.integer(2) != kUnnumbered) {
                at.producer.next[{replay.spec.toTopic, partition}] =
                    Sequence(static_cast<std::int32_t>(target.integer(2)));
            }
        }
    }
};

ReplayStore::ReplayStore(std::unique_ptr<Inside> inside) : m_inside(std::move(inside)) {}

ReplayStore::~ReplayStore() = default;

Result<std::unique_ptr<ReplayStore>, std::string> ReplayStore::open(const std::string& path) {
    auto database = Database::open(path, kShape);
    if (!database) {
        return fail(std::move(database).error());
    }
    return std::unique_ptr<ReplayStore>(new ReplayStore(std::make_unique<Inside>(*std::move(database))));
}

Result<void, std::string> ReplayStore::put(const StoredReplay& replay) {
    const std::lock_guard lock(m_mutex);
    return m_inside->atOnce([&] {
        const ReplaySpec& spec = replay.spec;
        auto row = m_inside->database.prepare(
            "INSERT OR REPLACE INTO replay VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        int at = 0;
        for (const std::string* const text :
             {&replay.id, &replay.title, &replay.source, &replay.sourceCluster, &replay.target, &replay.targetCluster,
              &spec.fromTopic, &spec.toTopic, &spec.filter}) {
            row.bind(++at, std::string_view(*text));
        }
        row.bind(10, number(spec.filterIsExpression)).bind(11, static_cast<std::int64_t>(spec.pace));
        row.bind(12, spec.factor).bind(13, spec.ratePerSecond).bind(14, number(spec.keepPartitions));
        row.bind(15, number(spec.shiftTimestampsToNow)).bind(16, number(spec.loop));
        row.bind(17, std::string_view(linesOf(spec.masks.fields)));
        row.bind(18, static_cast<std::int64_t>(spec.masks.kind));
        row.bind(19, std::string_view(spec.resume.from.toString()));
        row.bind(20, std::string_view(spec.resume.to.toString())).bind(21, spec.resume.producer.id.value);
        row.bind(22, std::int64_t{spec.resume.producer.epoch.value}).bind(23, spec.resume.sent);
        row.bind(24, replay.at.value);
        return row.run() && m_inside->putPositions(replay.id, spec.toTopic, spec.resume);
    });
}

Result<void, std::string> ReplayStore::move(const std::string& id, const ReplayCheckpoint& to, Timestamp at) {
    const std::lock_guard lock(m_mutex);
    return m_inside->atOnce([&] {
        std::string topic;
        {
            auto known = m_inside->database.prepare("SELECT to_topic FROM replay WHERE id = ?");
            if (!known.bind(1, std::string_view(id)).step()) {
                return true;
            }
            topic = known.text(0);
        }
        auto row = m_inside->database.prepare(
            "UPDATE replay SET producer = ?, epoch = ?, sent = ?, at = ?, from_id = ?, to_id = ? WHERE id = ?");
        row.bind(1, to.producer.id.value).bind(2, std::int64_t{to.producer.epoch.value}).bind(3, to.sent);
        row.bind(4, at.value).bind(5, std::string_view(to.from.toString()));
        row.bind(6, std::string_view(to.to.toString())).bind(7, std::string_view(id));
        return row.run() && m_inside->putPositions(id, topic, to);
    });
}

Result<void, std::string> ReplayStore::remove(const std::string& id) {
    const std::lock_guard lock(m_mutex);
    auto row = m_inside->database.prepare("DELETE FROM replay WHERE id = ?");
    return row.bind(1, std::string_view(id)).run() ? Result<void, std::string>() : fail(m_inside->database.lastError());
}

std::vector<StoredReplay> ReplayStore::of(const std::string& source) {
    const std::lock_guard lock(m_mutex);
    std::vector<StoredReplay> all;
    auto row = m_inside->database.prepare("SELECT * FROM replay WHERE source = ? ORDER BY at DESC, id");
    row.bind(1, std::string_view(source));
    while (row.step()) {
        StoredReplay& one = all.emplace_back();
        int at = -1;
        for (std::string* const text : {&one.id, &one.title, &one.source, &one.sourceCluster, &one.target,
                                        &one.targetCluster, &one.spec.fromTopic, &one.spec.toTopic, &one.spec.filter}) {
            *text = row.text(++at);
        }
        one.spec.filterIsExpression = row.integer(9) != 0;
        one.spec.pace = static_cast<ReplayPace>(row.integer(10));
        one.spec.factor = row.real(11);
        one.spec.ratePerSecond = row.real(12);
        one.spec.keepPartitions = row.integer(13) != 0;
        one.spec.shiftTimestampsToNow = row.integer(14) != 0;
        one.spec.loop = row.integer(15) != 0;
        one.spec.masks.fields = fieldsOf(row.text(16));
        one.spec.masks.kind = row.integer(17) == 0 ? MaskKind::kBlank : MaskKind::kHash;
        one.spec.resume.from = Uuid::parse(row.text(18)).value_or(Uuid{});
        one.spec.resume.to = Uuid::parse(row.text(19)).value_or(Uuid{});
        one.spec.resume.producer.id = ProducerId(row.integer(20));
        one.spec.resume.producer.epoch = ProducerEpoch(static_cast<std::int16_t>(row.integer(21)));
        one.spec.resume.sent = row.integer(22);
        one.at = Timestamp(row.integer(23));
    }
    for (StoredReplay& one : all) {
        m_inside->readPositions(one);
    }
    return all;
}

}  // namespace weir::app
