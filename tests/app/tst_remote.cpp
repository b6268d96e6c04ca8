// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <QtEndian>
#include <atomic>
#include <set>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/cluster/remote/remote_groups.h"
#include "app/search/ordered_reader.h"
#include "app/settings/app_settings.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/metadata.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/suite_cluster.h"
#include "tests/app/support/suite_records.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;

namespace {

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
    /// What the broker itself saw of somebody who browsed.
    void lookingDisturbsNothing() {
        RemoteFixture f;
        test::createTopic(*f.cluster, "t", 2);
        QCOMPARE(test::whyNotPublished(*f.cluster, "t", test::someRecords(500, 2, 2)), QString());
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
        test::createTopic(*f.cluster, "t", 1);
        QCOMPARE(test::whyNotPublished(*f.cluster, "t", test::someRecords(20, 2, 1)), QString());
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
        test::createTopic(*f.cluster, "t", 1);
        QCOMPARE(test::whyNotPublished(*f.cluster, "t", test::someRecords(10, 1, 1)), QString());
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
        QCOMPARE(test::whyNotPublished(*f.cluster, "t", test::someRecords(10, 1, 1)), QString());
        QTRY_COMPARE(backend.live().current()->findTopic("t")->partitions.front().highWatermark.value, 20);
        viewer->stop();
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
        test::createTopic(*f.cluster, "t", 1);
        std::vector<OutgoingRecord> records(4);
        for (OutgoingRecord& one : records) {
            one.value = Bytes(10'000, std::byte{7});
        }
        for (int batch = 0; batch < 10; ++batch) {
            QCOMPARE(test::whyNotPublished(*f.cluster, "t", records), QString());
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
