// SPDX-License-Identifier: GPL-3.0-or-later
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <QElapsedTimer>
#include <QTest>
#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <algorithm>
#include <map>
#include <memory>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/faults/process_tools.h"
#include "tests/support/broker_process.h"
#include "tests/support/fast_folder.h"
#include "tests/support/wire_client.h"

using namespace weir;
using weir::test::BrokerProcess;
using weir::testing::WireClient;

namespace {

protocol::ErrorCode create(WireClient& client, const std::vector<std::string>& names, std::int32_t partitions) {
    protocol::CreateTopicsRequest request;
    for (const std::string& name : names) {
        auto& topic = request.topics.emplace_back();
        topic.name = name;
        topic.numPartitions = partitions;
        topic.replicationFactor = 1;
    }
    const auto made = client.call<protocol::CreateTopicsResponse>(request);
    for (const auto& topic : made.topics) {
        if (topic.errorCode != protocol::ErrorCode::kNone) {
            return topic.errorCode;
        }
    }
    return protocol::ErrorCode::kNone;
}

struct Topic {
    Uuid id{};
    std::string partitions{};  ///< with their leader epochs
    bool operator==(const Topic&) const = default;
};

std::map<std::string, Topic> topicsOf(WireClient& client) {
    protocol::MetadataRequest request;
    request.topics.reset();
    const auto metadata = client.call<protocol::MetadataResponse>(request);
    std::map<std::string, Topic> topics;
    for (const auto& each : metadata.topics) {
        Topic& topic = topics[std::string(each.name.value_or(""))];
        topic.id = each.topicId;
        for (const auto& partition : each.partitions) {
            topic.partitions += " " + std::to_string(partition.partitionIndex.value) + ":" +
                                std::to_string(partition.leaderEpoch.value);
        }
    }
    return topics;
}

qsizetype linesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
}

bool answers(WireClient& client) {
    return client.call<protocol::ApiVersionsResponse>(protocol::ApiVersionsRequest(), 0).errorCode ==
           protocol::ErrorCode::kNone;
}

/// From here on this process, which has one thread, lives in a network of its own that has nothing but a loopback.
bool enterOwnNetwork() {
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        return false;
    }
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq loopback{};
    qstrncpy(loopback.ifr_name, "lo", sizeof loopback.ifr_name);
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool isUp = any >= 0 && ::ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    ::close(any);
    return isUp;
}

/// The broker as it starts without any option but its folder, in a network where Kafka's port is free; its first words
/// are in `said`. -1 when the system does not let us make such a network.
pid_t startAlone(const std::string& folder, const std::string& log, std::string& said) {
    constexpr int kNoNetwork = 97;
    int out[2];
    if (::pipe(out) != 0) {
        return -1;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(out[1], STDOUT_FILENO);
        if (std::freopen(log.c_str(), "w", stderr) == nullptr || !enterOwnNetwork()) {
            ::_exit(kNoNetwork);
        }
        ::execl(WEIR_BROKER, WEIR_BROKER, "--data", folder.c_str(), nullptr);
        ::_exit(1);
    }
    ::close(out[1]);
    char c = 0;
    while (::read(out[0], &c, 1) == 1 && c != '\n') {
        said.push_back(c);
    }
    ::close(out[0]);
    if (said.empty()) {
        int status = 0;
        ::waitpid(pid, &status, 0);
        return -1;
    }
    return pid;
}

constexpr const char* kGoldenFolder = WEIR_GOLDEN;
constexpr Compression kCodecs[] = {Compression::kNone, Compression::kGzip, Compression::kSnappy, Compression::kLz4,
                                   Compression::kZstd};

/// A topic of two partitions with every codec, from which something has been removed, and a group that has read some.
void fillGolden(std::uint16_t port) {
    WireClient client(port);
    // It grows old, and is still to be there.
    protocol::CreateTopicsRequest request;
    auto& made = request.topics.emplace_back();
    made.name = "golden";
    made.numPartitions = 2;
    made.replicationFactor = 1;
    made.configs.push_back({"retention.ms", "-1", {}});
    if (client.call<protocol::CreateTopicsResponse>(request).topics.at(0).errorCode != protocol::ErrorCode::kNone) {
        throw std::runtime_error("no topic");
    }
    for (std::int32_t i = 0; i < 40; ++i) {
        const std::vector<std::string> values{"golden-" + std::to_string(i),
                                              std::string(300, static_cast<char>('a' + i % 26))};
        weir::testing::produce(client, "golden", i % 2,
                               weir::testing::batchOf({.values = values, .compression = kCodecs[i % 5]}));
    }
    protocol::DeleteRecordsRequest remove;
    remove.timeoutMs = 10'000;
    auto& from = remove.topics.emplace_back();
    from.name = "golden";
    from.partitions.push_back({PartitionId(1), Offset(7), {}});
    client.call<protocol::DeleteRecordsResponse>(remove, 2);
    protocol::OffsetCommitRequest commit;
    commit.groupId = "golden-readers";
    auto& topic = commit.topics.emplace_back();
    topic.name = "golden";
    topic.partitions.emplace_back().committedOffset = Offset(12);
    client.call<protocol::OffsetCommitResponse>(commit, 8);
}

/// What a broker tells of it, to the byte: one line a partition, and one for the group.
std::string tellGolden(std::uint16_t port) {
    WireClient client(port);
    std::string told;
    for (std::int32_t partition = 0; partition < 2; ++partition) {
        auto request =
            weir::testing::fetchOf({.topic = "golden", .offset = partition == 1 ? 7 : 0, .partition = partition});
        const auto answer = client.call<protocol::FetchResponse>(request, 12);
        const auto& read = answer.responses.at(0).partitions.at(0);
        const ByteView bytes = read.records.bytes();
        QCryptographicHash hash(QCryptographicHash::Sha256);
        hash.addData(
            QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()), static_cast<int>(bytes.size())));
        told += std::to_string(partition) + " from " + std::to_string(read.logStartOffset.value) + " to " +
                std::to_string(read.highWatermark.value) + " records " +
                std::to_string(weir::testing::valuesIn(bytes).size()) + " sha256 " +
                hash.result().toHex().toStdString() + "\n";
    }
    protocol::OffsetFetchRequest offsets;
    offsets.groupId = "golden-readers";
    offsets.topics.reset();
    const auto committed = client.call<protocol::OffsetFetchResponse>(offsets, 7);
    return told + "group at " + std::to_string(committed.topics.at(0).partitions.at(0).committedOffset.value) + "\n";
}

}  // namespace

/// What only a process of its own can show: many starts, too few file handles, and what its log tells.
class TstBrokerProcess : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] QString log() const { return m_folder->filePath(QStringLiteral("log")); }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(weir::testing::fastFolder()); }

    /// Clean restarts of 1,000 partitions: the same topics each time, and no start that looks at every segment.
    /// WEIR_RESTARTS=1000 is the long form.
    void restartsChangeNothing() {
        const int restarts = qMax(5, qEnvironmentVariableIntValue("WEIR_RESTARTS"));
        BrokerProcess broker(WEIR_BROKER, m_folder->filePath(QStringLiteral("data")).toStdString());
        broker.logTo(log().toStdString());
        broker.start();
        {
            WireClient client(broker.port());
            std::vector<std::string> names;
            for (int i = 0; i < 100; ++i) {
                names.push_back("topic-" + std::to_string(i));
            }
            QCOMPARE(create(client, names, 10), protocol::ErrorCode::kNone);
        }
        std::map<std::string, Topic> before;
        std::vector<qint64> times;
        for (int i = 0; i <= restarts; ++i) {
            {
                WireClient client(broker.port());
                const auto topics = topicsOf(client);
                QCOMPARE(topics.size(), 100U);
                QVERIFY(before.empty() || topics == before);
                before = topics;
            }
            QCOMPARE(broker.end(SIGTERM), 0);
            QElapsedTimer timer;
            timer.start();
            broker.start();
            times.push_back(timer.elapsed());
        }
        std::sort(times.begin(), times.end());
        const qint64 slow = times[times.size() * 99 / 100];
        qInfo("%zu clean restarts of 1,000 partitions: median %lld ms, p99 %lld ms", times.size(),
              times[times.size() / 2], slow);
        QVERIFY2(slow < 3000, "a start looks at too much");
    }

    /// T35: without being told otherwise nobody on another machine reaches it.
    void byDefaultOnlyTheLoopbackIsBound() {
        std::string said;
        const pid_t pid =
            startAlone(m_folder->filePath(QStringLiteral("data")).toStdString(), log().toStdString(), said);
        if (pid < 0) {
            QSKIP("this system lets us make no network of our own, and Kafka's port may be in use in the common one");
        }
        const auto listeners = weir::test::listenersIn(pid);
        ::kill(pid, SIGTERM);
        int status = -1;
        ::waitpid(pid, &status, 0);
        QCOMPARE(status, 0);
        QVERIFY2(said.starts_with("listening on "), said.c_str());
        QVERIFY(!listeners.empty());
        for (const auto& each : listeners) {
            qInfo("T35: listens on %s port %d", each.address.c_str(), each.port);
            QVERIFY(each.address == "0100007F" || each.address == "00000000000000000000000001000000");
            QCOMPARE(each.port, 9092);
        }
    }

    void beingReachedFromOutsideTakesALogin_data() {
        const QString jaas = QStringLiteral(
            "plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required "
            "user_alice=\"pw\";");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("listen on all") << QStringList{"--listen", "0.0.0.0:0"} << true;
        QTest::newRow("listen on a bare port") << QStringList{"--listen", ":0"} << true;
        QTest::newRow("listen on all of IPv6") << QStringList{"--listen", "[::]:0"} << true;
        QTest::newRow("listeners") << QStringList{"--set", "listeners=PLAINTEXT://0.0.0.0:0"} << true;
        QTest::newRow("one of two") << QStringList{"--set", "listeners=PLAINTEXT://127.0.0.1:0,PLAINTEXT://0.0.0.0:0"}
                                    << true;
        QTest::newRow("with a login") << QStringList{"--set", "listeners=SASL_PLAINTEXT://0.0.0.0:0",
                                                     "--set", "sasl.enabled.mechanisms=PLAIN",
                                                     "--set", jaas}
                                      << false;
    }
    void beingReachedFromOutsideTakesALogin() {
        QFETCH(QStringList, options);
        QFETCH(bool, isRefused);
        std::vector<std::string> command{WEIR_BROKER, "--data",
                                         m_folder->filePath(QStringLiteral("data")).toStdString()};
        for (const QString& option : options) {
            command.push_back(option.toStdString());
        }
        // The one that is allowed serves until its time is up, and has no exit code then.
        const auto outcome = weir::test::runToEnd(command, isRefused ? 20 : 1);
        const bool listens = outcome.said.find("listening on") != std::string::npos;
        QVERIFY2(listens == !isRefused, outcome.said.c_str());
        if (isRefused) {
            QVERIFY2(outcome.exitCode > 0, outcome.said.c_str());
            QVERIFY2(outcome.said.find("can be reached from other machines") != std::string::npos,
                     outcome.said.c_str());
        }
    }

    /// With no file handle left, those who are connected are served, refusing costs next to nothing and is said once a
    /// second at most, and who comes later is served as soon as handles are free again.
    void withoutFileHandlesThoseWhoAreInAreServed() {
        BrokerProcess broker(WEIR_BROKER, m_folder->filePath(QStringLiteral("data")).toStdString());
        broker.logTo(log().toStdString());
        broker.start();
        WireClient in(broker.port());
        QVERIFY(answers(in));
        const rlimit few{64, 64};
        QCOMPARE(prlimit(broker.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
        std::vector<std::unique_ptr<WireClient>> crowd;
        for (int i = 0; i < 100; ++i) {
            crowd.push_back(std::make_unique<WireClient>(broker.port()));
        }
        const qsizetype lines = linesOf(log());
        const double cpu = weir::test::cpuSecondsOf(broker.pid());
        QElapsedTimer timer;
        timer.start();
        int served = 0;
        while (timer.elapsed() < 2000) {
            served += answers(in) ? 1 : 0;
            QTest::qWait(20);
        }
        const double share =
            (weir::test::cpuSecondsOf(broker.pid()) - cpu) * 1000 / static_cast<double>(timer.elapsed());
        const qsizetype said = linesOf(log()) - lines;
        qInfo("%d answers meanwhile, %.1f %% of a core, %lld lines in the log", served, share * 100,
              static_cast<long long>(said));
        QVERIFY(served > 20);
        QVERIFY(share < 0.1);
        QVERIFY(said <= 10);
        crowd.clear();
        WireClient late(broker.port());
        QVERIFY(answers(late));
        QCOMPARE(broker.end(SIGTERM), 0);
    }

    /// T15: folders of each format there has been are opened and tell what they told. WEIR_GOLDEN_WRITE=NAME makes one
    /// of today's format beside the others.
    void foldersOfEveryFormatAreReadToTheByte() {
        const std::string data = m_folder->filePath(QStringLiteral("data")).toStdString();
        if (const QString name = qEnvironmentVariable("WEIR_GOLDEN_WRITE"); !name.isEmpty()) {
            BrokerProcess broker(WEIR_BROKER, data);
            broker.start();
            fillGolden(broker.port());
            QFile told(QString::fromLatin1(kGoldenFolder) + QLatin1Char('/') + name + QLatin1String(".txt"));
            QVERIFY(told.open(QIODevice::WriteOnly));
            told.write(tellGolden(broker.port()).c_str());
            QCOMPARE(broker.end(SIGTERM), 0);
            const std::string archive = std::string(kGoldenFolder) + "/" + name.toStdString() + ".tar.gz";
            QCOMPARE(weir::test::runToEnd({"tar", "-C", m_folder->path().toStdString(), "-czf", archive, "data"}, 20)
                         .exitCode,
                     0);
            return;
        }
        const QStringList archives = QDir(QString::fromLatin1(kGoldenFolder)).entryList({QStringLiteral("*.tar.gz")});
        QVERIFY(!archives.isEmpty());
        for (const QString& archive : archives) {
            const QString path = QString::fromLatin1(kGoldenFolder) + QLatin1Char('/') + archive;
            QCOMPARE(weir::test::runToEnd({"tar", "-C", m_folder->path().toStdString(), "-xzf", path.toStdString()}, 20)
                         .exitCode,
                     0);
            QFile expected(QString(path).replace(QLatin1String(".tar.gz"), QLatin1String(".txt")));
            QVERIFY(expected.open(QIODevice::ReadOnly));
            const QByteArray wanted = expected.readAll();
            BrokerProcess broker(WEIR_BROKER, data, {"--set", "offsets.retention.minutes=2147483647"});
            for (int start = 0; start < 2; ++start) {
                broker.start();
                QCOMPARE(QByteArray::fromStdString(tellGolden(broker.port())), wanted);
                QCOMPARE(broker.end(SIGTERM), 0);
            }
            QVERIFY(QDir(QString::fromStdString(data)).removeRecursively());
        }
        qInfo("T15: %lld formats read, to the byte", static_cast<long long>(archives.size()));
    }

    /// T15, the other way: what a newer Weir wrote is left alone, in words.
    void aFolderOfANewerFormatIsRefusedUntouched() {
        const QString data = m_folder->filePath(QStringLiteral("data"));
        BrokerProcess broker(WEIR_BROKER, data.toStdString());
        broker.start();
        fillGolden(broker.port());
        QCOMPARE(broker.end(SIGTERM), 0);
        const QStringList catalogs = QDir(data).entryList({QStringLiteral("*.db"), QStringLiteral("*.sqlite")});
        QCOMPARE(catalogs.size(), 1);
        QFile catalog(data + QLatin1Char('/') + catalogs.first());
        QVERIFY(catalog.open(QIODevice::ReadWrite));
        // SQLite keeps the format's number, big-endian, at byte 60 of its file.
        QVERIFY(catalog.seek(60) && catalog.write("\0\0\0\x63", 4) == 4);
        catalog.close();
        const auto before = weir::test::runToEnd(
            {"sh", "-c",
             "cd \"$0\" && find . -type f ! -name weir.lock ! -name 'weir.db-*' | sort | xargs -d \"\\n\" cksum",
             data.toStdString()},
            20);
        const auto refused =
            weir::test::runToEnd({WEIR_BROKER, "--data", data.toStdString(), "--listen", "127.0.0.1:0"}, 20);
        QCOMPARE(refused.exitCode, 4);
        QVERIFY2(refused.said.find("newer Weir") != std::string::npos, refused.said.c_str());
        const auto after = weir::test::runToEnd(
            {"sh", "-c",
             "cd \"$0\" && find . -type f ! -name weir.lock ! -name 'weir.db-*' | sort | xargs -d \"\\n\" cksum",
             data.toStdString()},
            20);
        QCOMPARE(after.said, before.said);
    }

    /// Keys, values, headers and what is refused stay out of the log.
    void theLogTellsNoContents() {
        BrokerProcess broker(WEIR_BROKER, m_folder->filePath(QStringLiteral("data")).toStdString());
        broker.logTo(log().toStdString());
        broker.start();
        const QByteArray canary("canary-5f1c");
        {
            WireClient client(broker.port());
            QCOMPARE(create(client, {"plain"}, 1), protocol::ErrorCode::kNone);
            Bytes batch = weir::testing::batchOf({.values = {canary.toStdString(), "other"}});
            const auto taken = weir::testing::produce(client, "plain", 0, batch);
            QCOMPARE(taken.errorCode, protocol::ErrorCode::kNone);
            // Refusals are the talkative ones.
            batch.back() ^= std::byte{1};
            const auto refused = weir::testing::produce(client, "plain", 0, batch);
            QCOMPARE(refused.errorCode, protocol::ErrorCode::kCorruptMessage);
            WireClient rude(broker.port());
            rude.sendBytes(asBytes(std::string("\x7f\xff\xff\xff") + canary.toStdString()));
            QVERIFY(rude.waitForClose());
        }
        QCOMPARE(broker.end(SIGTERM), 0);
        QFile file(log());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray told = file.readAll();
        QVERIFY(told.size() > 0);
        QVERIFY2(!told.contains(canary), told.constData());
    }
};

QTEST_GUILESS_MAIN(TstBrokerProcess)
#include "tst_broker_process.moc"
