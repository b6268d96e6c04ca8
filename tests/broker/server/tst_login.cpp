// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/describe_acls.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/net/listener.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::protocol;
using weir::testing::Configs;
using weir::testing::ServerFixture;
using weir::testing::WireClient;

namespace {

Configs saslConfigs(Configs more = {}) {
    more.insert({{"listeners", "SASL_PLAINTEXT://127.0.0.1:0"},
                 {"sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256"},
                 {"plain.sasl.jaas.config",
                  "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"pw\" "
                  "user_bob=\"pw\";"},
                 {"connection.failed.authentication.delay.ms", "20"}});
    return more;
}

Bytes plain(const std::string& user, const std::string& password) {
    return toBytes(std::string_view('\0' + user + '\0' + password));
}

SaslHandshakeResponse shake(WireClient& client, const std::string& mechanism, std::int16_t version = 1) {
    SaslHandshakeRequest request;
    request.mechanism = mechanism;
    return client.call<SaslHandshakeResponse>(request, version);
}

SaslAuthenticateResponse authenticate(WireClient& client, Bytes token) {
    SaslAuthenticateRequest request;
    request.authBytes = std::move(token);
    return client.call<SaslAuthenticateResponse>(request);
}

void logIn(WireClient& client, const std::string& user = "alice") {
    shake(client, "PLAIN");
    const auto done = authenticate(client, plain(user, "pw"));
    if (done.errorCode != ErrorCode::kNone) {
        throw std::runtime_error("the login failed");
    }
}

constexpr std::int8_t kBroker = 4;

/// Sets a setting of the broker, or without a value takes it back.
ErrorCode alter(WireClient& client, const std::string& name, std::optional<std::string> value) {
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resourceType = kBroker;
    resource.resourceName = "1";
    auto& config = resource.configs.emplace_back();
    config.name = name;
    config.configOperation = value ? 0 : 1;
    config.value = std::move(value);
    return client.call<IncrementalAlterConfigsResponse>(request).responses.at(0).errorCode;
}

Bytes bareFrame(ByteView token) {
    Bytes frame(4 + token.size());
    storeBigEndian(frame.data(), static_cast<std::int32_t>(token.size()));
    std::copy(token.begin(), token.end(), frame.begin() + 4);
    return frame;
}

/// A request of any api: the header and nothing that could be a body.
Bytes headOf(ApiKey key, std::int16_t version) {
    Bytes frame(4 + 10);
    storeBigEndian(frame.data(), std::int32_t{10});
    storeBigEndian(frame.data() + 4, static_cast<std::int16_t>(key));
    storeBigEndian(frame.data() + 6, version);
    storeBigEndian(frame.data() + 8, std::int32_t{7});
    storeBigEndian(frame.data() + 12, std::int16_t{-1});
    return frame;
}

bool isServed(WireClient& client) {
    return client.call<ListGroupsResponse>(ListGroupsRequest{}).errorCode == ErrorCode::kNone;
}

bool makeKeyStore(const QTemporaryDir& folder, const QString& name, const QString& file) {
    const QString key = folder.filePath(QStringLiteral("key"));
    const QString certificate = folder.filePath(QStringLiteral("certificate"));
    const int made = QProcess::execute(
        QStringLiteral("openssl"),
        {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("rsa:2048"),
         QStringLiteral("-nodes"), QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"),
         QStringLiteral("/CN=") + name, QStringLiteral("-keyout"), key, QStringLiteral("-out"), certificate});
    QFile both(folder.filePath(file));
    QFile first(key);
    QFile second(certificate);
    return made == 0 && both.open(QIODevice::WriteOnly) && first.open(QIODevice::ReadOnly) &&
           second.open(QIODevice::ReadOnly) && both.write(first.readAll() + second.readAll()) > 0;
}

/// What a client sees of the certificate at a port.
QString shownBy(std::uint16_t port) {
    QProcess client;
    client.start(QStringLiteral("openssl"),
                 {QStringLiteral("s_client"), QStringLiteral("-connect"), QStringLiteral("127.0.0.1:%1").arg(port)});
    client.closeWriteChannel();
    client.waitForFinished();
    return QString::fromUtf8(client.readAllStandardOutput());
}

}  // namespace

/// The login as a state of the connection: what comes before it, what ends it, and what a client may not do meanwhile.
class TstLogin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLoginOpensTheConnection() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        ApiVersionsRequest versions;
        versions.clientSoftwareName = "test";
        versions.clientSoftwareVersion = "1";
        QCOMPARE(client.call<ApiVersionsResponse>(versions).errorCode, ErrorCode::kNone);
        logIn(client);
        QVERIFY(isServed(client));
    }

    void everyApiBeforeALoginCloses() {
        ServerFixture server(saslConfigs());
        std::size_t tried = 0;
        for (const server::Handler* handler : server::allHandlers()) {
            if (handler->key == ApiKey::kApiVersions || handler->key == ApiKey::kSaslHandshake) {
                continue;
            }
            for (const std::int16_t version : {handler->served.first, handler->served.last}) {
                WireClient client = server.client();
                client.sendBytes(headOf(handler->key, version));
                QVERIFY2(client.waitForClose(), std::to_string(static_cast<int>(handler->key)).c_str());
                ++tried;
            }
        }
        QVERIFY(tried > 60);
    }

    void afterTheHandshakeOnlyTheLoginGoesOn() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        QCOMPARE(shake(client, "PLAIN").errorCode, ErrorCode::kNone);
        client.send(ListGroupsRequest{}, ListGroupsRequest::kVersions.last);
        QVERIFY(client.waitForClose());
    }

    void aWrongPasswordIsSaidAndThenItIsOver() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        shake(client, "PLAIN");
        const auto refused = authenticate(client, plain("alice", "wrong"));
        QCOMPARE(refused.errorCode, ErrorCode::kSaslAuthenticationFailed);
        QVERIFY(client.waitForClose());
    }

    void aMechanismThatIsNotOfferedIsNamedWithThoseThatAre() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        const auto refused = shake(client, "GSSAPI");
        QCOMPARE(refused.errorCode, ErrorCode::kUnsupportedSaslMechanism);
        QCOMPARE(refused.mechanisms.size(), std::size_t(2));
        QVERIFY(client.waitForClose());
    }

    void handshakeZeroIsFollowedByBareTokens() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        QCOMPARE(shake(client, "PLAIN", 0).errorCode, ErrorCode::kNone);
        client.sendBytes(bareFrame(plain("alice", "pw")));
        const auto answer = client.receiveFrame();
        QVERIFY(answer && answer->empty());
        QVERIFY(isServed(client));
        WireClient other = server.client();
        shake(other, "PLAIN", 0);
        other.sendBytes(bareFrame(plain("a", "b")));
        QVERIFY(other.waitForClose());
    }

    void aStrangersFrameIsSmall() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        Bytes frame(4);
        storeBigEndian(frame.data(), std::int32_t{524'289});
        client.sendBytes(frame);
        QVERIFY(client.waitForClose());
        WireClient known = server.client();
        logIn(known);
        MetadataRequest large;
        large.topics.emplace();
        for (int i = 0; i < 3000; ++i) {
            auto& topic = large.topics->emplace_back();
            topic.name = std::string(200, 'x');
        }
        large.allowAutoTopicCreation = false;
        QCOMPARE(known.call<MetadataResponse>(large).topics.size(), std::size_t(3000));
    }

    void aLoginThatExpiresIsRenewedOrOver() {
        ServerFixture server(saslConfigs({{"connections.max.reauth.ms", "300"}}));
        WireClient client = server.client();
        shake(client, "PLAIN");
        QCOMPARE(authenticate(client, plain("alice", "pw")).sessionLifetimeMs, std::int64_t{300});
        shake(client, "PLAIN");
        QCOMPARE(authenticate(client, plain("alice", "pw")).errorCode, ErrorCode::kNone);
        QVERIFY(isServed(client));
        // Nobody else may take it over.
        shake(client, "PLAIN");
        QCOMPARE(authenticate(client, plain("bob", "pw")).errorCode, ErrorCode::kSaslAuthenticationFailed);
        QVERIFY(client.waitForClose());
        WireClient late = server.client();
        logIn(late);
        // Requests are answered until the time is over, then the connection ends.
        QVERIFY(QTest::qWaitFor(
            [&] {
                late.send(ListGroupsRequest{}, ListGroupsRequest::kVersions.last);
                return !late.receiveFrame().has_value();
            },
            5000));
    }

    void withoutALimitThereIsNoSecondLogin() {
        ServerFixture server(saslConfigs());
        WireClient client = server.client();
        logIn(client);
        QCOMPARE(shake(client, "PLAIN").errorCode, ErrorCode::kIllegalSaslState);
        QVERIFY(isServed(client));
    }

    void withoutAnAuthorizerThereAreNoRules() {
        ServerFixture server;
        WireClient client = server.client();
        QCOMPARE(client.call<DescribeAclsResponse>(DescribeAclsRequest{}).errorCode, ErrorCode::kSecurityDisabled);
    }

    void whatProtectsNothingDoesNotStart_data() {
        QTest::addColumn<QString>("listeners");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("open to all") << "PLAINTEXT://0.0.0.0:0"
                                     << "num.partitions"
                                     << "1";
        QTest::newRow("encrypted but open") << "SSL://0.0.0.0:0"
                                            << "num.partitions"
                                            << "1";
        QTest::newRow("no certificate") << "SSL://127.0.0.1:0"
                                        << "num.partitions"
                                        << "1";
        QTest::newRow("no such file") << "SSL://127.0.0.1:0"
                                      << "ssl.keystore.location"
                                      << "/nowhere/server.pem";
        QTest::newRow("kerberos") << "SASL_PLAINTEXT://127.0.0.1:0"
                                  << "sasl.enabled.mechanisms"
                                  << "GSSAPI";
        QTest::newRow("no keys") << "SASL_PLAINTEXT://127.0.0.1:0"
                                 << "sasl.enabled.mechanisms"
                                 << "OAUTHBEARER";
    }
    void whatProtectsNothingDoesNotStart() {
        QFETCH(QString, listeners);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QVERIFY_EXCEPTION_THROWN(
            ServerFixture(Configs{{"listeners", listeners.toStdString()}, {key.toStdString(), value.toStdString()}}),
            std::runtime_error);
    }

    void eachAddressHasItsShareOfConnections() {
        ServerFixture server(Configs{{"max.connections.per.ip", "2"}});
        WireClient one = server.client();
        WireClient two = server.client();
        QVERIFY(isServed(one) && isServed(two));
        WireClient three = server.client();
        QVERIFY(three.waitForClose());
        QVERIFY(isServed(one));
        // The number may change while the broker runs; who is there stays.
        QCOMPARE(alter(one, "max.connections", "2"), ErrorCode::kNone);
        QCOMPARE(alter(one, "max.connections.per.ip", "100"), ErrorCode::kNone);
        WireClient four = server.client();
        QVERIFY(four.waitForClose());
        QCOMPARE(alter(one, "max.connections", "3"), ErrorCode::kNone);
        WireClient five = server.client();
        QVERIFY(isServed(five) && isServed(two));
    }

    void usersComeAndGoWhileTheBrokerRuns() {
        ServerFixture server(saslConfigs());
        WireClient alice = server.client();
        logIn(alice);
        const std::string key = "listener.name.sasl_plaintext.plain.sasl.jaas.config";
        const std::string users = "org.apache.kafka.common.security.plain.PlainLoginModule required user_carl=\"pw\";";
        QCOMPARE(alter(alice, key, "nonsense"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(alice, "listener.name.sasl_plaintext.nothing", "1"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(alice, key, users), ErrorCode::kNone);
        QVERIFY(isServed(alice));
        const auto knows = [&](const std::string& user) {
            WireClient client = server.client();
            shake(client, "PLAIN");
            return authenticate(client, plain(user, "pw")).errorCode == ErrorCode::kNone;
        };
        QVERIFY(knows("carl") && !knows("alice"));
        server.stop();
        server.start();
        QVERIFY(knows("carl") && !knows("alice"));
        WireClient carl = server.client();
        logIn(carl, "carl");
        DescribeConfigsRequest request;
        auto& wanted = request.resources.emplace_back();
        wanted.resourceType = kBroker;
        wanted.resourceName = "1";
        wanted.configurationKeys = {key};
        const auto lines = carl.call<DescribeConfigsResponse>(request).results.at(0).configs;
        QCOMPARE(lines.size(), 1U);
        QVERIFY(lines[0].isSensitive && !lines[0].value && !lines[0].readOnly);
        QCOMPARE(alter(carl, key, std::nullopt), ErrorCode::kNone);
        QVERIFY(knows("alice") && !knows("carl"));
    }

    void aCertificateIsReplacedWhileTheBrokerRuns() {
        const QTemporaryDir folder;
        QVERIFY(makeKeyStore(folder, QStringLiteral("before"), QStringLiteral("one.pem")));
        QVERIFY(makeKeyStore(folder, QStringLiteral("after"), QStringLiteral("two.pem")));
        const std::string first = folder.filePath(QStringLiteral("one.pem")).toStdString();
        const std::string second = folder.filePath(QStringLiteral("two.pem")).toStdString();
        ServerFixture server(
            Configs{{"listeners", "PLAINTEXT://127.0.0.1:0,SSL://127.0.0.1:0"}, {"ssl.keystore.location", first}});
        const auto& endpoints = server.engine().listener().endpoints();
        const auto tls = std::ranges::find(endpoints, "SSL", &server::Endpoint::listener)->port;
        const auto shown = [&] { return shownBy(tls); };
        QVERIFY(shown().contains(QStringLiteral("CN = before")));
        WireClient admin = server.client();
        QCOMPARE(alter(admin, "ssl.keystore.location", "/nowhere/key.pem"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(admin, "listener.name.ssl.ssl.keystore.location", second), ErrorCode::kNone);
        QVERIFY(shown().contains(QStringLiteral("CN = after")));
        // A renewed file behind the same name is read when a setting is set again, whatever it is.
        QVERIFY(makeKeyStore(folder, QStringLiteral("renewed"), QStringLiteral("two.pem")));
        QCOMPARE(alter(admin, "listener.name.ssl.ssl.keystore.location", second), ErrorCode::kNone);
        QVERIFY(shown().contains(QStringLiteral("CN = renewed")));
        // One that has gone since leaves the server's own, in place of a broker that does not start.
        QVERIFY(QFile::remove(QString::fromStdString(second)));
        server.stop();
        server.start();
        const auto& now = server.engine().listener().endpoints();
        QVERIFY(shownBy(std::ranges::find(now, "SSL", &server::Endpoint::listener)->port)
                    .contains(QStringLiteral("CN = before")));
    }

    /// As Apache Kafka 4.2.1: refused for all listeners, taken for one.
    void whatNamesAndTokensMeanChangesForOneListener() {
        const QTemporaryDir folder;
        QVERIFY(makeKeyStore(folder, QStringLiteral("server"), QStringLiteral("server.pem")));
        ServerFixture server(Configs{{"listeners", "PLAINTEXT://127.0.0.1:0,SSL://127.0.0.1:0"},
                                     {"ssl.keystore.location", folder.filePath("server.pem").toStdString()}});
        WireClient admin = server.client();
        const std::string rules = "ssl.principal.mapping.rules";
        const std::string own = "listener.name.ssl." + rules;
        QCOMPARE(alter(admin, rules, "RULE:^CN=(.*)$/$1/L,DEFAULT"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(admin, "sasl.oauthbearer.expected.audience", "x"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(admin, own, "RULE:no"), ErrorCode::kInvalidRequest);
        QCOMPARE(alter(admin, own, "RULE:^CN=(.*)$/$1/L,DEFAULT"), ErrorCode::kNone);
        QCOMPARE(alter(admin, "listener.name.ssl.sasl.oauthbearer.expected.audience", "x"), ErrorCode::kNone);
        DescribeConfigsRequest request;
        auto& wanted = request.resources.emplace_back();
        wanted.resourceType = kBroker;
        wanted.resourceName = "1";
        wanted.configurationKeys = {own, rules};
        const auto answer = admin.call<DescribeConfigsResponse>(request);
        QCOMPARE(answer.results.at(0).configs.size(), 2U);
        for (const auto& line : answer.results.at(0).configs) {
            QCOMPARE(line.readOnly, line.name == rules);
        }
    }

    void aListenerWhoseTrustHasGoneIsOffAndTheOthersServe() {
        const QTemporaryDir folder;
        QVERIFY(makeKeyStore(folder, QStringLiteral("server"), QStringLiteral("server.pem")));
        QVERIFY(makeKeyStore(folder, QStringLiteral("trusted"), QStringLiteral("trusted.pem")));
        const QString trusted = folder.filePath(QStringLiteral("trusted.pem"));
        ServerFixture server(Configs{{"listeners", "PLAINTEXT://127.0.0.1:0,SSL://127.0.0.1:0"},
                                     {"ssl.keystore.location", folder.filePath("server.pem").toStdString()}});
        const auto tls = [&] {
            const auto& endpoints = server.engine().listener().endpoints();
            return std::ranges::find(endpoints, "SSL", &server::Endpoint::listener)->port;
        };
        {
            WireClient admin = server.client();
            QCOMPARE(alter(admin, "ssl.truststore.location", trusted.toStdString()), ErrorCode::kNone);
            QCOMPARE(alter(admin, "ssl.client.auth", "required"), ErrorCode::kNone);
        }
        QVERIFY(QFile::remove(trusted));
        server.stop();
        server.start();
        QVERIFY(!shownBy(tls()).contains(QStringLiteral("CN = ")));
        WireClient admin = server.client();
        QVERIFY(isServed(admin));
        QCOMPARE(alter(admin, "ssl.client.auth", std::nullopt), ErrorCode::kNone);
        QVERIFY(shownBy(tls()).contains(QStringLiteral("CN = server")));
    }
};

QTEST_GUILESS_MAIN(TstLogin)
#include "tst_login.moc"
