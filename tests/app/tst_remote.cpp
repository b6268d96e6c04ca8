// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QtEndian>
#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/bridge/group_offsets.h"
#include "app/cluster/remote/remote_groups.h"
#include "app/replay/replay.h"
#include "app/search/ordered_reader.h"
#include "app/search/scanner.h"
#include "app/settings/app_settings.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/metadata.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/suite_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;

namespace {

void create(Cluster& cluster, const std::string& topic, int partitions) {
    NewTopic request;
    request.name = topic;
    request.partitions = partitions;
    request.replicationFactor = 1;
    request.configs = {{"retention.ms", "-1"}};
    const auto created = cluster.createTopic(request);
    if (!created) {
        qFatal("%s", created.error().message.c_str());
    }
    // Kafka's controller answers before its brokers have heard of it.
    const auto isThere = [&] {
        for (int partition = 0; partition < partitions; ++partition) {
            if (!cluster.offsetFor({topic, PartitionId(partition)}, {OffsetSpecKind::kLatest, {}})) {
                return false;
            }
        }
        return true;
    };
    constexpr int kPatienceMs = 20'000;
    if (!QTest::qWaitFor(isThere, kPatienceMs)) {
        qFatal("%s was made and is not there", topic.c_str());
    }
}

std::vector<OutgoingRecord> someRecords(int count, std::uint64_t seed, std::int32_t partitions) {
    std::mt19937_64 random(seed);
    std::vector<OutgoingRecord> records;
    for (int i = 0; i < count; ++i) {
        OutgoingRecord record;
        if (i % 5 != 0) {
            record.key = toBytes("k" + std::to_string(i % 20));
        }
        if (i % 11 != 0) {
            record.value =
                i % 13 == 0 ? Bytes() : toBytes("value " + std::to_string(i) + std::string(random() % 200, 'x'));
        }
        record.headers = {{"i", toBytes(std::to_string(i))}, {"null", std::nullopt}, {"empty", Bytes()}};
        record.timestamp = Timestamp(1'700'000'000'000 + i);
        record.partition = PartitionId(static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(partitions)));
        records.push_back(std::move(record));
    }
    return records;
}

std::vector<PartitionSpan> spansOf(Cluster& cluster, const std::string& topic) {
    std::vector<PartitionSpan> spans;
    const auto snapshot = cluster.snapshot();
    const TopicSnapshot* const found = snapshot ? (*snapshot)->findTopic(topic) : nullptr;
    for (std::size_t i = 0; found != nullptr && i < found->partitions.size(); ++i) {
        const TopicPartition partition{topic, found->partitions[i].partition};
        spans.push_back({partition.partition, *cluster.offsetFor(partition, {OffsetSpecKind::kEarliest, {}}),
                         *cluster.offsetFor(partition, {OffsetSpecKind::kLatest, {}})});
    }
    return spans;
}

bool same(const std::optional<ByteView>& a, const std::optional<ByteView>& b) {
    return a.has_value() == b.has_value() && (!a || std::equal(a->begin(), a->end(), b->begin(), b->end()));
}

/// A cluster that a test looks at: a broker of ours behind one of its doors, or the one that WEIR_SUITE_OVER names.
struct Target {
    explicit Target(const QString& over) : suite({}, over), cluster(suite.cluster) {
        if (suite.broker() == nullptr) {
            prefix = "weir-remote-" + std::to_string(clock.wallNowMs()) + '-';
        }
    }
    weir::test::SuiteCluster suite;
    SystemClock clock;
    std::shared_ptr<Cluster> cluster;
    std::string prefix;
};

void addTargets() {
    QTest::addColumn<QString>("target");
    if (qEnvironmentVariableIsSet("WEIR_SUITE_OVER")) {
        QTest::addRow("WEIR_SUITE_OVER") << weir::test::SuiteCluster::named();
        return;
    }
    for (const char* const name : {"weir-plain", "weir-scram", "weir-tls"}) {
        QTest::addRow("%s", name) << name;
    }
}

/// Publishes, or says why not.
QString whyNotPublished(Cluster& cluster, const std::string& topic, const std::vector<OutgoingRecord>& records,
                        const ProduceOptions& options = {}) {
    const auto sent = cluster.produce(topic, records, options);
    return sent ? QString() : QString::fromStdString(sent.error().message);
}

/// The next request on the socket, answered as a broker of 0.11 would; nothing while there is none that is whole.
std::optional<QByteArray> oldBrokersAnswer(QTcpSocket& socket, quint16 port) {
    constexpr qint64 kLengthBytes = 4;
    const QByteArray length = socket.peek(kLengthBytes);
    if (length.size() < kLengthBytes ||
        socket.bytesAvailable() < kLengthBytes + qFromBigEndian<qint32>(length.constData())) {
        return std::nullopt;
    }
    const QByteArray frame = socket.read(kLengthBytes + qFromBigEndian<qint32>(length.constData())).mid(kLengthBytes);
    const auto prefix = protocol::decodeRequestPrefix(asBytes(std::string_view(frame.constData(), frame.size())));
    if (!prefix) {
        return std::nullopt;
    }
    using protocol::ApiKey;
    constexpr protocol::ApiVersion kFirst(0);
    Bytes flat;
    if (prefix->apiKey == ApiKey::kApiVersions) {
        protocol::ApiVersionsResponse versions;
        if (prefix->apiVersion != kFirst) {
            versions.errorCode = protocol::ErrorCode::kUnsupportedVersion;
        }
        versions.apiKeys = {{static_cast<std::int16_t>(ApiKey::kMetadata), 0, 4, {}},
                            {static_cast<std::int16_t>(ApiKey::kApiVersions), 0, 0, {}}};
        flat = protocol::encodeResponseFrame(versions, kFirst, prefix->correlationId)->flat();
    } else {
        protocol::MetadataResponse metadata;
        metadata.brokers.push_back({BrokerId(1), "127.0.0.1", port, {}, {}});
        flat = protocol::encodeResponseFrame(metadata, prefix->apiVersion, prefix->correlationId)->flat();
    }
    return QByteArray(reinterpret_cast<const char*>(flat.data()), static_cast<int>(flat.size()));
}

}  // namespace

class TstRemote : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void recordsComeBackAsTheyWerePublished_data() { addTargets(); }
    void recordsComeBackAsTheyWerePublished() {
        QFETCH(QString, target);
        Target t(target);
        const std::string topic = t.prefix + "t";
        create(*t.cluster, topic, 3);
        const auto sent = someRecords(1500, 5, 3);
        std::map<std::pair<std::int32_t, std::int64_t>, const OutgoingRecord*> expected;
        for (std::size_t at = 0; at < sent.size(); at += 300) {
            const std::vector<OutgoingRecord> some(sent.begin() + static_cast<std::ptrdiff_t>(at),
                                                   sent.begin() + static_cast<std::ptrdiff_t>(at + 300));
            const auto published = t.cluster->produce(
                topic, some, {static_cast<Compression>(at / 300), at % 2 == 0 ? Acks::kAll : Acks::kLeader});
            QVERIFY2(published.ok(), published.ok() ? "" : published.error().message.c_str());
            for (std::size_t i = 0; i < some.size(); ++i) {
                QCOMPARE((*published)[i].partition, *some[i].partition);
                expected[{(*published)[i].partition.value, (*published)[i].offset.value}] = &sent[at + i];
            }
        }
        QCOMPARE(expected.size(), sent.size());
        std::size_t read = 0;
        std::set<Compression> codecs;
        for (std::int32_t p = 0; p < 3; ++p) {
            ReadRequest request;
            request.partition = {topic, PartitionId(p)};
            request.from = Offset(0);
            request.maxRecords = 70;
            for (;;) {
                const auto chunk = t.cluster->read(request);
                QVERIFY2(chunk.ok(), chunk.ok() ? "" : chunk.error().message.c_str());
                if ((*chunk)->records.empty()) {
                    QCOMPARE((*chunk)->next, (*chunk)->highWatermark);
                    break;
                }
                for (const RecordView& record : (*chunk)->records) {
                    const auto* const original = expected.at({p, record.offset.value});
                    const auto view = [](const std::optional<Bytes>& bytes) {
                        return bytes ? std::optional<ByteView>(*bytes) : std::nullopt;
                    };
                    QVERIFY(same(record.key, view(original->key)) && same(record.value, view(original->value)));
                    QVERIFY(decodeHeaders(record) == original->headers);
                    QCOMPARE(record.timestamp, original->timestamp);
                    codecs.insert((*chunk)->batches[record.batch].compression);
                    ++read;
                }
                request.from = (*chunk)->next;
            }
        }
        QCOMPARE(read, sent.size());
        QCOMPARE(codecs.size(), std::size_t{5});
    }

    void everythingOfATopicCanBeChanged_data() { addTargets(); }
    void everythingOfATopicCanBeChanged() {
        QFETCH(QString, target);
        Target t(target);
        const std::string topic = t.prefix + "t";
        create(*t.cluster, topic, 2);
        NewTopic again;
        again.name = topic;
        again.partitions = 1;
        again.replicationFactor = 1;
        QCOMPARE(t.cluster->createTopic(again).error().code, ClusterErrc::kAlreadyExists);
        QVERIFY(t.cluster->addPartitions(topic, 4).ok());
        const auto before = t.cluster->describeTopicConfig(topic);
        QVERIFY(before.ok());
        const auto find = [](const std::vector<ConfigEntry>& all, const std::string& name) {
            return *std::find_if(all.begin(), all.end(), [&](const ConfigEntry& one) { return one.name == name; });
        };
        QCOMPARE(find(*before, "retention.ms").value, std::optional<std::string>("-1"));
        QCOMPARE(find(*before, "retention.ms").source, ConfigEntry::Source::kTopic);
        QVERIFY(!find(*before, "retention.ms").documentation.empty());
        QVERIFY(!t.cluster->alterTopicConfig(topic, {{"retention.ms", "soon"}}, false).ok());
        QVERIFY(t.cluster->alterTopicConfig(topic, {{"retention.ms", "5000"}}, true).ok());
        QVERIFY(
            t.cluster
                ->alterTopicConfig(topic, {{"retention.ms", std::nullopt}, {"cleanup.policy", "compact,delete"}}, false)
                .ok());
        const auto after = t.cluster->describeTopicConfig(topic);
        QCOMPARE(find(*after, "cleanup.policy").value, std::optional<std::string>("compact,delete"));
        QVERIFY(find(*after, "retention.ms").source != ConfigEntry::Source::kTopic);
        QVERIFY(t.cluster->alterTopicConfig(topic, {{"cleanup.policy", "delete"}}, false).ok());
        QVERIFY(t.cluster->describeBrokerConfig().ok());

        QCOMPARE(whyNotPublished(*t.cluster, topic, someRecords(200, 3, 2)), QString());
        const TopicPartition first{topic, PartitionId(0)};
        const auto cut = t.cluster->deleteRecordsBefore(first, Offset(10));
        QVERIFY2(cut.ok(), cut.ok() ? "" : cut.error().message.c_str());
        QCOMPARE(*cut, Offset(10));
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kEarliest, {}}), Offset(10));
        const auto end = *t.cluster->offsetFor(first, {OffsetSpecKind::kLatest, {}});
        const auto snapshot = t.cluster->snapshot();
        const TopicSnapshot* const seen = (*snapshot)->findTopic(topic);
        QVERIFY(seen != nullptr);
        QCOMPARE(seen->partitions.size(), std::size_t{4});
        QCOMPARE(seen->partitions[0].logStart, Offset(10));
        QCOMPARE(seen->partitions[0].highWatermark, end);
        ReadRequest request;
        request.partition = first;
        request.from = Offset(0);
        QCOMPARE(t.cluster->read(request).error().kafkaCode, 1);
        request.from = Offset(10);
        request.maxRecords = 1;
        const auto one = *t.cluster->read(request);
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kAtTimestamp, one->records.front().timestamp}),
                 Offset(10));
        QCOMPARE(*t.cluster->offsetFor(first, {OffsetSpecKind::kMaxTimestamp, {}}), end - 1);
        QVERIFY(t.cluster->deleteTopic(topic).ok());
        QCOMPARE(t.cluster->read(request).error().code, ClusterErrc::kNotFound);
        QCOMPARE(t.cluster->produce(topic, {OutgoingRecord()}, {}).error().code, ClusterErrc::kNotFound);
    }

    void aGroupIsSeenResetAndRemoved_data() { addTargets(); }
    void aGroupIsSeenResetAndRemoved() {
        QFETCH(QString, target);
        Target t(target);
        const std::string topic = t.prefix + "t";
        const std::string group = t.prefix + "g";
        create(*t.cluster, topic, 2);
        QCOMPARE(whyNotPublished(*t.cluster, topic, someRecords(100, 9, 2)), QString());
        const TopicPartition first{topic, PartitionId(0)};
        const TopicPartition second{topic, PartitionId(1)};
        QVERIFY(t.cluster->alterGroupOffsets(group, {{first, Offset(7)}, {second, Offset(3)}}).ok());
        const auto snapshot = t.cluster->snapshot();
        const GroupSnapshot* const seen = (*snapshot)->findGroup(group);
        QVERIFY(seen != nullptr);
        QCOMPARE(seen->state, GroupState::kEmpty);
        QCOMPARE(seen->offsets.size(), std::size_t{2});
        const auto lags = lagOf(*t.cluster, group, Timestamp(1'800'000'000'000));
        QVERIFY(lags.ok());
        QCOMPARE(lags->size(), std::size_t{2});
        QCOMPARE(lags->front().lag, t.cluster->offsetFor(first, {OffsetSpecKind::kLatest, {}})->value - 7);
        QVERIFY(lags->front().timeLagMs > 0);
        ui::ResetSpec spec;
        spec.group = QString::fromStdString(group);
        spec.kind = ui::ResetKind::kShiftBy;
        spec.shift = -2;
        const auto rows = previewReset(*t.cluster, spec, Timestamp(0));
        QVERIFY(rows.ok());
        QVERIFY(setOffsets(*t.cluster, group, *rows, ResetSide::kAfter).ok());
        QCOMPARE(lagOf(*t.cluster, group, Timestamp(0))->front().committed, std::optional<Offset>(Offset(5)));
        QVERIFY(t.cluster->alterGroupOffsets(group, {{second, std::nullopt}}).ok());
        QCOMPARE((*t.cluster->snapshot())->findGroup(group)->offsets.size(), std::size_t{1});
        QVERIFY(t.cluster->deleteGroup(group).ok());
        QVERIFY((*t.cluster->snapshot())->findGroup(group) == nullptr);
        QVERIFY(!t.cluster->deleteGroup(group).ok());
    }

    void searchAndReplayWorkAsInside_data() { addTargets(); }
    void searchAndReplayWorkAsInside() {
        QFETCH(QString, target);
        Target t(target);
        const std::string topic = t.prefix + "from";
        create(*t.cluster, topic, 3);
        const auto sent = someRecords(4000, 21, 3);
        QCOMPARE(whyNotPublished(*t.cluster, topic, sent, {Compression::kLz4, Acks::kAll}), QString());
        RowIndex index(*t.cluster, topic);
        index.setSpans(spansOf(*t.cluster, topic));
        QCOMPARE(index.rowCount(), 4000);
        std::vector<std::pair<PartitionId, Offset>> walk;
        OrderedReader reader(*t.cluster, topic, spansOf(*t.cluster, topic), Isolation::kReadUncommitted);
        for (auto item = reader.next(); item && item->has_value(); item = reader.next()) {
            walk.emplace_back((*item)->partition, (*item)->record.offset);
        }
        QCOMPARE(walk.size(), std::size_t{4000});
        const auto rows = index.rows(1234, 50);
        QVERIFY(rows.ok());
        for (std::size_t i = 0; i < rows->size(); ++i) {
            QCOMPARE((*rows)[i].offset, walk[1234 + i].second);
        }
        ScanStats stats;
        JobControl control;
        const auto matcher = Matcher::make("value 3999", false, Timestamp(0));
        Scanner scanner(*t.cluster, topic, *matcher, {});
        QVERIFY(scanner.run(index, 0, 4000, control, stats, [](std::vector<Match>&&) { return true; }).ok());
        QCOMPARE(stats.matched.load(), 1);

        ReplaySpec spec;
        spec.fromTopic = topic;
        spec.toTopic = t.prefix + "to";
        const auto done = runReplay(*t.cluster, t.clock, spec, control);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        OrderedReader left(*t.cluster, topic, spansOf(*t.cluster, topic), Isolation::kReadUncommitted);
        OrderedReader right(*t.cluster, spec.toTopic, spansOf(*t.cluster, spec.toTopic), Isolation::kReadUncommitted);
        for (int i = 0; i < 4000; ++i) {
            const auto a = left.next();
            const auto b = right.next();
            QVERIFY(a && b && *a && *b);
            QVERIFY(same((*a)->record.key, (*b)->record.key) && same((*a)->record.value, (*b)->record.value));
            QCOMPARE((*a)->record.timestamp, (*b)->record.timestamp);
        }
    }

    void theWholeBackendWorks_data() { addTargets(); }
    void theWholeBackendWorks() {
        QFETCH(QString, target);
        Target t(target);
        const std::string topic = t.prefix + "t";
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(t.cluster, settings, t.clock, random, {});
        create(*t.cluster, topic, 2);
        QCOMPARE(whyNotPublished(*t.cluster, topic, someRecords(300, 2, 2)), QString());
        QTRY_VERIFY(backend.live().current()->findTopic(topic) != nullptr);
        auto feed = backend.records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        ui::RecordQuery query;
        query.topic = QString::fromStdString(topic);
        query.start.kind = ui::StartKind::kLive;
        feed->open(query);
        QVERIFY(opened.wait());
        QTRY_COMPARE(feed->rowCount(), 300);
        QCOMPARE(whyNotPublished(*t.cluster, topic, someRecords(50, 4, 2)), QString());
        QTRY_COMPARE(feed->rowCount(), 350);
        QTRY_VERIFY(backend.live().topicSpark(query.topic).size() > 0);
        QVERIFY(backend.live().staleReason().isEmpty());
    }

    /// What the broker itself saw of somebody who browsed.
    void lookingDisturbsNothing() {
        RemoteFixture f;
        create(*f.cluster, "t", 2);
        QCOMPARE(whyNotPublished(*f.cluster, "t", someRecords(500, 2, 2)), QString());
        const auto viewer = f.connect(f.options());
        QVERIFY(viewer->snapshot().ok());
        RowIndex index(*viewer, "t");
        index.setSpans(spansOf(*viewer, "t"));
        QVERIFY(index.rows(0, 500).ok());
        const auto seen = f.broker().snapshot();
        QVERIFY(seen->groups.empty());
        std::set<std::string> asked;
        for (const ConnectionSnapshot& connection : seen->connections) {
            QVERIFY(connection.groups.empty());
            for (const ApiUse& use : connection.apis) {
                asked.insert(use.apiName);
            }
        }
        for (const char* const never :
             {"JoinGroup", "SyncGroup", "Heartbeat", "OffsetCommit", "ConsumerGroupHeartbeat"}) {
            QVERIFY2(!asked.contains(never), never);
        }
        QVERIFY(asked.contains("Fetch"));
    }

    void aSliceIsWhatTheEngineItselfReads() {
        // Both sides of the same log: what the engine's own reader and ours make of it.
        RemoteFixture f;
        create(*f.cluster, "t", 1);
        QCOMPARE(whyNotPublished(*f.cluster, "t", someRecords(20, 2, 1)), QString());
        ReadRequest request;
        request.partition = {"t", PartitionId(0)};
        request.from = Offset(5);
        request.until = Offset(15);
        const auto mine = f.cluster->read(request);
        const auto theirs = f.broker().read(request);
        QVERIFY(mine.ok() && theirs.ok());
        QCOMPARE((*mine)->records.size(), std::size_t{10});
        QCOMPARE((*mine)->records.size(), (*theirs)->records.size());
        QCOMPARE((*mine)->next, (*theirs)->next);
        QCOMPARE((*mine)->batches.size(), (*theirs)->batches.size());
        QCOMPARE((*mine)->batches.front().producerId, (*theirs)->batches.front().producerId);
        QCOMPARE((*mine)->batches.front().lastOffset, (*theirs)->batches.front().lastOffset);
        QCOMPARE((*mine)->highWatermark, (*theirs)->highWatermark);
        QCOMPARE((*mine)->lastStable, (*theirs)->lastStable);
    }

    void aClusterThatFallsSilentIsLeftAtOnce() {
        // Takes connections and never says a word.
        QTcpServer silent;
        QVERIFY(silent.listen(QHostAddress::LocalHost));
        RemoteOptions options;
        options.bootstrap = {{"127.0.0.1", silent.serverPort()}};
        options.connectTimeoutMs = 60'000;
        const SystemClock clock;
        RemoteCluster cluster(options, clock);
        std::atomic<bool> isDone{false};
        ClusterErrc code{};
        std::thread asking([&] {
            code = cluster.snapshot().error().code;
            isDone = true;
        });
        QTRY_VERIFY(silent.hasPendingConnections());
        QVERIFY(!isDone);
        QElapsedTimer sinceStop;
        sinceStop.start();
        cluster.stop();
        asking.join();
        QCOMPARE(code, ClusterErrc::kStopped);
        QVERIFY2(sinceStop.elapsed() < 2000, qPrintable(QString::number(sinceStop.elapsed())));

        options.connectTimeoutMs = 100;
        RemoteCluster impatient(options, clock);
        QCOMPARE(impatient.snapshot().error().code, ClusterErrc::kTimeout);
    }

    void aClusterThatComesBackIsFoundAgain() {
        RemoteFixture f;
        create(*f.cluster, "t", 1);
        QCOMPARE(whyNotPublished(*f.cluster, "t", someRecords(10, 1, 1)), QString());
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        const SystemClock clock;
        const auto viewer = f.connect(f.options());
        AppBackend backend(viewer, settings, clock, random, {});
        QTRY_VERIFY(backend.live().current()->findTopic("t") != nullptr);
        f.broker().stop();
        QTRY_VERIFY_WITH_TIMEOUT(backend.live().staleReason().contains("No answer since"), 15'000);
        QVERIFY(backend.live().current()->findTopic("t") != nullptr);
        f.restart();
        QTRY_VERIFY_WITH_TIMEOUT(backend.live().staleReason().isEmpty(), 20'000);
        QCOMPARE(whyNotPublished(*f.cluster, "t", someRecords(10, 1, 1)), QString());
        QTRY_COMPARE(backend.live().current()->findTopic("t")->partitions.front().highWatermark.value, 20);
        viewer->stop();
    }

    void administratorsAreAnswered_data() { addTargets(); }
    void administratorsAreAnswered() {
        QFETCH(QString, target);
        Target t(target);
        api::Operations& ask = **t.cluster->operations();
        const std::string user = t.prefix + "alice";
        const auto has = [&ask, &user] {
            const auto users = ask.users();
            return users && std::any_of(users->begin(), users->end(), [&](const UserInfo& one) {
                       return one.name == user && one.logins.front().iterations == 8192;
                   });
        };
        // Kafka's controller answers before its brokers have heard of it.
        const auto put = ask.putLogin({user, LoginMechanism::kScramSha256, 8192, "a password"});
        QVERIFY2(put.ok(), put.ok() ? "" : put.error().message.c_str());
        QTRY_VERIFY(has());
        QCOMPARE(ask.putLogin({user, LoginMechanism::kScramSha256, 100, "x"}).error().code, ClusterErrc::kInvalid);
        QVERIFY(ask.removeLogin(user, LoginMechanism::kScramSha256).ok());
        QTRY_VERIFY(!has());

        const QuotaTarget whose{std::nullopt, t.prefix + "client", std::nullopt};
        const auto limit = [&] {
            const auto quotas = ask.quotas();
            for (const QuotaInfo& one : quotas ? *quotas : std::vector<QuotaInfo>()) {
                if (one.target == whose) {
                    return one.limits.at("producer_byte_rate");
                }
            }
            return 0.0;
        };
        QVERIFY(ask.setQuotas(whose, {{"producer_byte_rate", 5000.0}}).ok());
        QTRY_COMPARE(limit(), 5000.0);
        QVERIFY(ask.setQuotas(whose, {{"producer_byte_rate", std::nullopt}}).ok());
        QTRY_COMPARE(limit(), 0.0);

        const auto rules = ask.accessRules();
        QVERIFY2(rules.ok(), rules.ok() ? "" : rules.error().message.c_str());
        // No authorizer in any of ours.
        QVERIFY(t.suite.broker() == nullptr || !rules->areEnforced);
        const auto transactions = ask.transactions();
        QVERIFY2(transactions.ok(), transactions.ok() ? "" : transactions.error().message.c_str());

        create(*t.cluster, t.prefix + "t", 1);
        QCOMPARE(whyNotPublished(*t.cluster, t.prefix + "t", someRecords(10, 3, 1)), QString());
        const auto producers = ask.producers({t.prefix + "t", PartitionId(0)});
        QVERIFY2(producers.ok(), producers.ok() ? "" : producers.error().message.c_str());
        QCOMPARE(ask.producers({t.prefix + "none", PartitionId(0)}).error().code, ClusterErrc::kNotFound);
        QCOMPARE(ask.compaction(t.prefix + "t").error().code, ClusterErrc::kUnsupported);
        QCOMPARE(ask.streams(t.prefix + "none").error().code, ClusterErrc::kNotFound);
        QVERIFY(ask.describeGroupConfig(t.prefix + "g").ok());
    }

    void whoMayNotDescribeTheClusterIsToldSo() {
        RemoteFixture f(Door::kScram,
                        {{"authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"},
                         {"super.users", "User:admin"}});
        RemoteOptions options = f.options();
        const auto denied = f.connect(options);
        api::Operations& ask = **denied->operations();
        const auto quorum = ask.quorum();
        const auto folders = ask.logDirs();
        QVERIFY(!quorum.ok() && !folders.ok());
        constexpr std::int16_t kClusterAuthorizationFailed = 31;
        QCOMPARE(quorum.error().kafkaCode, kClusterAuthorizationFailed);
        QCOMPARE(folders.error().kafkaCode, kClusterAuthorizationFailed);
        QVERIFY(!quorum.error().message.empty() && !folders.error().message.empty());
        // Levels are everybody's to know: clients choose by them what they speak.
        QVERIFY(ask.features().ok());
        denied->stop();

        options.sasl = {SaslMechanism::kPlain, "admin", "pw", {}};
        const auto admin = f.connect(options);
        QVERIFY((*admin->operations())->quorum().ok());
        QVERIFY((*admin->operations())->logDirs().ok());
        admin->stop();
    }

    // From before KRaft, features and log folders that can be asked for.
    void anOldClusterSaysWhatItDoesNotHave() {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        connect(&server, &QTcpServer::newConnection, this, [&server] {
            QTcpSocket* const socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [&server, socket] {
                while (const auto answer = oldBrokersAnswer(*socket, server.serverPort())) {
                    socket->write(*answer);
                }
            });
        });
        RemoteOptions options;
        options.bootstrap = {{"127.0.0.1", server.serverPort()}};
        const SystemClock clock;
        RemoteCluster cluster(options, clock);
        std::vector<ClusterError> said;
        std::atomic<bool> isDone{false};
        std::thread asking([&] {
            api::Operations& ask = **cluster.operations();
            const auto note = [&said](const auto& answer) {
                said.push_back(answer.ok() ? ClusterError{} : answer.error());
            };
            note(ask.quorum());
            note(ask.features());
            note(ask.logDirs());
            isDone = true;
        });
        QTRY_VERIFY(isDone);
        asking.join();
        const std::vector<std::string> words{"ZooKeeper", "older than features", "DescribeLogDirs"};
        for (std::size_t i = 0; i < words.size(); ++i) {
            QCOMPARE(said[i].code, ClusterErrc::kUnsupported);
            QVERIFY2(said[i].message.find(words[i]) != std::string::npos, said[i].message.c_str());
        }
        cluster.stop();
    }

    void readingKeepsToTheRateOfItsConnection() {
        RemoteFixture f;
        create(*f.cluster, "t", 1);
        std::vector<OutgoingRecord> records(4);
        for (OutgoingRecord& one : records) {
            one.value = Bytes(10'000, std::byte{7});
        }
        for (int batch = 0; batch < 10; ++batch) {
            QCOMPARE(whyNotPublished(*f.cluster, "t", records), QString());
        }
        RemoteOptions options = f.options();
        constexpr std::int64_t kRate = 500'000;
        options.readBytesPerSecond = kRate;
        const auto slow = f.connect(options);
        ReadRequest request;
        request.partition = {"t", PartitionId(0)};
        request.from = Offset(0);
        QElapsedTimer time;
        time.start();
        std::int64_t bytes = 0;
        std::int64_t last = 0;
        while (request.from < Offset(40)) {
            const auto chunk = slow->read(request);
            QVERIFY2(chunk.ok(), chunk.ok() ? "" : chunk.error().message.c_str());
            request.from = (*chunk)->next;
            bytes += last;
            last = (*chunk)->bytesScanned;
            // What came before each answer was paid for.
            QVERIFY(static_cast<double>(time.elapsed()) * 1.001 + 1 >= static_cast<double>(bytes) * 1000.0 / kRate);
        }
        QVERIFY(bytes > 2 * last);
        // Whoever waits for its turn is let go at the end.
        std::thread waiting([&slow, &request] {
            request.from = Offset(0);
            while (slow->read(request)) {
            }
        });
        slow->stop();
        waiting.join();
    }

    void brokenAssignmentsAreNoAssignments() {
        const Bytes good{std::byte{0}, std::byte{1}, std::byte{0},   std::byte{0}, std::byte{0}, std::byte{1},
                         std::byte{0}, std::byte{1}, std::byte{'t'}, std::byte{0}, std::byte{0}, std::byte{0},
                         std::byte{1}, std::byte{0}, std::byte{0},   std::byte{0}, std::byte{7}};
        QCOMPARE(readAssignment(good).size(), std::size_t{1});
        QCOMPARE(readAssignment(good).front().partition, PartitionId(7));
        for (std::size_t size = 0; size < good.size(); ++size) {
            QVERIFY(readAssignment(ByteView(good).first(size)).empty());
        }
        Bytes huge = good;
        huge[2] = std::byte{0x7f};
        QVERIFY(readAssignment(huge).empty());
    }

    void bootstrapListsAreReadAsPeopleWriteThem() {
        const auto all = parseBootstrap(" a:1, b ,SASL_SSL://c:9094;[::1]:7,bad:port,:5 ");
        QCOMPARE(all.size(), std::size_t{4});
        QCOMPARE(textOf(all[0]), std::string("a:1"));
        QCOMPARE(textOf(all[1]), std::string("b:9092"));
        QCOMPARE(textOf(all[2]), std::string("c:9094"));
        QCOMPARE(textOf(all[3]), std::string("[::1]:7"));
    }
};

QTEST_GUILESS_MAIN(TstRemote)
#include "tst_remote.moc"
