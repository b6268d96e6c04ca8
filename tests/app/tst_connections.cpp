// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>
#include <atomic>
#include <optional>
#include <thread>

#include "app/cluster/gated_cluster.h"
#include "app/cluster/remote/key_store.h"
#include "app/connections/keychain_store.h"
#include "app/connections/profile_store.h"
#include "app/connections/profiles.h"
#include "app/connections/properties_import.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/token_issuer.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;
using weir::test::run;

/// What stands between a person and another cluster: what they paste, what is kept, what a test tells them.
class TstConnections : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBareAddressIsEnough() {
        const auto made = importProperties(" kafka-1.example.com:9092, kafka-2:9093 \n");
        QCOMPARE(made.profile.bootstrap, QString("kafka-1.example.com:9092, kafka-2:9093"));
        QVERIFY(!made.profile.usesTls && made.profile.mechanism.isEmpty() && made.notes.isEmpty());
    }

    void aJavaClientsPropertiesAreRead() {
        const auto made = importProperties(
            "# ours\nbootstrap.servers=a:9093,b:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n"
            "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\\n"
            "    username=\"al\\\"ice\" password=\"p=w;d\";\n"
            "ssl.truststore.type=PEM\nssl.truststore.location=/etc/ca.pem\nssl.endpoint.identification.algorithm=\n");
        QCOMPARE(made.profile.bootstrap, QString("a:9093,b:9093"));
        QVERIFY(made.profile.usesTls);
        QCOMPARE(made.profile.caFile, QString("/etc/ca.pem"));
        QVERIFY(!made.profile.checksHostName);
        QCOMPARE(made.profile.mechanism, QString("SCRAM-SHA-512"));
        QCOMPARE(made.profile.user, QString("al\"ice"));
        QCOMPARE(made.secrets.password, QString("p=w;d"));
        QVERIFY2(made.notes.isEmpty(), qPrintable(made.notes.join('|')));
    }

    void librdkafkaAndSpringSayTheSameInTheirWords() {
        const auto native = importProperties(
            "metadata.broker.list=h:1\nsecurity.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=u\n"
            "sasl.password=p\nssl.ca.location=ca\nssl.certificate.location=cert\nssl.key.location=key\n"
            "ssl.key.password=phrase\n");
        const auto spring = importProperties(
            "spring.kafka.bootstrap-servers: h:1\nspring.kafka.security.protocol: SASL_SSL\n"
            "spring.kafka.properties.sasl.mechanism: PLAIN\n"
            "spring.kafka.properties.sasl.jaas.config: \"x.PlainLoginModule required username='u' password='p';\"\n"
            "spring.kafka.ssl.trust-store-location: file:ca\nspring.kafka.ssl.key-store-location: cert\n");
        for (const auto& made : {native, spring}) {
            QCOMPARE(made.profile.bootstrap, QString("h:1"));
            QCOMPARE(made.profile.mechanism, QString("PLAIN"));
            QCOMPARE(made.profile.user, QString("u"));
            QCOMPARE(made.secrets.password, QString("p"));
            QCOMPARE(made.profile.caFile, QString("ca"));
            QCOMPARE(made.profile.certificateFile, QString("cert"));
            QVERIFY(made.profile.usesTls && made.profile.checksHostName);
        }
        QCOMPARE(native.secrets.keyPassphrase, QString("phrase"));
    }

    void storesOfJavaAreTakenOver() {
        const auto made = importProperties(
            "bootstrap.servers=h:1\nsecurity.protocol=SSL\nssl.truststore.location=/etc/ca.jks\n"
            "ssl.truststore.password=trust\nssl.keystore.location=/etc/me.p12\nssl.keystore.password=mine\n"
            "ssl.key.password=mine\n");
        QCOMPARE(made.profile.caFile, QString("/etc/ca.jks"));
        QCOMPARE(made.profile.certificateFile, QString("/etc/me.p12"));
        QVERIFY(made.profile.keyFile.isEmpty() && made.profile.needsPassphrase() && made.profile.needsTrustPassword());
        QVERIFY2(made.notes.isEmpty(), qPrintable(made.notes.join('|')));
        const RemoteOptions options = optionsOf(made.profile, made.secrets);
        QCOMPARE(options.tls.caPassword, std::string("trust"));
        QCOMPARE(options.tls.keyPassphrase, std::string("mine"));
    }

    void clientsThatFetchTokensAreTakenOver() {
        const auto java = importProperties(
            "bootstrap.servers=h:1\nsecurity.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n"
            "sasl.oauthbearer.token.endpoint.url=https://id.example.com/token\n"
            "sasl.jaas.config=x.OAuthBearerLoginModule required clientId=\"me\" clientSecret=\"s=1\" "
            "scope=\"kafka\";\n");
        const auto native = importProperties(
            "bootstrap.servers=h:1\nsecurity.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.method="
            "oidc\n"
            "sasl.oauthbearer.token.endpoint.url=https://id.example.com/token\nsasl.oauthbearer.client.id=me\n"
            "sasl.oauthbearer.client.secret=s=1\nsasl.oauthbearer.scope=kafka\n");
        for (const auto& made : {java, native}) {
            QCOMPARE(made.profile.tokenUrl, QString("https://id.example.com/token"));
            QCOMPARE(made.profile.tokenScope, QString("kafka"));
            QCOMPARE(made.profile.user, QString("me"));
            QCOMPARE(made.secrets.password, QString("s=1"));
            QVERIFY(!made.profile.takesToken() && made.notes.isEmpty());
        }
    }

    void whatCannotBeUsedIsTold() {
        const auto store = importProperties(
            "bootstrap.servers=h:1\nsecurity.protocol=SSL\nssl.keystore.location=/etc/me.jks\n"
            "ssl.keystore.password=a\nssl.key.password=b\n");
        QVERIFY(store.notes.join(' ').contains("/etc/me.jks"));
        const auto kerberos = importProperties("bootstrap.servers=h:1\nsecurity.protocol=SASL_PLAINTEXT\n");
        QVERIFY(kerberos.notes.join(' ').contains("GSSAPI"));
        QVERIFY(importProperties("security.protocol=SSL").notes.join(' ').contains("bootstrap.servers"));
    }

    void profilesAreKeptAndSecretsAreNot() {
        AppSettings settings{{}, [](const QVariantMap&) {}};
        ui::ConnectionProfile profile;
        profile.id = "1";
        profile.name = "Shop";
        profile.bootstrap = "h:1";
        profile.usesTls = true;
        profile.checksHostName = false;
        profile.mechanism = "SCRAM-SHA-256";
        profile.user = "u";
        profile.color = 4;
        profile.isReadOnly = true;
        saveProfiles(settings, {profile});
        const auto kept = loadProfiles(settings);
        QCOMPARE(kept.size(), std::size_t{1});
        QCOMPARE(kept.front().name, profile.name);
        QVERIFY(kept.front().usesTls && !kept.front().checksHostName && kept.front().isReadOnly);
        QCOMPARE(kept.front().color, 4);
        const RemoteOptions options = optionsOf(kept.front(), {"the-secret", "the-phrase", {}});
        QCOMPARE(options.sasl.mechanism, SaslMechanism::kScramSha256);
        QCOMPARE(options.sasl.password, std::string("the-secret"));
        QCOMPARE(options.tls.keyPassphrase, std::string("the-phrase"));
        for (const QVariant& value : settings.values()) {
            QVERIFY(!QVariant(value.toList()).toStringList().join(' ').contains("secret"));
        }
    }

    void connectionsOfTwoWeirsAreNotLost() {
        constexpr int kPatienceMs = 30'000;
        const QTemporaryDir dir;
        const QString path = dir.filePath("connections.ini");
        const auto profile = [](const char* id, const char* name, const char* address) {
            ui::ConnectionProfile made;
            made.id = id;
            made.name = name;
            made.bootstrap = address;
            return made;
        };
        const auto addressOf = [](const ProfileStore& store, const char* id) {
            const auto* const found = store.find(id);
            return found == nullptr ? QString() : found->bootstrap;
        };
        ProfileStore one(path);
        ProfileStore two(path);
        // Each sees what the other one does.
        one.put(profile("1", "Shop", "a:1"));
        two.put(profile("2", "Bank", "b:1"));
        QTRY_COMPARE_WITH_TIMEOUT(addressOf(two, "1"), QString("a:1"), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(addressOf(one, "2"), QString("b:1"), kPatienceMs);
        two.put(profile("1", "Shop", "a:2"));
        QTRY_COMPARE_WITH_TIMEOUT(addressOf(one, "1"), QString("a:2"), kPatienceMs);
        one.remove("2");
        QTRY_COMPARE_WITH_TIMEOUT(addressOf(two, "2"), QString(), kPatienceMs);
        // Both at once, before either can have seen the other: both are kept, and it is said.
        QStringList said;
        for (ProfileStore* const store : {&one, &two}) {
            connect(store, &ProfileStore::told, this, [&said](const QString& sentence) { said << sentence; });
        }
        one.put(profile("1", "Shop", "left:1"));
        two.put(profile("1", "Shop", "right:1"));
        const auto both = [](const ProfileStore& store) {
            QStringList all;
            for (const ui::ConnectionProfile& each : store.profiles()) {
                all << each.name + ' ' + each.bootstrap;
            }
            all.sort();
            return all;
        };
        QTRY_VERIFY_WITH_TIMEOUT(both(one).size() == 2 && both(one) == both(two), kPatienceMs);
        const QStringList leftFirst{"Shop (2) right:1", "Shop left:1"};
        const QStringList rightFirst{"Shop (2) left:1", "Shop right:1"};
        QVERIFY2(both(one) == leftFirst || both(one) == rightFirst, qPrintable(both(one).join(", ")));
        QCOMPARE(said.size(), 1);
        QVERIFY(said.front().contains("Both are kept"));
    }

    void manyWritersOfOneFileTakeTurns() {
        const QTemporaryDir dir;
        const QString path = dir.filePath("connections.ini");
        constexpr int kWriters = 4;
        constexpr int kEach = 15;
        std::atomic<int> failed{0};
        std::vector<std::thread> writers;
        for (int writer = 0; writer < kWriters; ++writer) {
            writers.emplace_back([&path, &failed, writer] {
                for (int i = 0; i < kEach; ++i) {
                    ui::ConnectionProfile made;
                    made.id = QString("%1-%2").arg(writer).arg(i);
                    made.bootstrap = "h:1";
                    failed += mergeProfiles(path, {{std::nullopt, made}}).isWritten ? 0 : 1;
                }
            });
        }
        for (std::thread& writer : writers) {
            writer.join();
        }
        QCOMPARE(failed.load(), 0);
        QCOMPARE(mergeProfiles(path, {}).profiles.size(), std::size_t{kWriters * kEach});
    }

    void aDiskThatRefusesIsToldAndTriedAgain() {
        const QTemporaryDir dir;
        const QString folder = dir.filePath("config");
        QVERIFY(QDir().mkpath(folder + "/connections.ini.new/in-the-way"));
        QStringList said;
        ui::ConnectionProfile made;
        made.id = "1";
        made.name = "Shop";
        made.bootstrap = "h:1";
        {
            ProfileStore store(folder + "/connections.ini");
            connect(&store, &ProfileStore::told, this, [&said](const QString& sentence) { said << sentence; });
            store.put(made);
            QTRY_COMPARE_WITH_TIMEOUT(said.size(), 1, 30'000);
            QVERIFY(said.front().contains("could not be written"));
            QCOMPARE(store.profiles().size(), std::size_t{1});
            QVERIFY(QDir(folder + "/connections.ini.new").removeRecursively());
        }
        QCOMPARE(ProfileStore(folder + "/connections.ini").profiles().size(), std::size_t{1});
    }

    // Where this session has a keychain; elsewhere the store says that there is none, and keeps nothing.
    void theKeychainKeepsSecretsAndForgetsThem() {
        KeychainStore store;
        std::optional<ClusterResult<void>> works;
        store.check(this, [&works](const ClusterResult<void>& answer) { works = answer; });
        QTRY_VERIFY_WITH_TIMEOUT(works.has_value(), 30'000);
        const QString id = QUuid::createUuid().toString();
        std::optional<ClusterResult<void>> written;
        store.write(id, {QStringLiteral("pässword"), QStringLiteral("phrase"), {}}, this,
                    [&written](const ClusterResult<void>& answer) { written = answer; });
        QTRY_VERIFY_WITH_TIMEOUT(written.has_value(), 30'000);
        QCOMPARE(written->ok(), works->ok());
        const auto read = [&] {
            std::optional<ClusterResult<ui::ConnectionSecrets>> kept;
            store.read(id, this, [&kept](const ClusterResult<ui::ConnectionSecrets>& answer) { kept = answer; });
            return QTest::qWaitFor([&kept] { return kept.has_value(); }, 30'000)
                       ? *kept
                       : ClusterResult<ui::ConnectionSecrets>(fail(ClusterError{ClusterErrc::kTimeout, 0, "late"}));
        };
        if (!works->ok()) {
            QVERIFY(!works->error().message.empty());
            QVERIFY(!read().ok());
            QSKIP(works->error().message.c_str());
        }
        const auto kept = read();
        QVERIFY2(kept.ok(), kept.ok() ? "" : kept.error().message.c_str());
        QCOMPARE(kept->password, QStringLiteral("pässword"));
        QCOMPARE(kept->keyPassphrase, QStringLiteral("phrase"));
        store.remove(id);
        QTRY_VERIFY_WITH_TIMEOUT(!read().ok(), 30'000);
        QCOMPARE(read().error().code, ClusterErrc::kNotFound);
    }

    // What keytool and openssl write lets a client in just as PEM does; a wrong password is called so.
    void storesOfJavaOpenTheDoor_data() {
        QTest::addColumn<QString>("ending");
        QTest::newRow("PKCS#12") << "p12";
        QTest::newRow("JKS") << "jks";
    }
    void storesOfJavaOpenTheDoor() {
        QFETCH(QString, ending);
        RemoteFixture f(Door::kTls);
        RemoteOptions options = f.options();
        const QString folder = QFileInfo(QString::fromStdString(options.tls.caFile)).path();
        const auto at = [&folder](const QString& name) { return folder + '/' + name; };
        run("openssl", {"pkcs12", "-export", "-in", at("client.pem"), "-inkey", at("client.key"), "-passin",
                        "pass:key-pass", "-passout", "pass:store-pass", "-name", "me", "-out", at("client.p12")});
        run("openssl",
            {"pkcs12", "-export", "-nokeys", "-in", at("ca.crt"), "-passout", "pass:trust-pass", "-out", at("ca.p12")});
        if (ending == "jks") {
            if (QStandardPaths::findExecutable("keytool").isEmpty()) {
                QSKIP("keytool, which writes these stores, is not here");
            }
            run("keytool",
                {"-importkeystore", "-noprompt", "-srckeystore", at("client.p12"), "-srcstorepass", "store-pass",
                 "-destkeystore", at("client.jks"), "-deststoretype", "JKS", "-deststorepass", "store-pass"});
            run("keytool", {"-importcert", "-noprompt", "-alias", "ca", "-file", at("ca.crt"), "-keystore",
                            at("ca.jks"), "-storetype", "JKS", "-storepass", "trust-pass"});
        }
        options.tls.caFile = at("ca." + ending).toStdString();
        options.tls.caPassword = "trust-pass";
        options.tls.certificateFile = at("client." + ending).toStdString();
        options.tls.keyFile.clear();
        options.tls.keyPassphrase = "store-pass";
        const auto why = [&f](const RemoteOptions& with) {
            const auto snapshot = f.connect(with)->snapshot();
            return snapshot ? QString() : QString::fromStdString(snapshot.error().message);
        };
        QCOMPARE(why(options), QString());
        RemoteOptions wrong = options;
        wrong.tls.keyPassphrase = "wrong";
        QVERIFY2(why(wrong).contains("password of the store is wrong"), qPrintable(why(wrong)));
        wrong = options;
        wrong.tls.caPassword = "wrong";
        QVERIFY2(why(wrong).contains("trust store") && why(wrong).contains("password"), qPrintable(why(wrong)));
        // However it is cut off, it is refused in words.
        QFile file(at("client." + ending));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        for (qsizetype size = 1; size < whole.size(); size += 37) {
            const ByteView part(reinterpret_cast<const std::byte*>(whole.constData()), static_cast<std::size_t>(size));
            QVERIFY(!readKeyStore(part, "store-pass"));
        }
    }

    // A key under a password of its own is of no use, and no hindrance to whoever wants the certificates beside it.
    void aKeyUnderAnotherPasswordIsSaidAndNotMissed() {
        if (QStandardPaths::findExecutable("keytool").isEmpty()) {
            QSKIP("keytool, which writes these stores, is not here");
        }
        RemoteFixture f(Door::kTls);
        RemoteOptions options = f.options();
        const QString folder = QFileInfo(QString::fromStdString(options.tls.caFile)).path();
        const auto at = [&folder](const QString& name) { return folder + '/' + name; };
        const QString store = at("both.jks");
        run("openssl", {"pkcs12", "-export", "-in", at("client.pem"), "-inkey", at("client.key"), "-passin",
                        "pass:key-pass", "-passout", "pass:store-pass", "-name", "me", "-out", at("client.p12")});
        run("keytool", {"-importkeystore", "-noprompt", "-srckeystore", at("client.p12"), "-srcstorepass", "store-pass",
                        "-destkeystore", store, "-deststoretype", "JKS", "-deststorepass", "store-pass"});
        run("keytool", {"-keypasswd", "-alias", "me", "-keystore", store, "-storepass", "store-pass", "-keypass",
                        "store-pass", "-new", "own-pass"});
        run("keytool", {"-importcert", "-noprompt", "-alias", "ca", "-file", at("ca.crt"), "-keystore", store,
                        "-storepass", "store-pass"});
        const auto why = [&f](const RemoteOptions& with) {
            const auto snapshot = f.connect(with)->snapshot();
            return snapshot ? QString() : QString::fromStdString(snapshot.error().message);
        };
        options.tls.caFile = store.toStdString();
        options.tls.caPassword = "store-pass";
        QCOMPARE(why(options), QString());
        options.tls.certificateFile = store.toStdString();
        options.tls.keyFile.clear();
        options.tls.keyPassphrase = "store-pass";
        QVERIFY2(why(options).contains("both.jks has another password than its store: give both the same one"),
                 qPrintable(why(options)));
        options.tls.keyPassphrase.clear();
        QVERIFY2(why(options).contains("both.jks needs the password of its store"), qPrintable(why(options)));
    }

    // A client's id and secret become a token, over https with the connection's own authority as well.
    void tokensAreFetchedAndRenewed_data() {
        QTest::addColumn<bool>("isTls");
        QTest::newRow("http on this computer") << false;
        QTest::newRow("https") << true;
    }
    void tokensAreFetchedAndRenewed() {
        QFETCH(bool, isTls);
        RemoteFixture certificates(Door::kTls);
        const QString caFile = QString::fromStdString(certificates.options().tls.caFile);
        test::TokenIssuer issuer(isTls ? QFileInfo(caFile).path() : QString());
        RemoteFixture f(Door::kPlain, {{"listeners", "SASL_PLAINTEXT://127.0.0.1:0"},
                                       {"sasl.enabled.mechanisms", "OAUTHBEARER"},
                                       {"sasl.oauthbearer.jwks.endpoint.url", issuer.keysUrl().toStdString()},
                                       {"sasl.oauthbearer.expected.audience", "weir"},
                                       {"connections.max.reauth.ms", "3600000"},
                                       {"connection.failed.authentication.delay.ms", "20"}});
        RemoteOptions options = f.options();
        options.sasl.mechanism = SaslMechanism::kOAuthBearer;
        options.sasl.user = "me";
        options.sasl.password = "s+e=c/r:et";
        options.sasl.scope = "kafka read";
        options.sasl.tokenUrl = issuer.url().toStdString();
        if (isTls) {
            options.tls.caFile = caFile.toStdString();
        }
        const auto ask = [](const std::shared_ptr<RemoteCluster>& cluster) {
            QString said = "late";
            std::atomic<bool> isDone{false};
            std::thread asking([&] {
                const auto snapshot = cluster->snapshot();
                said = snapshot ? QString() : QString::fromStdString(snapshot.error().message);
                isDone = true;
            });
            [&isDone] { QTRY_VERIFY_WITH_TIMEOUT(isDone, 20'000); }();
            asking.join();
            return said;
        };
        QCOMPARE(ask(f.connect(options)), QString());
        QCOMPARE(issuer.asked, 1);
        QVERIFY2(issuer.last.contains("grant_type=client_credentials&scope=kafka%20read"), issuer.last.constData());
        QVERIFY(issuer.last.contains("Basic " + QByteArray("me:s%2Be%3Dc%2Fr%3Aet").toBase64()));
        // It goes with the login, which ends with it; then another one is fetched.
        issuer.lifeSeconds = 1;
        const auto longer = f.connect(options);
        QCOMPARE(ask(longer), QString());
        const int before = issuer.asked;
        QTRY_VERIFY_WITH_TIMEOUT(ask(longer).isEmpty() && issuer.asked > before, 10'000);
        issuer.refuses = true;
        const QString why = ask(f.connect(options));
        QVERIFY2(why.contains("gave no token to client me") && why.contains("unknown client"), qPrintable(why));
        QVERIFY(!why.contains("s+e=c"));
        options.sasl.tokenUrl = "http://id.example.com/token";
        QVERIFY(ask(f.connect(options)).contains("without TLS"));
    }

    void aReadOnlyConnectionChangesNothing() {
        RemoteFixture f;
        NewTopic topic;
        topic.name = "t";
        topic.partitions = 1;
        QVERIFY(f.cluster->createTopic(topic).ok());
        GatedCluster cluster(f.cluster, readOnlyGate("Test"));
        const TopicPartition partition{"t", PartitionId(0)};
        const auto isRefused = [](const auto& result) {
            return !result && result.error().message.find("read-only") != std::string::npos;
        };
        topic.name = "other";
        QVERIFY(isRefused(cluster.createTopic(topic)));
        QVERIFY(isRefused(cluster.deleteTopic("t")));
        QVERIFY(isRefused(cluster.undeleteTopic("t")));
        QVERIFY(isRefused(cluster.addPartitions("t", 3)));
        QVERIFY(isRefused(cluster.alterTopicConfig("t", {{"retention.ms", "1"}}, false)));
        QVERIFY(isRefused(cluster.alterBrokerConfig({{"num.partitions", "2"}}, false)));
        QVERIFY(isRefused(cluster.deleteRecordsBefore(partition, kNoOffset)));
        QVERIFY(isRefused(cluster.produce("t", {OutgoingRecord()}, {})));
        QVERIFY(isRefused(cluster.alterGroupOffsets("g", {{partition, Offset(0)}})));
        QVERIFY(isRefused(cluster.deleteGroup("g")));
        QVERIFY(isRefused(cluster.removeMember("g", "m")));
        const auto snapshot = f.broker().snapshot();
        QCOMPARE(snapshot->topics.size(), std::size_t{1});
        QCOMPARE(snapshot->topics.front()->partitions.size(), std::size_t{1});
        QVERIFY(cluster.alterTopicConfig("t", {{"retention.ms", "1"}}, true).ok());
        ReadRequest request;
        request.partition = partition;
        request.from = Offset(0);
        QVERIFY(cluster.read(request).ok());
    }
};

QTEST_GUILESS_MAIN(TstConnections)
#include "tst_connections.moc"
