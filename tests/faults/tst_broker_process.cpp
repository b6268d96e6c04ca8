// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include <QElapsedTimer>
#include <QTest>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <algorithm>
#include <map>
#include <memory>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/metadata.h"
#include "tests/broker/server/server_fixture.h"
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

/// CPU seconds of a process so far.
double cpuOf(pid_t pid) {
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QString text = QString::fromLatin1(file.readAll());
    const QStringList fields = text.mid(text.lastIndexOf(QLatin1Char(')')) + 2).split(QLatin1Char(' '));
    return static_cast<double>(fields[11].toLong() + fields[12].toLong()) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

qsizetype linesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
}

bool answers(WireClient& client) {
    return client.call<protocol::ApiVersionsResponse>(protocol::ApiVersionsRequest(), 0).errorCode ==
           protocol::ErrorCode::kNone;
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
        const double cpu = cpuOf(broker.pid());
        QElapsedTimer timer;
        timer.start();
        int served = 0;
        while (timer.elapsed() < 2000) {
            served += answers(in) ? 1 : 0;
            QTest::qWait(20);
        }
        const double share = (cpuOf(broker.pid()) - cpu) * 1000 / static_cast<double>(timer.elapsed());
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
