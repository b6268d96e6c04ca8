// SPDX-License-Identifier: GPL-3.0-or-later
// What the test of a connection says about why it fails: one cause a test, each brought about for real.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "app/cluster/remote/diagnose.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/token_issuer.h"
#include "tests/app/support/two_brokers.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;
using weir::test::run;
using weir::test::TokenIssuer;
using Outcome = DiagnosisStep::Outcome;

namespace {

constexpr int kPatienceMs = 20'000;
/// For those that never answer.
constexpr int kImpatientMs = 200;

/// While the event loop of the test serves whoever is asked.
std::vector<DiagnosisStep> diagnose(const RemoteOptions& options) {
    std::vector<DiagnosisStep> steps;
    std::atomic<bool> isDone{false};
    std::thread asking([&] {
        steps = Diagnosis().run(options);
        isDone = true;
    });
    if (!QTest::qWaitFor([&isDone] { return isDone.load(); }, kPatienceMs)) {
        qFatal("the diagnosis does not end");
    }
    asking.join();
    return steps;
}

/// The one sentence about a connection that cannot be had.
QString why(const RemoteOptions& options) {
    const auto steps = diagnose(options);
    if (steps.size() != 1 || steps.front().outcome != Outcome::kFailed) {
        return QString("%1 steps, the first: ").arg(steps.size()) + QString::fromStdString(steps.front().sentence);
    }
    return QString::fromStdString(steps.front().sentence);
}

bool works(const RemoteOptions& options) {
    const auto steps = diagnose(options);
    return std::all_of(steps.begin(), steps.end(), [](const auto& step) { return step.outcome == Outcome::kDone; });
}

RemoteOptions to(std::uint16_t port, const char* host = "127.0.0.1") {
    RemoteOptions options;
    options.bootstrap = {{host, port}};
    return options;
}

std::uint16_t closedPort() {
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost)) {
        qFatal("no port is free");
    }
    return server.serverPort();
}

QString folderOf(const RemoteFixture& f) {
    return QFileInfo(QString::fromStdString(f.options().tls.caFile)).path();
}

/// A certificate of the fixture's authority, with its key in the same file.
QString certify(const RemoteFixture& by, const QString& name, int days) {
    const auto at = [folder = folderOf(by)](const QString& file) { return folder + '/' + file; };
    run("openssl", {"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", at("new.key"),
                    "-out", at("new.csr"), "-subj", "/CN=" + name});
    run("openssl",
        {"x509", "-req", "-in", at("new.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days",
         QString::number(days), "-extfile", at("names.ext"), "-out", at("new.crt")});
    QFile both(at(name + ".pem"));
    QFile key(at("new.key"));
    QFile certificate(at("new.crt"));
    if (!both.open(QIODevice::WriteOnly) || !key.open(QIODevice::ReadOnly) || !certificate.open(QIODevice::ReadOnly) ||
        both.write(certificate.readAll() + key.readAll()) < 0) {
        qFatal("%s cannot be written", qPrintable(name));
    }
    return both.fileName();
}

/// Says the same to everybody who says something, or nothing at all.
class Sayer {
public:
    explicit Sayer(QByteArray answer, const RemoteFixture* certificates = nullptr)
        : m_answer(std::move(answer)), m_isTls(certificates != nullptr) {
        if (m_isTls) {
            QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
            tls.setLocalCertificateChain(QSslCertificate::fromPath(folderOf(*certificates) + "/server.pem"));
            QFile key(folderOf(*certificates) + "/server.key");
            if (!key.open(QIODevice::ReadOnly)) {
                qFatal("there is no key");
            }
            tls.setPrivateKey(QSslKey(key.readAll(), QSsl::Ec));
            m_secure.setSslConfiguration(tls);
        }
        QTcpServer& server = m_isTls ? m_secure : m_plain;
        if (!server.listen(QHostAddress::LocalHost)) {
            qFatal("no port is free");
        }
        QObject::connect(&server, &QTcpServer::pendingConnectionAvailable, &server, [this, &server] {
            while (QTcpSocket* const client = server.nextPendingConnection()) {
                QObject::connect(client, &QTcpSocket::readyRead, client, [this, client] { say(*client); });
                say(*client);
            }
        });
    }
    [[nodiscard]] std::uint16_t port() const { return m_isTls ? m_secure.serverPort() : m_plain.serverPort(); }

private:
    void say(QTcpSocket& client) const {
        if (!client.readAll().isEmpty()) {
            client.write(m_answer);
        }
    }
    QByteArray m_answer;
    bool m_isTls;
    QTcpServer m_plain;
    QSslServer m_secure;
};

/// A port whose packets are lost, as behind a firewall: its queue is full, and nobody empties it.
class LostPort {
public:
    LostPort() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        for (int& handle : m_handles) {
            handle = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        }
        if (::bind(m_handles[0], at, size) != 0 || ::listen(m_handles[0], 0) != 0 ||
            ::getsockname(m_handles[0], at, &size) != 0) {
            qFatal("no port is free");
        }
        m_port = ntohs(address.sin_port);
        for (std::size_t i = 1; i < std::size(m_handles); ++i) {
            static_cast<void>(::connect(m_handles[i], at, size));
        }
    }
    ~LostPort() {
        for (const int handle : m_handles) {
            ::close(handle);
        }
    }
    LostPort(const LostPort&) = delete;
    LostPort& operator=(const LostPort&) = delete;
    [[nodiscard]] std::uint16_t port() const { return m_port; }

private:
    int m_handles[4] = {};
    std::uint16_t m_port = 0;
};

}  // namespace

#define QVERIFY_SAYS(sentence, words) QVERIFY2((sentence).contains(QLatin1String(words)), qPrintable(sentence))

class TstDiagnosis : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatWorksIsSaidAndHow() {
        RemoteFixture scram(Door::kScram);
        const auto steps = diagnose(scram.options());
        QCOMPARE(steps.size(), std::size_t{2});
        QVERIFY(works(scram.options()));
        QVERIFY_SAYS(QString::fromStdString(steps.front().sentence), "SCRAM-SHA-512");
        RemoteFixture tls(Door::kTls);
        QVERIFY_SAYS(QString::fromStdString(diagnose(tls.options()).front().sentence), "with TLS");
    }

    void oneOfTwoAddressesIsEnoughAndTheOtherIsTold() {
        RemoteFixture f;
        RemoteOptions options = f.options();
        options.bootstrap.insert(options.bootstrap.begin(), {"no-such-host.invalid", 9092});
        const auto half = diagnose(options);
        QCOMPARE(half.front().outcome, Outcome::kWarning);
        QCOMPARE(half.back().outcome, Outcome::kDone);
    }

    void noAddressAtAll() { QVERIFY_SAYS(why({}), "No address was given"); }

    void aNameThatIsNotKnown() { QVERIFY_SAYS(why(to(9092, "no-such-host.invalid")), "is not known here"); }

    void aClosedPort() { QVERIFY_SAYS(why(to(closedPort())), "the port is closed"); }

    void aPortWhosePacketsAreLost() {
        const LostPort lost;
        RemoteOptions options = to(lost.port());
        options.connectTimeoutMs = kImpatientMs;
        QVERIFY_SAYS(why(options), "the packets are lost, as behind a firewall");
    }

    void aServerThatNeverAnswers() {
        const Sayer silent("");
        RemoteOptions options = to(silent.port());
        options.connectTimeoutMs = kImpatientMs;
        QVERIFY_SAYS(why(options), "took the connection but did not answer");
        options.tls.isOn = true;
        QVERIFY_SAYS(why(options), "never answered with TLS");
    }

    void aServerThatIsNoBroker_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("words");
        QTest::newRow("web") << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n") << "is a web server, not a Kafka broker";
        QTest::newRow("TLS alert") << QByteArray("\x15\x03\x03\x00\x02\x02\x46", 7) << "turn TLS on";
        QTest::newRow("shell") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n") << "not Kafka's protocol";
        QTest::newRow("garbage") << QByteArray("\xff\xff\xff\xff garbage") << "not Kafka's protocol";
        QTest::newRow("huge") << QByteArray("\x7f\xff\xff\xff huge") << "not Kafka's protocol";
        QTest::newRow("other answer") << QByteArray("\x00\x00\x00\x06\x00\x00\x00\x63\x00\x00", 10)
                                      << "not Kafka's protocol";
    }
    void aServerThatIsNoBroker() {
        QFETCH(QByteArray, answer);
        QFETCH(QString, words);
        const Sayer sayer(answer);
        QVERIFY_SAYS(why(to(sayer.port())), words.toLatin1());
    }

    void aSecureServerThatIsNoBroker() {
        const RemoteFixture certificates(Door::kTls);
        const Sayer web("HTTP/1.1 400 Bad Request\r\n\r\n", &certificates);
        RemoteOptions options = certificates.options();
        options.bootstrap.front().port = web.port();
        QVERIFY_SAYS(why(options), "is a web server, not a Kafka broker");
    }

    void tlsWhereThereIsNone() {
        RemoteFixture plain;
        RemoteOptions options = plain.options();
        options.tls.isOn = true;
        QVERIFY_SAYS(why(options), "does not speak TLS");
        QVERIFY_SAYS(why(options), "plaintext port");
    }

    // OpenSSL writes an alert to whoever answers nonsense, who may have gone by then.
    void aServerThatGoesAwayInTheHandshakeRaisesNoSignal() {
        auto* const before = std::signal(SIGPIPE, SIG_DFL);
        QTcpServer rude;
        QVERIFY(rude.listen(QHostAddress::LocalHost));
        connect(&rude, &QTcpServer::newConnection, this, [&rude] {
            while (QTcpSocket* const client = rude.nextPendingConnection()) {
                connect(client, &QTcpSocket::readyRead, client, [client] {
                    client->write("this is no TLS");
                    client->flush();
                    client->abort();
                });
            }
        });
        RemoteOptions options = to(rude.serverPort());
        options.tls.isOn = true;
        constexpr int kTries = 30;
        for (int i = 0; i < kTries; ++i) {
            QVERIFY_SAYS(why(options), "does not speak TLS");
        }
        std::signal(SIGPIPE, before);
    }

    void noTlsWhereThereIs() {
        RemoteFixture tls(Door::kTls);
        RemoteOptions options = tls.options();
        options.tls = {};
        QVERIFY_SAYS(why(options).toLower(), "turn tls on");
    }

    void anAuthorityThatDidNotSign() {
        RemoteFixture tls(Door::kTls);
        const RemoteFixture stranger(Door::kTls);
        RemoteOptions options = tls.options();
        options.tls.caFile.clear();
        QVERIFY_SAYS(why(options), "is not trusted");
        options.tls.caFile = stranger.options().tls.caFile;
        QVERIFY_SAYS(why(options), "is not trusted");
        QVERIFY_SAYS(why(options), "give the certificate authority that signed it");
        options.tls.caFile = "/no/such/file.pem";
        QVERIFY_SAYS(why(options), "/no/such/file.pem cannot be read");
    }

    void aCertificateForAnotherName() {
        RemoteFixture tls(Door::kTls);
        RemoteOptions options = tls.options();
        options.bootstrap.front().host = "localhost";
        QVERIFY_SAYS(why(options), "is for another name than localhost");
        options.tls.checksHostName = false;
        QVERIFY(works(options));
    }

    void aCertificateThatHasExpired() {
        const RemoteFixture authority(Door::kTls);
        const std::string caFile = authority.options().tls.caFile;
        RemoteFixture old(Door::kTls, {{"ssl.keystore.location", certify(authority, "old-server", -1).toStdString()},
                                       {"ssl.truststore.location", caFile}});
        RemoteOptions options = authority.options();
        options.bootstrap = old.options().bootstrap;
        QVERIFY_SAYS(why(options), "has expired: whoever runs the cluster has to renew it");
    }

    void aClientCertificateIsWanted() {
        RemoteFixture tls(Door::kTls);
        RemoteOptions options = tls.options();
        options.tls.certificateFile.clear();
        options.tls.keyFile.clear();
        // The refusal comes behind the handshake, and can be overtaken by the end of the connection.
        QVERIFY_SAYS(why(options), "client certificate");
    }

    void aClientCertificateIsRefused_data() {
        QTest::addColumn<bool>("isOld");
        QTest::newRow("of a strange authority") << false;
        QTest::newRow("expired") << true;
    }
    void aClientCertificateIsRefused() {
        QFETCH(bool, isOld);
        RemoteFixture tls(Door::kTls);
        const RemoteFixture stranger(Door::kTls);
        RemoteOptions options = tls.options();
        options.tls.certificateFile =
            (isOld ? certify(tls, "old-client", -1) : certify(stranger, "other-client", 2)).toStdString();
        options.tls.keyFile.clear();
        QVERIFY_SAYS(why(options), "client certificate");
    }

    void aKeyThatCannotBeUsed() {
        RemoteFixture tls(Door::kTls);
        RemoteOptions options = tls.options();
        options.tls.keyPassphrase = "wrong";
        QVERIFY_SAYS(why(options), "Is the passphrase right?");
        QVERIFY(!why(options).contains("wrong"));
        options.tls.keyPassphrase.clear();
        QVERIFY_SAYS(why(options), "It may need a passphrase");
        options.tls.keyFile = (folderOf(tls) + "/server.key").toStdString();
        QVERIFY_SAYS(why(options), "does not belong to the client certificate");
        options.tls.keyFile = "/no/such/file.key";
        QVERIFY_SAYS(why(options), "/no/such/file.key cannot be read");
        options.tls.certificateFile = "/no/such/file.pem";
        QVERIFY_SAYS(why(options), "/no/such/file.pem cannot be read");
    }

    void badCredentials_data() {
        QTest::addColumn<int>("mechanism");
        QTest::addColumn<QString>("user");
        for (const SaslMechanism mechanism :
             {SaslMechanism::kPlain, SaslMechanism::kScramSha256, SaslMechanism::kScramSha512}) {
            for (const char* const user : {"admin", "anne,=", "nobody"}) {
                QTest::addRow("%s, %s", nameOf(mechanism), user) << static_cast<int>(mechanism) << QString(user);
            }
        }
    }
    void badCredentials() {
        QFETCH(int, mechanism);
        QFETCH(QString, user);
        RemoteFixture scram(Door::kScram);
        RemoteOptions options = scram.options();
        options.sasl = {static_cast<SaslMechanism>(mechanism), user.toStdString(), "not-it", {}};
        const QString said = why(options);
        QVERIFY2(said.contains("The login of user " + user + " with " + nameOf(options.sasl.mechanism)) &&
                     said.contains("was refused"),
                 qPrintable(said));
        QVERIFY(!said.contains("not-it"));
    }

    void aTokenThatIsRefused() {
        const TokenIssuer issuer({});
        RemoteFixture f(Door::kPlain, {{"listeners", "SASL_PLAINTEXT://127.0.0.1:0"},
                                       {"sasl.enabled.mechanisms", "OAUTHBEARER"},
                                       {"sasl.oauthbearer.jwks.endpoint.url", issuer.keysUrl().toStdString()},
                                       {"sasl.oauthbearer.expected.audience", "weir"},
                                       {"connection.failed.authentication.delay.ms", "20"}});
        RemoteOptions options = f.options();
        options.sasl = {SaslMechanism::kOAuthBearer, {}, {}, issuer.token().toStdString()};
        QVERIFY(works(options));
        options.sasl.token = issuer.token(true).toStdString();
        const QString said = why(options);
        QVERIFY_SAYS(said, "was refused");
        QVERIFY_SAYS(said, "token");
        QVERIFY(!said.contains(QString::fromStdString(options.sasl.token)));
    }

    void noTokenCanBeFetched() {
        RemoteFixture f;
        RemoteOptions options = f.options();
        options.sasl = {SaslMechanism::kOAuthBearer, "me", "s-e-c-r-e-t", {}};
        TokenIssuer issuer({});
        issuer.refuses = true;
        options.sasl.tokenUrl = issuer.url().toStdString();
        QVERIFY_SAYS(why(options), "gave no token to client me: status 401, unknown client");
        options.sasl.tokenUrl = "http://127.0.0.1:" + std::to_string(closedPort()) + "/token";
        QVERIFY_SAYS(why(options), "No token came: Nobody listens");
        const Sayer sayer("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        options.sasl.tokenUrl = "http://127.0.0.1:" + std::to_string(sayer.port());
        QVERIFY_SAYS(why(options), "it is no web server");
        options.sasl.tokenUrl = "http://id.example.com/token";
        QVERIFY_SAYS(why(options), "must begin with https");
        options.sasl.tokenUrl = "id.example.com/token";
        QVERIFY_SAYS(why(options), "is no address of a server of tokens");
        QVERIFY(!why(options).contains("s-e-c-r-e-t"));
    }

    void aMechanismThatIsNotOffered() {
        RemoteFixture scram(Door::kScram);
        RemoteOptions options = scram.options();
        options.sasl = {SaslMechanism::kOAuthBearer, {}, {}, "a.b.c"};
        QVERIFY_SAYS(why(options), "does not offer OAUTHBEARER, but PLAIN, SCRAM-SHA-256, SCRAM-SHA-512");
    }

    void aLoginWhereNoneIsTaken() {
        RemoteFixture plain;
        RemoteOptions options = plain.options();
        options.sasl = {SaslMechanism::kPlain, "me", "mine", {}};
        QVERIFY_SAYS(why(options), "takes no login");
    }

    void noLoginWhereOneIsWanted() {
        RemoteFixture scram(Door::kScram);
        RemoteOptions options = scram.options();
        options.sasl = {};
        QVERIFY_SAYS(why(options), "most likely wants a login");
    }

    void theAddressThatABrokerAdvertises_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("told");
        QTest::addColumn<QString>("cause");
        QTest::addColumn<QString>("remedy");
        const QString closed = "127.0.0.1:" + QString::number(closedPort());
        QTest::newRow("another port") << "127.0.0.1" << closed << "the port is closed"
                                      << "advertised.listeners of the broker set to %1, where it answers";
        QTest::newRow("a name of its own") << "127.0.0.1"
                                           << "kafka.invalid:9092"
                                           << "kafka.invalid is not known here"
                                           << "advertised.listeners of the broker set to %1, where it answers";
        // 0.0.0.0 leads here too, and is not a name of the loopback.
        QTest::newRow("the loopback") << "0.0.0.0" << closed << "works only on the broker's own machine"
                                      << "advertised.listeners of the broker set to %1, where it answers";
    }
    void theAddressThatABrokerAdvertises() {
        QFETCH(QString, host);
        QFETCH(QString, told);
        QFETCH(QString, cause);
        QFETCH(QString, remedy);
        RemoteFixture f(Door::kPlain, {{"advertised.listeners", "PLAINTEXT://" + told.toStdString()}});
        RemoteOptions options = f.options();
        options.bootstrap.front().host = host.toStdString();
        const auto steps = diagnose(options);
        QCOMPARE(steps.size(), std::size_t{2});
        QCOMPARE(steps.front().outcome, Outcome::kDone);
        QCOMPARE(steps.back().outcome, Outcome::kFailed);
        const QString said = QString::fromStdString(steps.back().sentence);
        const QString used = QString::fromStdString(textOf(options.bootstrap.front()));
        for (const QString& words : {"answers at " + used, "come to " + told, cause, remedy.arg(used)}) {
            QVERIFY2(said.contains(words), qPrintable(said));
        }
    }

    void aNameThatAFileOfHostsWouldMend() {
        // The port is the same, as with a container whose port is let through; only the name is its own.
        const std::uint16_t port = closedPort();
        RemoteFixture f(Door::kPlain, {{"listeners", "PLAINTEXT://127.0.0.1:" + std::to_string(port)},
                                       {"advertised.listeners", "PLAINTEXT://kafka.invalid:" + std::to_string(port)}});
        const auto steps = diagnose(f.options());
        QCOMPARE(steps.size(), std::size_t{2});
        QVERIFY_SAYS(QString::fromStdString(steps.back().sentence),
                     "the name kafka.invalid standing for the address of 127.0.0.1 in the file of hosts");
    }

    // Who answers at the address that was given may be another one of them: it is no advice for both.
    void oneOfTwoBrokersCannotBeReached() {
        const std::uint16_t closed = closedPort();
        const weir::test::TwoBrokers cluster(closed);
        const auto steps = diagnose(to(cluster.port()));
        QCOMPARE(steps.size(), std::size_t{2});
        const QString said = QString::fromStdString(steps.back().sentence);
        QVERIFY_SAYS(said, "Broker 2: ");
        QVERIFY_SAYS(said, "the port is closed");
        QVERIFY_SAYS(said, "Set the broker's advertised.listeners to an address that is reachable from here.");
    }

    void anAdvertisedBrokerThatNeverAnswers() {
        const Sayer silent("");
        const weir::test::TwoBrokers cluster(silent.port());
        RemoteOptions options = to(cluster.port());
        options.connectTimeoutMs = kImpatientMs;
        const auto steps = diagnose(options);
        QCOMPARE(steps.size(), std::size_t{2});
        QVERIFY_SAYS(QString::fromStdString(steps.back().sentence), "took the connection but did not answer");
    }

    void aTestThatIsNoLongerWantedEnds() {
        const Sayer silent("");
        RemoteOptions options = to(silent.port());
        options.connectTimeoutMs = 10 * kPatienceMs;
        Diagnosis diagnosis;
        std::thread asking([&] { static_cast<void>(diagnosis.run(options)); });
        diagnosis.stop();
        asking.join();
    }
};

QTEST_GUILESS_MAIN(TstDiagnosis)
#include "tst_diagnosis.moc"
