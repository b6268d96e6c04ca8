// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QTest>
#include <QtCore/QTemporaryDir>
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_topics.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/faults/process_tools.h"
#include "tests/support/broker_process.h"
#include "tests/support/fast_folder.h"
#include "tests/support/loopback.h"

using namespace weir;
using weir::test::BrokerProcess;
using weir::testing::WireClient;

namespace {

constexpr std::size_t kActive = 8;
constexpr std::size_t kBesides = 200;  ///< Handles that either process needs for other things.

bool isFullForm() {
    return qEnvironmentVariable("WEIR_CONNECTIONS") == QStringLiteral("full");
}

/// Clients that have said which versions they speak and then say nothing, as a consumer of a quiet topic between two
/// fetches or a producer with nothing to send. Raw sockets: 10,000 of anything more would be this process's memory.
class IdleCrowd {
public:
    ~IdleCrowd() { leave(); }

    /// False when the system or the broker refused one.
    bool come(std::uint16_t port, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const int one = test::connectTo(port);
            if (one < 0) {
                return false;
            }
            m_sockets.push_back(one);
        }
        return true;
    }
    /// Each asks for the versions; true once each has an answer.
    [[nodiscard]] bool introduceThemselves() const {
        protocol::ApiVersionsRequest request;
        request.clientSoftwareName = "quiet-client";
        request.clientSoftwareVersion = "1.0.0";
        const auto frame =
            protocol::encodeRequestFrame(request, protocol::ApiVersion(3), protocol::CorrelationId(1), "quiet");
        const Bytes bytes = frame->flat();
        const auto sendAll = [&](int one) {
            return ::send(one, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
        };
        return std::all_of(m_sockets.begin(), m_sockets.end(), sendAll) &&
               std::all_of(m_sockets.begin(), m_sockets.end(), readAnswer);
    }
    /// Those that the broker has not closed.
    [[nodiscard]] std::size_t stillThere() const {
        return static_cast<std::size_t>(std::count_if(m_sockets.begin(), m_sockets.end(), [](int one) {
            char byte = 0;
            return ::recv(one, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
        }));
    }
    void leave() {
        for (const int one : m_sockets) {
            ::close(one);
        }
        m_sockets.clear();
    }

private:
    static bool readAnswer(int one) {
        std::array<std::byte, 4096> buffer;
        std::size_t have = 0;
        std::size_t wanted = 4;
        while (have < wanted) {
            const ssize_t got = ::recv(one, buffer.data() + have, wanted - have, 0);
            if (got <= 0) {
                return false;
            }
            have += static_cast<std::size_t>(got);
            if (have == 4) {
                wanted = 4 + static_cast<std::size_t>(loadBigEndian<std::int32_t>(buffer.data()));
                if (wanted > buffer.size()) {
                    return false;
                }
            }
        }
        return true;
    }
    std::vector<int> m_sockets;
};

/// Eight clients that write a batch and read it back without pause.
class ActiveClients {
public:
    explicit ActiveClients(std::uint16_t port) {
        for (std::size_t i = 0; i < kActive; ++i) {
            m_clients.push_back(std::make_unique<WireClient>(port));
        }
    }
    /// Requests served a second.
    double servedIn(std::chrono::milliseconds time) {
        std::atomic<std::size_t> served{0};
        std::vector<std::thread> threads;
        QElapsedTimer timer;
        timer.start();
        const auto until = std::chrono::steady_clock::now() + time;
        for (std::size_t i = 0; i < kActive; ++i) {
            threads.emplace_back([this, i, until, &served] {
                while (std::chrono::steady_clock::now() < until) {
                    const auto written = testing::produce(*m_clients[i], "active", static_cast<int>(i), m_batch);
                    auto fetch = testing::fetchOf({.topic = "active", .offset = written.baseOffset.value});
                    fetch.topics[0].partitions[0].partition = PartitionId(static_cast<int>(i));
                    const auto read = m_clients[i]->call<protocol::FetchResponse>(fetch, 12);
                    const bool isGood = written.errorCode == protocol::ErrorCode::kNone &&
                                        read.responses.at(0).partitions.at(0).records.bytes().size() >= m_batch.size();
                    served += isGood ? 2 : 0;
                }
            });
        }
        for (std::thread& each : threads) {
            each.join();
        }
        const double result = static_cast<double>(served) * 1000 / static_cast<double>(timer.elapsed());
        return result;
    }

private:
    std::vector<std::unique_ptr<WireClient>> m_clients;
    Bytes m_batch = testing::batchOf({.values = std::vector<std::string>(10, std::string(100, 'a'))});
};

bool createActive(std::uint16_t port) {
    WireClient client(port);
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "active";
    topic.numPartitions = kActive;
    topic.replicationFactor = 1;
    return client.call<protocol::CreateTopicsResponse>(request).topics.at(0).errorCode == protocol::ErrorCode::kNone;
}

}  // namespace

/// T31: ten thousand clients that have nothing to say beside eight that have. Two processes, because each end of a
/// connection is a file handle and some systems give a process 20,000.
class TstManyConnections : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tenThousandIdleClientsCostLittleMemoryAndNoThroughput() {
        rlimit handles{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &handles), 0);
        handles.rlim_cur = handles.rlim_max;
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &handles), 0);
        const std::size_t wanted = isFullForm() ? 10'000 : 4'000;
        if (handles.rlim_max < wanted + kBesides) {
            QSKIP(qPrintable(QStringLiteral("a process may open only %1 files here").arg(handles.rlim_max)));
        }
        const std::chrono::milliseconds window(isFullForm() ? 3000 : 300);
        QTemporaryDir folder(testing::fastFolder());
        BrokerProcess broker(WEIR_BROKER, folder.filePath(QStringLiteral("data")).toStdString());
        broker.logTo(folder.filePath(QStringLiteral("log")).toStdString());
        broker.start();
        QVERIFY(createActive(broker.port()));
        ActiveClients active(broker.port());
        active.servedIn(window);
        double alone = 0;
        double beside = 0;
        double bytesEach = 0;
        qint64 connectMs = 0;
        const int rounds = isFullForm() ? 5 : 2;
        for (int round = 0; round < rounds; ++round) {
            alone += active.servedIn(window);
            const std::size_t before = test::privateBytesOf(broker.pid());
            IdleCrowd crowd;
            QElapsedTimer timer;
            timer.start();
            QVERIFY(crowd.come(broker.port(), wanted));
            connectMs = std::max(connectMs, timer.elapsed());
            QVERIFY(crowd.introduceThemselves());
            // The first round tells: later ones find the memory of those that left.
            if (round == 0) {
                const std::size_t after = test::privateBytesOf(broker.pid());
                QVERIFY(before > 0 && after > before);
                bytesEach = static_cast<double>(after - before) / static_cast<double>(wanted);
            }
            beside += 2 * active.servedIn(window);
            QCOMPARE(crowd.stillThere(), wanted);
            crowd.leave();
            QTRY_VERIFY(test::handlesOf(broker.pid()) < kBesides);
            alone += active.servedIn(window);
        }
        qInfo("T31: %zu idle: connected in %lld ms, %.1f KiB each, %.3f of %.0f requests/s", wanted,
              static_cast<long long>(connectMs), bytesEach / 1024, beside / alone, alone / 2 / rounds);
        QVERIFY2(bytesEach <= 8 * 1024, qPrintable(QString::number(bytesEach)));
        // Beside other work only a stall is certain.
        const double share = isFullForm() ? 0.9 : 0.5;
        QVERIFY2(beside >= share * alone, qPrintable(QString::number(beside / alone)));
        QCOMPARE(broker.end(SIGTERM), 0);
    }

    /// At its limit the broker refuses who comes and goes on for those who are in.
    void atItsLimitItRefusesAndLives() {
        QTemporaryDir folder(testing::fastFolder());
        BrokerProcess broker(WEIR_BROKER, folder.filePath(QStringLiteral("data")).toStdString(),
                             {"--set", "max.connections=100"});
        broker.logTo(folder.filePath(QStringLiteral("log")).toStdString());
        broker.start();
        QVERIFY(createActive(broker.port()));
        ActiveClients active(broker.port());
        IdleCrowd crowd;
        QVERIFY(crowd.come(broker.port(), 800));
        QVERIFY(active.servedIn(std::chrono::milliseconds(100)) > 0);
        QTRY_VERIFY(crowd.stillThere() <= 100);
        QVERIFY(crowd.stillThere() > 50);
        QVERIFY(test::handlesOf(broker.pid()) < 100 + kBesides);
        QCOMPARE(broker.end(SIGTERM), 0);
    }
};

QTEST_GUILESS_MAIN(TstManyConnections)
#include "tst_many_connections.moc"
