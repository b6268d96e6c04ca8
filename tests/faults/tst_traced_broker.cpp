// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtCore/QTemporaryDir>
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/faults/process_tools.h"
#include "tests/support/broker_process.h"
#include "tests/support/fast_folder.h"
#include "tests/support/seed.h"

using namespace weir;
using protocol::ErrorCode;
using weir::test::BrokerProcess;
using weir::testing::WireClient;

namespace {

constexpr const char* kTopic = "sites";
constexpr const char* kGone = "gone";
constexpr const char* kGroup = "travellers";
constexpr int kBatches = 24;

/// What a client has been told, and may hold the broker to.
struct Promises {
    std::set<std::string> created;
    std::set<std::string> deleted;
    std::map<std::int64_t, std::string> records;
    std::int64_t start = 0;
    std::int64_t committed = -1;
    /// Asked for, and perhaps done.
    std::int64_t startAsked = 0;
    std::int64_t commitAsked = -1;
};

void createTopic(WireClient& client, const std::string& name, Promises& promises) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.numPartitions = 1;
    topic.replicationFactor = 1;
    const auto code = client.call<protocol::CreateTopicsResponse>(request, 7).topics.at(0).errorCode;
    if (code != ErrorCode::kNone && code != ErrorCode::kTopicAlreadyExists) {
        throw std::runtime_error("no topic");
    }
    promises.created.insert(name);
}

void deleteTopic(WireClient& client, const std::string& name, Promises& promises) {
    promises.created.erase(name);
    protocol::DeleteTopicsRequest request;
    request.topics.emplace_back().name = name;
    client.call<protocol::DeleteTopicsResponse>(request, 6);
    promises.deleted.insert(name);
}

void write(WireClient& client, int number, Promises& promises) {
    const std::string value = std::to_string(number) + ":" + std::string(200'000, static_cast<char>('a' + number % 26));
    const auto answer = testing::produce(client, kTopic, 0, testing::batchOf({.values = {value}}));
    if (answer.errorCode == ErrorCode::kNone) {
        promises.records[answer.baseOffset.value] = value;
    }
}

void commit(WireClient& client, std::int64_t offset, Promises& promises) {
    promises.commitAsked = offset;
    protocol::OffsetCommitRequest request;
    request.groupId = kGroup;
    request.generationIdOrMemberEpoch = GenerationId(-1);
    auto& topic = request.topics.emplace_back();
    topic.name = kTopic;
    auto& partition = topic.partitions.emplace_back();
    partition.partitionIndex = PartitionId(0);
    partition.committedOffset = Offset(offset);
    const auto answer = client.call<protocol::OffsetCommitResponse>(request, 8);
    if (answer.topics.at(0).partitions.at(0).errorCode == ErrorCode::kNone) {
        promises.committed = offset;
    }
}

void removeBefore(WireClient& client, std::int64_t offset, Promises& promises) {
    promises.startAsked = offset;
    protocol::DeleteRecordsRequest request;
    request.timeoutMs = 10'000;
    auto& topic = request.topics.emplace_back();
    topic.name = kTopic;
    auto& partition = topic.partitions.emplace_back();
    partition.partitionIndex = PartitionId(0);
    partition.offset = Offset(offset);
    const auto answer = client.call<protocol::DeleteRecordsResponse>(request, 2);
    if (answer.topics.at(0).partitions.at(0).errorCode == ErrorCode::kNone) {
        promises.start = offset;
    }
}

/// Everything that writes to the disk: topics that come and go, segments that roll, offsets, records that are removed.
void useTheDisk(std::uint16_t port, Promises& promises) {
    WireClient client(port);
    createTopic(client, kTopic, promises);
    createTopic(client, kGone, promises);
    for (int i = 0; i < kBatches; ++i) {
        write(client, i, promises);
        if (i % 6 == 5) {
            commit(client, i, promises);
        }
        if (i == kBatches / 2) {
            removeBefore(client, i / 2, promises);
            deleteTopic(client, kGone, promises);
        }
    }
}

std::set<std::string> topicsOf(WireClient& client) {
    protocol::MetadataRequest request;
    request.topics.reset();
    std::set<std::string> names;
    for (const auto& topic : client.call<protocol::MetadataResponse>(request, 9).topics) {
        names.insert(std::string(topic.name.value_or("")));
    }
    return names;
}

std::int64_t committedOf(WireClient& client) {
    protocol::OffsetFetchRequest request;
    request.groupId = kGroup;
    auto& topic = request.topics.emplace().emplace_back();
    topic.name = kTopic;
    topic.partitionIndexes.push_back(PartitionId(0));
    const auto answer = client.call<protocol::OffsetFetchResponse>(request, 7);
    return answer.topics.at(0).partitions.at(0).committedOffset.value;
}

/// What of the promises is not kept; empty when all are.
std::string brokenPromise(std::uint16_t port, Promises promises) {
    WireClient client(port);
    const auto topics = topicsOf(client);
    for (const std::string& name : promises.created) {
        if (!topics.contains(name)) {
            return "topic " + name + " is gone";
        }
    }
    for (const std::string& name : promises.deleted) {
        if (topics.contains(name)) {
            return "topic " + name + " is there again";
        }
    }
    if (!topics.contains(kTopic)) {
        return {};
    }
    const std::int64_t committed = committedOf(client);
    if (committed != promises.committed && committed != promises.commitAsked) {
        return "the group is at " + std::to_string(committed);
    }
    for (const auto& [offset, value] : promises.records) {
        if (offset < std::max(promises.start, promises.startAsked)) {
            continue;
        }
        const auto read =
            client.call<protocol::FetchResponse>(testing::fetchOf({.topic = kTopic, .offset = offset}), 12);
        const auto values = testing::valuesIn(read.responses.at(0).partitions.at(0).records.bytes());
        if (values.empty() || values.front() != value) {
            return "offset " + std::to_string(offset) + " does not hold what was acknowledged";
        }
    }
    // And it goes on.
    const std::size_t before = promises.records.size();
    write(client, 1000, promises);
    return promises.records.size() > before ? std::string() : "nothing can be written";
}

QStringList linesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')) : QStringList();
}

/// "PID  call(…" as strace -f writes it; the call's name, or nothing.
QString callIn(const QString& line) {
    static const QRegularExpression kCall(QStringLiteral("^\\d+\\s+(\\w+)\\("));
    return kCall.match(line).captured(1);
}

/// An address that only this machine reaches, or none at all.
bool staysHere(const QString& line) {
    return line.contains(QStringLiteral("\"127.0.0.1\"")) || line.contains(QStringLiteral("\"::1\"")) ||
           !line.contains(QStringLiteral("AF_INET"));
}

}  // namespace

/// The broker under strace, which kills it at the n-th system call of a kind, and tells what it does with the system.
class TstTracedBroker : public QObject {
    Q_OBJECT

    static constexpr const char* kDiskCalls =
        "write,pwrite64,pwritev,pwritev2,writev,fsync,fdatasync,rename,renameat,renameat2,ftruncate,fallocate,unlink,"
        "unlinkat,mkdir,mkdirat,openat";

    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] std::string path(const char* name) const {
        return m_folder->filePath(QLatin1String(name)).toStdString();
    }
    [[nodiscard]] std::unique_ptr<BrokerProcess> makeBroker() const {
        auto broker = std::make_unique<BrokerProcess>(WEIR_BROKER, path("data"),
                                                      std::vector<std::string>{"--set", "log.segment.bytes=1048576"});
        broker->logTo(path("log"));
        return broker;
    }
    /// How often one thread makes each call in a run that nothing disturbs.
    [[nodiscard]] std::map<std::string, int> countCalls() const {
        const auto broker = makeBroker();
        broker->runUnder({"strace", "-D", "-f", "-qq", "-o", path("trace"), "-e", std::string("trace=") + kDiskCalls});
        broker->start();
        Promises promises;
        useTheDisk(broker->port(), promises);
        broker->end(SIGTERM);
        std::map<std::pair<QString, QString>, int> ofThreads;
        std::map<std::string, int> most;
        for (const QString& line : linesOf(m_folder->filePath(QStringLiteral("trace")))) {
            if (const QString call = callIn(line); !call.isEmpty()) {
                const int count = ++ofThreads[{line.section(QLatin1Char(' '), 0, 0), call}];
                most[call.toStdString()] = std::max(most[call.toStdString()], count);
            }
        }
        return most;
    }
    /// Empty when all is well. `wasKilled` tells whether the site was reached at all.
    [[nodiscard]] std::string killedAt(const std::string& call, int count, bool& wasKilled) {
        m_folder = std::make_unique<QTemporaryDir>(testing::fastFolder());
        const auto broker = makeBroker();
        broker->runUnder({"strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e",
                          "inject=" + call + ":signal=SIGKILL:when=" + std::to_string(count)});
        Promises promises;
        int status = 0;
        try {
            broker->start();
            try {
                useTheDisk(broker->port(), promises);
                status = broker->end(SIGTERM);
            } catch (const std::runtime_error& error) {
                if (!test::endsWithin(broker->pid(), std::chrono::seconds(5))) {
                    return std::string("the broker lives, but ") + error.what();
                }
                status = broker->waitForEnd();
            }
            wasKilled = WIFSIGNALED(status);
        } catch (const std::runtime_error&) {
            wasKilled = true;  // before it could say that it listens
        }
        broker->runUnder({});
        try {
            broker->start();
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        const std::string broken = brokenPromise(broker->port(), promises);
        return !broken.empty() || broker->end(SIGTERM) == 0 ? broken : "it does not stop cleanly";
    }

private Q_SLOTS:
    void initTestCase() {
        try {
            if (test::runToEnd({"strace", "-D", "-f", "-o", "/dev/null", "true"}, 10).exitCode != 0) {
                QSKIP("strace may not trace here");
            }
        } catch (const std::runtime_error&) {
            QSKIP("strace is not installed");
        }
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(testing::fastFolder()); }

    /// T02. Twenty sites by the seed; WEIR_SITES=all for every call of every kind.
    void killedAtAnySystemCallItKeepsItsPromises() {
        std::mt19937 random(testing::printedSeed());
        std::vector<std::pair<std::string, int>> sites;
        for (const auto& [call, most] : countCalls()) {
            for (int count = 1; count <= most; ++count) {
                sites.emplace_back(call, count);
            }
        }
        const std::size_t all = sites.size();
        QVERIFY(all > 100);
        if (qEnvironmentVariable("WEIR_SITES") != QStringLiteral("all")) {
            std::shuffle(sites.begin(), sites.end(), random);
            sites.resize(20);
        }
        int killed = 0;
        for (const auto& [call, count] : sites) {
            bool wasKilled = false;
            const std::string broken = killedAt(call, count, wasKilled);
            QVERIFY2(broken.empty(), (call + " " + std::to_string(count) + ": " + broken).c_str());
            killed += wasKilled ? 1 : 0;
        }
        qInfo("T02: killed at %d of %zu sites (there are %zu), every promise kept", killed, sites.size(), all);
        QVERIFY(killed > 0);
    }

    /// T43: as nobody, with a program that it may not change, it works, and touches nothing but its folder and the
    /// loopback.
    void withoutAnyRightItWorksAndKeepsToItsFolder() {
        constexpr uid_t kNobody = 65534;
        if (::geteuid() != 0) {
            QSKIP("only root can become nobody");
        }
        const std::vector<std::string> nobody{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                              "--no-new-privs"};
        std::vector<std::string> probe = nobody;
        probe.insert(probe.end(), {"test", "-x", WEIR_BROKER});
        if (test::runToEnd(probe, 10).exitCode != 0) {
            QSKIP("setpriv is not there, or nobody may not enter the folder of the program");
        }
        struct stat program {};
        QCOMPARE(::stat(WEIR_BROKER, &program), 0);
        QVERIFY(program.st_uid != kNobody && (program.st_mode & 06002) == 0);
        QCOMPARE(::chown(m_folder->path().toLocal8Bit().constData(), kNobody, kNobody), 0);
        const auto broker = makeBroker();
        std::vector<std::string> command{"strace",
                                         "-D",
                                         "-f",
                                         "-qq",
                                         "-o",
                                         path("trace"),
                                         "-e",
                                         std::string("trace=open,creat,bind,connect,execve,setuid,setgid,chmod,"
                                                     "fchmodat,link,symlink,") +
                                             kDiskCalls};
        command.insert(command.end(), nobody.begin(), nobody.end());
        broker->runUnder(command);
        Promises promises;
        for (int start = 0; start < 2; ++start) {
            broker->start();
            if (start == 0) {
                useTheDisk(broker->port(), promises);
            }
            const std::string broken = brokenPromise(broker->port(), promises);
            QVERIFY2(broken.empty(), broken.c_str());
            QCOMPARE(broker->end(SIGTERM), 0);
            judgeTrace(linesOf(m_folder->filePath(QStringLiteral("trace"))));
        }
    }

private:
    void judgeTrace(const QStringList& lines) const {
        static const QRegularExpression kPath(QStringLiteral("\"(/[^\"]*)\""));
        static const QRegularExpression kWrites(QStringLiteral("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND"));
        const QStringList always{QStringLiteral("mkdir"),     QStringLiteral("mkdirat"), QStringLiteral("rename"),
                                 QStringLiteral("renameat"),  QStringLiteral("unlink"),  QStringLiteral("unlinkat"),
                                 QStringLiteral("renameat2"), QStringLiteral("creat"),   QStringLiteral("chmod"),
                                 QStringLiteral("fchmodat"),  QStringLiteral("link"),    QStringLiteral("symlink")};
        bool isBroker = false;
        int writes = 0;
        int sockets = 0;
        for (const QString& line : lines) {
            const QString call = callIn(line);
            // setpriv comes first; from the broker's own execve on it counts.
            isBroker = call == QLatin1String("execve") ? line.contains(QLatin1String("weir-broker\"")) : isBroker;
            if (!isBroker) {
                continue;
            }
            QVERIFY2(!call.startsWith(QLatin1String("setuid")) && !call.startsWith(QLatin1String("setgid")),
                     qPrintable(line));
            if (call == QLatin1String("bind") || call == QLatin1String("connect")) {
                ++sockets;
                QVERIFY2(staysHere(line), qPrintable(line));
            }
            const bool isOpen = call == QLatin1String("openat") || call == QLatin1String("open");
            if (always.contains(call) || (isOpen && line.contains(kWrites))) {
                const QString path = kPath.match(line).captured(1);
                // A thread's name is written in /proc.
                if (path.isEmpty() || path == QLatin1String("/dev/null") ||
                    path.startsWith(QLatin1String("/proc/self/task/"))) {
                    continue;
                }
                ++writes;
                QVERIFY2(path.startsWith(m_folder->path()), qPrintable(line));
            }
        }
        qInfo("T43: as uid 65534, %d paths written and %d addresses used, none outside", writes, sockets);
        QVERIFY(writes > 0 && sockets > 0);
    }
};

QTEST_GUILESS_MAIN(TstTracedBroker)
#include "tst_traced_broker.moc"
