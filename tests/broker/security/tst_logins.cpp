// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QTemporaryDir>

#include "broker/security/delegation_tokens.h"
#include "broker/security/jaas.h"
#include "broker/security/plain_server.h"
#include "broker/security/principal_rules.h"
#include "broker/security/scram_server.h"
#include "tests/support/fast_folder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scram_client.h"

using namespace weir;
using namespace weir::security;
using weir::testing::ScramClient;

namespace {

std::string text(const Bytes& bytes) {
    return std::string(asText(bytes));
}

}  // namespace

/// The mechanisms by themselves: who gets in, who does not, and what either learns.
class TstLogins : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder{weir::testing::fastFolder()};
    weir::testing::ManualClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<ScramUsers> m_users;
    std::unique_ptr<DelegationTokens> m_tokens;

private Q_SLOTS:
    void initTestCase() {
        auto opened =
            catalog::Catalog::open({.folder = m_folder.filePath("data").toStdString()}, m_clock, m_random, Logger());
        QVERIFY(opened);
        m_catalog = std::move(*opened);
        m_users = std::move(*ScramUsers::open(*m_catalog, m_random));
        m_tokens = std::move(*DelegationTokens::open(
            *m_catalog,
            {.secretKey = "secret", .maxLifetime = std::chrono::hours(2), .renewEvery = std::chrono::hours(1)}, m_clock,
            m_random));
        for (const auto mechanism : {ScramMechanism::kSha256, ScramMechanism::kSha512}) {
            QVERIFY(m_users->change(
                {{{"alice", mechanism}, scramCredential(mechanism, 4096, toBytes("salty"), std::string_view("pw"))}},
                {}));
        }
    }

    /// RFC 7677, section 3.
    void scramIsAsTheRfcHasIt() {
        const auto salt = fromBase64("W22ZaJ0SNY7soEsUEjb6gQ==");
        QVERIFY(salt);
        const auto credential = scramCredential(ScramMechanism::kSha256, 4096, *salt, std::string_view("pencil"));
        const std::string message =
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        QCOMPARE(toBase64(hmac(Digest::kSha256, credential.serverKey, asBytes(message))),
                 std::string("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        const auto proof = fromBase64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        Bytes clientKey = hmac(Digest::kSha256, credential.storedKey, asBytes(message));
        for (std::size_t i = 0; i < clientKey.size(); ++i) {
            clientKey[i] ^= (*proof)[i];
        }
        QCOMPARE(hash(Digest::kSha256, clientKey), credential.storedKey);
    }

    void theRightPasswordGetsIn() {
        for (const auto mechanism : {ScramMechanism::kSha256, ScramMechanism::kSha512}) {
            ScramServer server(mechanism, *m_users, nullptr, m_random);
            const SaslStep done = ScramClient{mechanism, "alice", "pw"}.login(server);
            QCOMPARE(done.state, SaslStep::State::kDone);
            QCOMPARE(done.principal.text(), std::string("User:alice"));
            QVERIFY(text(done.reply).starts_with("v="));
        }
    }

    void aStrangerLearnsNothingFromTheAnswers() {
        const auto answers = [&](const std::string& user) {
            ScramServer server(ScramMechanism::kSha256, *m_users, nullptr, m_random);
            const ScramClient client{ScramMechanism::kSha256, user, "guess"};
            const std::string first = text(server.next(asBytes("n,," + client.bare())).reply);
            return std::pair(first.substr(first.find(",s=")), server.next(asBytes(client.final(first))).refusal);
        };
        const auto known = answers("alice");
        const auto unknown = answers("nobody");
        QCOMPARE(unknown.second, known.second);
        QVERIFY(unknown.first.ends_with(",i=4096"));
        // Asked again, also after a restart, the salt is the same; a salt that changed would give it away.
        QCOMPARE(answers("nobody").first, unknown.first);
        m_users = std::move(*ScramUsers::open(*m_catalog, m_random));
        QCOMPARE(answers("nobody").first, unknown.first);
    }

    void theCountOfIterationsIsNoTellTale() {
        const auto credential = scramCredential(ScramMechanism::kSha256, 8192, toBytes("salt"), std::string_view("pw"));
        QVERIFY(m_users->change({{{"alice", ScramMechanism::kSha256}, credential}}, {}).ok());
        ScramServer server(ScramMechanism::kSha256, *m_users, nullptr, m_random);
        QVERIFY(text(server.next(asBytes("n,,n=nobody,r=abc")).reply).ends_with(",i=8192"));
    }

    void noDecoyEverGetsIn() {
        // Of a decoy everything is known but the password; a proof of nothing must not fit its zeros.
        ScramServer server(ScramMechanism::kSha256, *m_users, nullptr, m_random);
        const std::string first = text(server.next(asBytes("n,,n=nobody,r=abc")).reply);
        const std::string nonce = first.substr(0, first.find(','));
        const SaslStep last = server.next(asBytes("c=biws," + nonce + ",p=" + toBase64(Bytes(32))));
        QCOMPARE(last.state, SaslStep::State::kFailed);
    }

    void forgedMessagesFail_data() {
        QTest::addColumn<QString>("first");
        for (const char* message :
             {"", "n", "n,", "n,,", "n,,n=,r=x", "n,,n=alice", "n,,r=x,n=alice", "p=tls-unique,,n=alice,r=x",
              "n,a=bob,n=alice,r=x", "n,,n=al=ice,r=x", "n,,n=alice,r=", "n,,n=alice,r=a b", "x,,n=alice,r=x"}) {
            QTest::newRow(message) << message;
        }
    }
    void forgedMessagesFail() {
        QFETCH(QString, first);
        ScramServer server(ScramMechanism::kSha256, *m_users, nullptr, m_random);
        QCOMPARE(server.next(asBytes(first.toStdString())).state, SaslStep::State::kFailed);
        QCOMPARE(server.next(asBytes(first.toStdString())).state, SaslStep::State::kFailed);
    }

    void aReplayedProofFails() {
        const ScramClient client{ScramMechanism::kSha256, "alice", "pw"};
        ScramServer one(ScramMechanism::kSha256, *m_users, nullptr, m_random);
        const std::string proof = client.final(text(one.next(asBytes("n,," + client.bare())).reply));
        QCOMPARE(one.next(asBytes(proof)).state, SaslStep::State::kDone);
        QCOMPARE(one.next(asBytes(proof)).state, SaslStep::State::kFailed);
        ScramServer two(ScramMechanism::kSha256, *m_users, nullptr, m_random);
        two.next(asBytes("n,," + client.bare()));
        QCOMPARE(two.next(asBytes(proof)).state, SaslStep::State::kFailed);
    }

    void aTokenIsItsOwnersForItsTime() {
        const Principal alice{"User", "alice", false};
        const auto token = m_tokens->create(alice, alice, {"User:bob"}, std::chrono::milliseconds(-1));
        QVERIFY(token);
        const ScramClient client{ScramMechanism::kSha512, token->row.id, toBase64(token->hmac), ",tokenauth=true"};
        const auto login = [&] {
            ScramServer server(ScramMechanism::kSha512, *m_users, m_tokens.get(), m_random);
            return client.login(server);
        };
        SaslStep done = login();
        QCOMPARE(done.state, SaslStep::State::kDone);
        QVERIFY(done.principal.byToken);
        QCOMPARE(done.principal.text(), std::string("User:alice"));
        QCOMPARE(m_tokens->renew(token->hmac, {"User", "eve", false}, std::chrono::hours(1)).error().code,
                 TokenErrc::kNotYours);
        m_clock.advance(std::chrono::minutes(59));
        QVERIFY(m_tokens->renew(token->hmac, {"User", "bob", false}, std::chrono::hours(9)));
        m_clock.advance(std::chrono::minutes(59));
        QCOMPARE(login().state, SaslStep::State::kDone);
        m_clock.advance(std::chrono::minutes(3));
        QCOMPARE(login().state, SaslStep::State::kFailed);
        QCOMPARE(m_tokens->renew(token->hmac, alice, std::chrono::hours(1)).error().code, TokenErrc::kExpired);
        m_tokens->sweep();
        QCOMPARE(m_tokens->renew(token->hmac, alice, std::chrono::hours(1)).error().code, TokenErrc::kNotFound);
        QVERIFY(m_catalog->tokens()->empty());
    }

    void plainTakesTheConfiguredUsers() {
        const auto users = plainUsers(
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"x\" user_alice=\"p\\\"w\" "
            "user_bob=plain;");
        QVERIFY(users);
        const auto login = [&](std::string_view message) { return PlainServer(*users).next(asBytes(message)); };
        using namespace std::string_view_literals;
        QCOMPARE(login("\0alice\0p\"w"sv).principal.name, std::string("alice"));
        QCOMPARE(login("bob\0bob\0plain"sv).state, SaslStep::State::kDone);
        QCOMPARE(login("alice\0bob\0plain"sv).state, SaslStep::State::kFailed);
        QCOMPARE(login("\0alice\0wrong"sv).refusal, login("\0nobody\0wrong"sv).refusal);
        for (const std::string_view bad : {""sv, "alice"sv, "\0alice"sv, "\0\0"sv, "\0alice\0"sv, "\0a\0b\0c"sv}) {
            QCOMPARE(login(bad).state, SaslStep::State::kFailed);
        }
        const auto broken = plainUsers("PlainLoginModule required user_a=\"canary");
        QVERIFY(!broken && broken.error().message.find("canary") == std::string::npos);
    }

    void certificatesBecomeNames() {
        const auto rules = PrincipalRules::parse("RULE:^CN=(.*?),OU=Services.*$/$1/L,RULE:^CN=(.*?)$/x-$1/U,DEFAULT");
        QVERIFY(rules);
        QCOMPARE(rules->apply("CN=Alice,OU=Services,O=Weir").value(), std::string("alice"));
        QCOMPARE(rules->apply("CN=bob").value(), std::string("X-BOB"));
        QCOMPARE(rules->apply("O=Weir").value(), std::string("O=Weir"));
        QVERIFY(!PrincipalRules::parse("RULE:^CN=(.*?)$/$1/")->apply("O=Weir"));
        for (const char* bad : {"RULE", "RULE:x", "RULE:x/y", "RULE:(/y/", "CN=x"}) {
            QVERIFY2(!PrincipalRules::parse(bad), bad);
        }
    }
};

QTEST_GUILESS_MAIN(TstLogins)
#include "tst_logins.moc"
