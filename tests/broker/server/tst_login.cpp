// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/describe_acls.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/server/handlers/handlers.h"
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
    }
};

QTEST_GUILESS_MAIN(TstLogin)
#include "tst_login.moc"
