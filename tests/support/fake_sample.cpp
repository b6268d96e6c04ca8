// SPDX-License-Identifier: GPL-3.0-or-later
// A cluster that fills every page, for tests of layout and for pictures.
#include <QDateTime>
#include <cmath>

#include "tests/support/fake_backend.h"

namespace weir::ui::test {
namespace {

struct TopicShape {
    const char* name;
    int partitions;
    std::int64_t records;
    std::int64_t bytesPerRecord;
    double rate;
    const char* cleanup;
};
constexpr TopicShape kShapes[] = {
    {"clicks", 4, 5'214'904, 210, 1822, "delete"},           {"customers", 1, 12'480, 320, 0, "compact"},
    {"iot.readings", 8, 48'120'331, 96, 9410, "delete"},     {"orders", 6, 824'113, 412, 148, "delete"},
    {"stocks.quotes", 6, 92'402'118, 118, 12'204, "delete"}, {"stocks.trades", 6, 18'204'662, 132, 4118, "delete"}};

std::shared_ptr<const TopicSnapshot> topicOf(const TopicShape& shape, std::int64_t now) {
    auto topic = std::make_shared<TopicSnapshot>();
    topic->name = shape.name;
    topic->cleanupPolicy = shape.cleanup;
    topic->countIsExact = topic->cleanupPolicy != "compact";
    topic->retentionMs = 7LL * 24 * 3600 * 1000;
    for (int i = 0; i < shape.partitions; ++i) {
        PartitionSnapshot p;
        p.partition = PartitionId(i);
        p.highWatermark = Offset(shape.records / shape.partitions + i * 37);
        p.lastStable = p.highWatermark;
        p.logStart = Offset(0);
        p.sizeBytes = shape.bytesPerRecord * p.highWatermark.value;
        p.segments = static_cast<std::int32_t>(p.sizeBytes / 500'000'000) + 1;
        p.recordsIn = p.highWatermark.value;
        p.bytesIn = p.sizeBytes;
        p.lastAppend = Timestamp(shape.rate > 0 ? now - 200 - i * 90 : now - 5'400'000);
        p.replicas = {BrokerId(1)};
        p.inSync = {BrokerId(1)};
        p.leader = BrokerId(1);
        topic->partitions.push_back(p);
    }
    return topic;
}

std::shared_ptr<const GroupSnapshot> groupOf(const char* id, const TopicSnapshot& topic, int members, GroupState state,
                                             std::int64_t behind, std::int64_t now) {
    auto group = std::make_shared<GroupSnapshot>();
    group->id = id;
    group->state = state;
    group->protocolType = "consumer";
    group->protocolName = "range";
    group->generation = GenerationId(7);
    for (int m = 0; m < members; ++m) {
        GroupMemberSnapshot member;
        member.clientId = std::string(id) + "-" + std::to_string(m + 1);
        member.memberId = member.clientId + "-4f0d3a51-0c3e-4c53-9f0b-b0a1d6f0e9c" + std::to_string(m);
        member.host = "/127.0.0.1";
        member.subscribed = {topic.name};
        for (std::size_t p = static_cast<std::size_t>(m); p < topic.partitions.size();
             p += static_cast<std::size_t>(members)) {
            member.assigned.push_back({topic.name, topic.partitions[p].partition});
        }
        group->members.push_back(member);
    }
    group->leaderId = group->members.empty() ? std::string() : group->members.front().memberId;
    for (const PartitionSnapshot& p : topic.partitions) {
        CommittedOffset commit;
        commit.partition = {topic.name, p.partition};
        commit.offset = p.highWatermark - behind * (p.partition.value + 1);
        commit.committedAt = Timestamp(now - 900);
        group->offsets.push_back(commit);
    }
    group->rebalances = {{Timestamp(now - 3'600'000), 31, GenerationId(5), "a member joined", {"a"}, {}, members - 1},
                         {Timestamp(now - 240'000), 44, GenerationId(7), "a member joined", {"b"}, {}, members}};
    return group;
}

ConnectionSnapshot connectionOf(std::uint64_t id, const char* clientId, const char* software, const char* version,
                                std::int64_t now) {
    ConnectionSnapshot c;
    c.id = id;
    c.remoteAddress = "127.0.0.1:" + std::to_string(41200 + id);
    c.clientId = clientId;
    c.softwareName = software;
    c.softwareVersion = version;
    c.connectedAt = Timestamp(now - 1'000'000 * static_cast<std::int64_t>(id));
    c.lastRequestAt = Timestamp(now - 40);
    c.bytesIn = 18'400'112 * static_cast<std::int64_t>(id);
    c.bytesOut = 9'120'004;
    c.requests = 41'022;
    c.apis = {{0, "Produce", 9, 39'000, 0}, {3, "Metadata", 12, 22, 0}, {18, "ApiVersions", 3, 1, 0}};
    return c;
}

RecordRow tradeAt(qint64 row, std::int64_t end, qint64 count) {
    static const char* const kSymbols[] = {"AAPL", "MSFT", "NVDA", "AMZN", "TSLA", "GOOG", "META", "ASML"};
    RecordRow r;
    const auto n = static_cast<std::uint64_t>(row) * 0x9E3779B97F4A7C15ULL;
    const auto symbol = static_cast<std::size_t>(n >> 61U);
    r.partition = {"stocks.trades", PartitionId(static_cast<std::int32_t>(symbol % 6))};
    r.offset = Offset(row);
    r.timestamp = Timestamp(end - (count - row) * 3);
    r.key = QString::fromLatin1(kSymbols[symbol]);
    const double price = 120.0 + 40.0 * static_cast<double>(symbol) + std::sin(static_cast<double>(row) / 40.0) * 3;
    r.value = QStringLiteral(R"({"symbol":"%1","price":%2,"size":%3,"side":"%4","venue":"XNAS","seq":%5})")
                  .arg(r.key)
                  .arg(price, 0, 'f', 2)
                  .arg(100 + static_cast<int>(n >> 55U) % 900)
                  .arg((n >> 40U) % 2 == 0 ? QStringLiteral("buy") : QStringLiteral("sell"))
                  .arg(row);
    r.headers = QStringLiteral("source=exchange-1");
    r.sizeBytes = r.value.size() + 24;
    if (row % 17 == 3) {
        r.valueIsNull = true;
        r.value.clear();
    } else if (row % 23 == 5) {
        r.keyIsNull = true;
        r.key.clear();
    }
    // Two transactions at the end: one aborted, one still open.
    if (row == count - 9 || row == count - 8) {
        r.outcome = TransactionOutcome::kAborted;
    } else if (row == count - 7) {
        r.isControl = true;
        r.value = QStringLiteral("transaction aborted");
    } else if (row == count - 3) {
        r.outcome = TransactionOutcome::kOpen;
    }
    return r;
}

ConfigEntry configOf(const char* name, const char* value, const char* fallback, ConfigEntry::Type type,
                     const char* documentation) {
    ConfigEntry entry;
    entry.name = name;
    entry.value = value;
    entry.defaultValue = fallback;
    entry.type = type;
    entry.documentation = documentation;
    entry.source = std::string(value) == fallback ? ConfigEntry::Source::kDefault : ConfigEntry::Source::kTopic;
    return entry;
}

}  // namespace

std::unique_ptr<FakeBackend> FakeBackend::sampleCluster() {
    auto backend = std::make_unique<FakeBackend>();
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    Snapshot s;
    for (const TopicShape& shape : kShapes) {
        s.topics.push_back(topicOf(shape, now));
        const QString name = QString::fromLatin1(shape.name);
        const double bytes = shape.rate * static_cast<double>(shape.bytesPerRecord);
        backend->m_live.rates.insert(name, Rate{shape.rate, bytes, bytes * 1.6});
        std::vector<double> spark;
        for (int i = 0; i < 60; ++i) {
            spark.push_back(shape.rate * (1.0 + 0.4 * std::sin(i / 5.0 + shape.partitions) + 0.1 * std::sin(i * 1.9)));
        }
        backend->m_live.sparks.insert(name, spark);
        backend->m_live.total.recordsIn += shape.rate;
        backend->m_live.total.bytesIn += bytes;
        backend->m_live.total.bytesOut += bytes * 1.6;
        s.totals.diskBytes += s.topics.back()->sizeBytes();
    }
    s.groups = {groupOf("billing", *s.topics[3], 2, GroupState::kStable, 0, now),
                groupOf("fraud-detector", *s.topics[5], 3, GroupState::kStable, 412, now),
                groupOf("nightly-report", *s.topics[3], 0, GroupState::kEmpty, 20'118, now)};
    s.connections = {connectionOf(1, "feed-stocks", "librdkafka", "2.3.0", now),
                     connectionOf(2, "fraud-detector-1", "apache-kafka-java", "3.7.0", now),
                     connectionOf(3, "billing-1", "kafkajs", "2.2.4", now),
                     connectionOf(4, "rdkafka", "kcat", "1.7.1", now)};
    s.connections[0].producedTopics = {"stocks.trades", "stocks.quotes"};
    s.connections[1].fetchedTopics = {"stocks.trades"};
    s.connections[1].groups = {"fraud-detector"};
    s.connections[2].fetchedTopics = {"orders"};
    s.connections[2].groups = {"billing"};
    s.totals.recordsIn = 164'000'000;
    s.totals.diskFreeBytes = 211'000'000'000;
    backend->m_live.set(std::move(s));

    constexpr qint64 kRows = 1'000'000;
    backend->m_records.topics.insert(QStringLiteral("stocks.trades"),
                                     {kRows, [now](qint64 row) { return tradeAt(row, now, kRows); }});
    backend->m_records.fieldPaths = {QStringLiteral("price"), QStringLiteral("size"), QStringLiteral("side"),
                                     QStringLiteral("symbol"), QStringLiteral("venue")};
    backend->m_plots.fields = {QStringLiteral("price"), QStringLiteral("size")};
    using Type = ConfigEntry::Type;
    backend->m_topics.configs = {
        configOf("cleanup.policy", "delete", "delete", Type::kList,
                 "What happens to old data: delete, compact or both."),
        configOf("retention.ms", "86400000", "604800000", Type::kLong, "How long records are kept, in milliseconds."),
        configOf("retention.bytes", "-1", "-1", Type::kLong, "How many bytes a partition keeps; -1 is no limit."),
        configOf("segment.bytes", "1073741824", "1073741824", Type::kInt, "Size at which a new segment is begun."),
        configOf("compression.type", "producer", "producer", Type::kString, "How batches are stored."),
        configOf("max.message.bytes", "1048588", "1048588", Type::kInt, "The largest batch that is accepted.")};
    backend->m_topics.configs[4].allowed = {"producer", "none", "gzip", "snappy", "lz4", "zstd"};
    backend->m_replayer.answer = {18'204,    2'403'112, Timestamp(now - 3'600'000), Timestamp(now), 18'204, 0, {},
                                  3'600'000, {}};
    backend->m_feeds.descriptions = {
        {QStringLiteral("stocks"),
         QStringLiteral("Stock market"),
         QStringLiteral("Correlated random walks of 40 stocks: trades, quotes and an order book."),
         {QStringLiteral("stocks.trades"), QStringLiteral("stocks.quotes")},
         1000,
         100000,
         QStringLiteral("{\n  \"symbol\": \"AAPL\",\n  \"price\": 187.22,\n  \"size\": 300\n}")},
        {QStringLiteral("orders"),
         QStringLiteral("Orders"),
         QStringLiteral("A web shop: orders are placed, paid, packed and sometimes cancelled."),
         {QStringLiteral("orders")},
         50,
         100000,
         QStringLiteral("{\n  \"id\": \"o-1\",\n  \"total\": 42.5\n}")},
        {QStringLiteral("iot"),
         QStringLiteral("Sensors"),
         QStringLiteral("Temperature and humidity of a thousand devices, with gaps and outliers."),
         {QStringLiteral("iot.readings")},
         2000,
         100000,
         QStringLiteral("{\n  \"device\": 17,\n  \"celsius\": 21.4\n}")},
        {QStringLiteral("clicks"),
         QStringLiteral("Clicks"),
         QStringLiteral("Visitors of a site, in sessions, with a few that click far more than others."),
         {QStringLiteral("clicks")},
         500,
         100000,
         QStringLiteral("{\n  \"session\": \"a7\",\n  \"page\": \"/cart\"\n}")}};
    backend->m_feeds.running.insert(QStringLiteral("stocks"), 4000);
    backend->m_operations.fill();
    backend->m_schemas.fill();
    const JobId job = backend->m_jobs.begin(QStringLiteral("Replay stocks.trades to trades-copy"));
    Q_UNUSED(job);
    backend->m_jobs.list[0].done = 412'000;
    backend->m_jobs.list[0].total = 1'000'000;
    backend->m_jobs.list[0].perSecond = 18'204;
    backend->m_jobs.list[0].elapsedMs = 22'400;
    return backend;
}

}  // namespace weir::ui::test
