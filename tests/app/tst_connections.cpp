// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTcpServer>
#include <QTest>
#include <QUuid>
#include <optional>

#include "app/cluster/gated_cluster.h"
#include "app/cluster/remote/diagnose.h"
#include "app/connections/keychain_store.h"
#include "app/connections/profiles.h"
#include "app/connections/properties_import.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/remote_fixture.h"

using namespace weir;
using namespace weir::app;
using weir::test::Door;
using weir::test::RemoteFixture;

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

    void whatCannotBeUsedIsTold() {
        const auto store =
            importProperties("bootstrap.servers=h:1\nsecurity.protocol=SSL\nssl.truststore.location=/etc/client.jks\n");
        QVERIFY(store.profile.caFile.isEmpty());
        QVERIFY(store.notes.join(' ').contains("/etc/client.jks"));
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

    void aTestSaysWhatWorksAndWhatDoesNot() {
        using Outcome = DiagnosisStep::Outcome;
        RemoteFixture scram(Door::kScram);
        const auto good = Diagnosis().run(scram.options());
        QVERIFY(std::all_of(good.begin(), good.end(), [](const auto& step) { return step.outcome == Outcome::kDone; }));
        QVERIFY(good.front().sentence.find("SCRAM-SHA-512") != std::string::npos);
        RemoteOptions options = scram.options();
        options.sasl.password = "no";
        const auto bad = Diagnosis().run(options);
        QCOMPARE(bad.size(), std::size_t{1});
        QCOMPARE(bad.front().outcome, Outcome::kFailed);
        QVERIFY(bad.front().sentence.find("was refused") != std::string::npos);
        // One of two addresses is enough, and the other is told.
        options = scram.options();
        options.bootstrap.insert(options.bootstrap.begin(), {"no-such-host.invalid", 9092});
        const auto half = Diagnosis().run(options);
        QCOMPARE(half.front().outcome, Outcome::kWarning);
        QCOMPARE(half.back().outcome, Outcome::kDone);
        QCOMPARE(Diagnosis().run({}).front().outcome, Outcome::kFailed);
    }

    void anAdvertisedAddressThatLeadsNowhereIsExplained() {
        QTcpServer closed;
        QVERIFY(closed.listen(QHostAddress::LocalHost));
        const std::string nowhere = "127.0.0.1:" + std::to_string(closed.serverPort());
        closed.close();
        RemoteFixture f(Door::kPlain, {{"advertised.listeners", "PLAINTEXT://" + nowhere}});
        const auto steps = Diagnosis().run(f.options());
        QCOMPARE(steps.front().outcome, DiagnosisStep::Outcome::kDone);
        QCOMPARE(steps.back().outcome, DiagnosisStep::Outcome::kFailed);
        QVERIFY2(steps.back().sentence.find(nowhere) != std::string::npos, steps.back().sentence.c_str());
        QVERIFY(steps.back().sentence.find("advertised.listeners") != std::string::npos);
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
