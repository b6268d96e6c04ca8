// SPDX-License-Identifier: GPL-3.0-or-later
// The program weir-broker as a script meets it: its one line, its signals, its exit codes.
#include <signal.h>

#include <QTest>
#include <QtCore/QByteArray>
#include <QtCore/QFile>
#include <QtCore/QIODevice>
#include <QtCore/QProcess>
#include <QtCore/QStringList>
#include <QtCore/QStringLiteral>
#include <QtCore/QTemporaryDir>

#include "broker/protocol/messages/metadata.h"
#include "tests/support/fast_folder.h"
#include "tests/support/wire_client.h"

using namespace weir;
using weir::testing::WireClient;

namespace {

struct Program {
    explicit Program(const QStringList& arguments) { process.start(QStringLiteral(WEIR_BROKER), arguments); }
    ~Program() {
        if (process.state() != QProcess::NotRunning) {
            process.kill();
            process.waitForFinished();
        }
    }
    /// What it prints when ready; 0 if it ends instead.
    std::uint16_t waitUntilReady() {
        while (!process.canReadLine() && process.waitForReadyRead(20'000)) {
        }
        line = process.readLine();
        return line.mid(line.lastIndexOf(':') + 1).trimmed().toUShort();
    }
    int waitForExit() { return process.waitForFinished(20'000) ? process.exitCode() : -1; }

    QProcess process;
    QByteArray line;
};

}  // namespace

class TestWeirBroker : public QObject {
    Q_OBJECT

private slots:
    void itSaysOneLineServesAndStopsOnATerminationSignal_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGINT") << SIGINT;
    }
    void itSaysOneLineServesAndStopsOnATerminationSignal() {
        QFETCH(int, signal);
        QTemporaryDir folder(testing::fastFolder());
        Program program({"--data", folder.filePath("d"), "--listen", "127.0.0.1:0"});
        const std::uint16_t port = program.waitUntilReady();
        QVERIFY(port != 0);
        QVERIFY(program.line.startsWith("listening on 127.0.0.1:"));
        WireClient client(port);
        QCOMPARE(client.call<protocol::MetadataResponse>(protocol::MetadataRequest{}).brokers.at(0).port,
                 std::int32_t{port});
        ::kill(static_cast<pid_t>(program.process.processId()), signal);
        QCOMPARE(program.waitForExit(), 0);
        QVERIFY(program.process.readAllStandardOutput().isEmpty());
        QVERIFY(QFile::exists(folder.filePath("d/.kafka_cleanshutdown")));
    }

    void mistakesHaveCodesAndSentences() {
        QTemporaryDir folder(testing::fastFolder());
        const QString data = folder.filePath("d");
        Program usage({"--no-such-option"});
        QCOMPARE(usage.waitForExit(), 2);
        Program setting({"--data", data, "--listen", "127.0.0.1:0", "--set", "num.partitons=3"});
        QCOMPARE(setting.waitForExit(), 2);
        QVERIFY(setting.process.readAllStandardError().contains("num.partitions"));
        Program address({"--data", data, "--listen", "nowhere"});
        QCOMPARE(address.waitForExit(), 2);
        Program first({"--data", data, "--listen", "127.0.0.1:0"});
        const std::uint16_t port = first.waitUntilReady();
        Program port2({"--data", folder.filePath("e"), "--listen", QStringLiteral("127.0.0.1:%1").arg(port)});
        QCOMPARE(port2.waitForExit(), 3);
        QVERIFY(port2.process.readAllStandardError().contains("weir-broker (pid"));
        Program folder2({"--data", data, "--listen", "127.0.0.1:0"});
        QCOMPARE(folder2.waitForExit(), 4);
        ::kill(static_cast<pid_t>(first.process.processId()), SIGTERM);
        QCOMPARE(first.waitForExit(), 0);
    }

    void aPropertiesFileIsReadAndSetWins() {
        QTemporaryDir folder(testing::fastFolder());
        QFile file(folder.filePath("server.properties"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("# Kafka's names\nnum.partitions=7\nlisteners=PLAINTEXT://127.0.0.1:0\n");
        file.close();
        Program program({"--data", folder.filePath("d"), "--config", file.fileName(), "--set", "num.partitions=3"});
        const std::uint16_t port = program.waitUntilReady();
        WireClient client(port);
        protocol::MetadataRequest request;
        request.topics->push_back({{}, "made", {}});
        QCOMPARE(client.call<protocol::MetadataResponse>(request).topics.at(0).partitions.size(), 3U);
        ::kill(static_cast<pid_t>(program.process.processId()), SIGTERM);
        QCOMPARE(program.waitForExit(), 0);
    }
};

QTEST_GUILESS_MAIN(TestWeirBroker)
#include "tst_weir_broker.moc"
