// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QFile>
#include <QtCore/QIODevice>
#include <QtCore/QTemporaryDir>

#include "broker/api/broker.h"
#include "broker/protocol/messages/metadata.h"
#include "tests/support/fast_folder.h"
#include "tests/support/wire_client.h"

using namespace weir;
using weir::testing::fastFolder;
using weir::testing::WireClient;

namespace {

std::unique_ptr<api::Broker> startIn(const QTemporaryDir& folder, const std::string& name = "data") {
    api::BrokerOptions options;
    options.dataFolder = folder.filePath(QString::fromStdString(name)).toStdString();
    options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
    auto broker = api::Broker::start(std::move(options));
    if (!broker) {
        qFatal("%s", broker.error().message.c_str());
    }
    return std::move(*broker);
}

NewTopic topicOf(const std::string& name, std::int32_t partitions = 1) {
    NewTopic topic;
    topic.name = name;
    topic.partitions = partitions;
    return topic;
}

OutgoingRecord recordOf(const std::string& value, std::optional<std::string> key = std::nullopt) {
    OutgoingRecord record;
    record.value = toBytes(value);
    if (key) {
        record.key = toBytes(*key);
    }
    return record;
}

}  // namespace

class TestEmbeddedBroker : public QObject {
    Q_OBJECT

private slots:
    void whatIsPublishedIsReadBackWithHeadersAndNulls_data() {
        QTest::addColumn<int>("codec");
        QTest::newRow("plain") << 0;
        QTest::newRow("zstd") << 4;
    }
    void whatIsPublishedIsReadBackWithHeadersAndNulls() {
        QFETCH(int, codec);
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("t")).ok());
        OutgoingRecord rich = recordOf("value", "key");
        rich.headers = {{"h", toBytes("1")}, {"null", std::nullopt}};
        rich.timestamp = Timestamp(1'700'000'000'000);
        OutgoingRecord tombstone;
        tombstone.key = toBytes("key");
        OutgoingRecord empty = recordOf("");
        const auto published =
            broker->produce("t", {rich, tombstone, empty}, {static_cast<Compression>(codec), Acks::kAll});
        QVERIFY(published.ok());
        QCOMPARE((*published)[2].offset.value, 2);
        ReadRequest read;
        read.partition = {"t", PartitionId(0)};
        read.from = Offset(0);
        const auto chunk = broker->read(read);
        QVERIFY(chunk.ok());
        const auto& records = (*chunk)->records;
        QCOMPARE(records.size(), 3U);
        QCOMPARE(decodeHeaders(records[0]), rich.headers);
        QCOMPARE(records[0].timestamp, rich.timestamp);
        QVERIFY(!records[1].value.has_value());
        QVERIFY(records[2].value.has_value() && records[2].value->empty() && !records[2].key);
        QCOMPARE((*chunk)->next.value, 3);
        read.from = Offset(1);
        read.maxRecords = 1;
        const auto middle = broker->read(read);
        QCOMPARE((*middle)->records.size(), 1U);
        QCOMPARE((*middle)->next.value, 2);
        read.from = Offset(9);
        QCOMPARE(broker->read(read).error().code, ClusterErrc::kInvalid);
    }

    void keysChooseTheJavaClientsPartitionAndTurnsGoRound() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("t", 3)).ok());
        std::vector<OutgoingRecord> records;
        for (int i = 0; i < 30; ++i) {
            records.push_back(recordOf("v", i < 15 ? std::optional<std::string>("same") : std::nullopt));
        }
        const auto published = broker->produce("t", records, {});
        QVERIFY(published.ok());
        std::map<std::int32_t, int> keyed;
        std::map<std::int32_t, int> keyless;
        for (std::size_t i = 0; i < 30; ++i) {
            ++(i < 15 ? keyed : keyless)[(*published)[i].partition.value];
        }
        QCOMPARE(keyed.size(), 1U);
        QCOMPARE(keyless.size(), 3U);
    }

    void aLargePublishIsSplitIntoBatchesInOrder() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("t")).ok());
        std::vector<OutgoingRecord> records(40, recordOf(std::string(100'000, 'x')));
        const auto published = broker->produce("t", records, {});
        QVERIFY2(published.ok(), published.ok() ? "" : published.error().message.c_str());
        for (std::size_t i = 0; i < records.size(); ++i) {
            QCOMPARE((*published)[i].offset.value, static_cast<std::int64_t>(i));
        }
        QCOMPARE(broker->produce("t", {recordOf(std::string(2'000'000, 'x'))}, {}).error().kafkaCode, std::int16_t{10});
        QCOMPARE(broker->produce("absent", {recordOf("x")}, {}).error().code, ClusterErrc::kNotFound);
    }

    void snapshotsCountWhatMovesAndShareWhatDoesNot() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("quiet")).ok());
        QVERIFY(broker->createTopic(topicOf("busy")).ok());
        const auto before = broker->snapshot();
        QVERIFY(broker->produce("busy", {recordOf("a"), recordOf("b")}, {}).ok());
        const auto after = broker->snapshot();
        QCOMPARE(after->findTopic("busy")->recordCount(), 2);
        QCOMPARE(after->totals.recordsIn - before->totals.recordsIn, 2);
        QCOMPARE(before->findTopic("busy")->recordCount(), 0);
        QVERIFY(before->findTopic("quiet") == after->findTopic("quiet"));
        QVERIFY(broker->deleteTopic("busy").ok());
        QCOMPARE(broker->snapshot()->totals.recordsIn, after->totals.recordsIn);
    }

    void clientsShowInTheSnapshotAndCanBeDisconnected() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        WireClient client(broker->port());
        client.call<protocol::MetadataResponse>(protocol::MetadataRequest{});
        const auto snapshot = broker->snapshot();
        QCOMPARE(snapshot->connections.size(), 1U);
        QCOMPARE(snapshot->connections[0].clientId, std::string("wire-client"));
        QCOMPARE(snapshot->connections[0].requests, 1);
        QVERIFY(broker->disconnect(snapshot->connections[0].id).ok());
        QVERIFY(client.waitForClose());
        QVERIFY(!broker->disconnect(99'999).ok());
    }

    void twoBrokersLiveInOneProcess() {
        QTemporaryDir folder(fastFolder());
        auto first = startIn(folder, "one");
        auto second = startIn(folder, "two");
        QVERIFY(first->port() != second->port());
        QVERIFY(first->clusterId() != second->clusterId());
        QVERIFY(first->createTopic(topicOf("only-here")).ok());
        QVERIFY(second->snapshot()->findTopic("only-here") == nullptr);
    }

    void aSecondBrokerOnTheFolderOrPortIsRefusedInWords() {
        QTemporaryDir folder(fastFolder());
        auto first = startIn(folder);
        api::BrokerOptions options;
        options.dataFolder = first->dataFolder();
        options.listen = {{"127.0.0.1", 0}};
        auto second = api::Broker::start(options);
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, api::StartErrc::kFolderInUse);
        options.dataFolder = folder.filePath("other").toStdString();
        options.listen = {{"127.0.0.1", first->port()}};
        second = api::Broker::start(options);
        QCOMPARE(second.error().code, api::StartErrc::kPortBusy);
        QVERIFY(second.error().freePort != 0);
        QVERIFY(!QFile::exists(folder.filePath("other")));
        options.listen = {{"127.0.0.1", 0}};
        options.configs = {{"num.partitions", "many"}};
        QCOMPARE(api::Broker::start(options).error().code, api::StartErrc::kBadConfig);
        QTemporaryDir foreign;
        QFile file(foreign.filePath("letter.txt"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        options.configs.clear();
        options.dataFolder = foreign.path().toStdString();
        QCOMPARE(api::Broker::start(options).error().code, api::StartErrc::kFolderForeign);
    }

    void settingsAreDescribedAndChanged() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("t")).ok());
        QVERIFY(broker->alterTopicConfig("t", {{"retention.ms", "1234"}}, false).ok());
        const auto described = broker->describeTopicConfig("t");
        QVERIFY(described.ok());
        const auto found = std::find_if(described->begin(), described->end(),
                                        [](const ConfigEntry& each) { return each.name == "retention.ms"; });
        QCOMPARE(found->value, std::optional<std::string>("1234"));
        QCOMPARE(found->source, ConfigEntry::Source::kTopic);
        QCOMPARE(found->defaultValue, std::optional<std::string>("604800000"));
        QVERIFY(!found->documentation.empty());
        QCOMPARE(broker->alterTopicConfig("t", {{"retention.ms", "soon"}}, true).error().code, ClusterErrc::kInvalid);
        QVERIFY(broker->addPartitions("t", 5).ok());
        QCOMPARE(broker->snapshot()->findTopic("t")->partitions.size(), 5U);
        QVERIFY(broker->describeBrokerConfig()->size() > 50);
    }

    void groupOffsetsAreSetReadAndBroughtBackWithTheTopic() {
        QTemporaryDir folder(fastFolder());
        auto broker = startIn(folder);
        QVERIFY(broker->createTopic(topicOf("t")).ok());
        QVERIFY(broker->produce("t", {recordOf("a"), recordOf("b")}, {}).ok());
        const TopicPartition partition{"t", PartitionId(0)};
        QVERIFY(broker->alterGroupOffsets("g", {{partition, Offset(1)}}).ok());
        QCOMPARE(broker->snapshot()->findGroup("g")->offsets.at(0).offset.value, 1);
        QVERIFY(broker->deleteTopic("t").ok());
        QVERIFY(broker->undeleteTopic("t").ok());
        QCOMPARE(broker->snapshot()->findTopic("t")->recordCount(), 2);
        QTRY_VERIFY(!broker->snapshot()->findGroup("g")->offsets.empty());
        QCOMPARE(broker->offsetFor(partition, {OffsetSpecKind::kLatest, kNoTimestamp})->value, 2);
        QCOMPARE(broker->deleteRecordsBefore(partition, Offset(1))->value, 1);
        QCOMPARE(broker->segments(partition)->size(), 1U);
        QVERIFY(broker->deleteGroup("g").ok());
    }

    void afterAStopEverythingSaysSoAndTheRecordsAreThereAgain() {
        QTemporaryDir folder(fastFolder());
        {
            auto broker = startIn(folder);
            QVERIFY(broker->createTopic(topicOf("t")).ok());
            QVERIFY(broker->produce("t", {recordOf("kept")}, {}).ok());
            broker->stop();
            broker->stop();
            QCOMPARE(broker->createTopic(topicOf("u")).error().code, ClusterErrc::kStopped);
            QCOMPARE(broker->snapshot()->findTopic("t")->recordCount(), 1);
        }
        auto broker = startIn(folder);
        ReadRequest read;
        read.partition = {"t", PartitionId(0)};
        read.from = Offset(0);
        QCOMPARE(asText(*(*broker->read(read))->records.at(0).value), std::string_view("kept"));
    }

    void theSchemaRegistryIsSwitchedWhileTheBrokerRuns() {
        QTemporaryDir folder(testing::fastFolder());
        {
            auto broker = startIn(folder);
            api::Schemas& schemas = broker->schemas();
            QVERIFY(schemas.url().empty());
            QVERIFY(broker->alterBrokerConfig({{"weir.schema.registry.port", "0"}}, false).ok());
            QVERIFY(schemas.url().starts_with("http://127.0.0.1:"));
            QVERIFY(broker->alterBrokerConfig({{"weir.schema.registry.port", "-1"}}, false).ok());
            QVERIFY(schemas.url().empty());
            QVERIFY(!broker->alterBrokerConfig({{"weir.schema.registry.port", "70000"}}, false).ok());
            QCOMPARE(schemas.add({"t-value", "AVRO", "\"int\"", {}})->id, 1);
            QVERIFY(!schemas.add({"t-value", "AVRO", "\"string\"", {}}).ok());
            QVERIFY(broker->alterBrokerConfig({{"weir.schema.registry.port", "0"}}, false).ok());
        }
        auto broker = startIn(folder);
        QVERIFY(!broker->schemas().url().empty());
        const Bytes framed{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}, std::byte{84}};
        const auto decoded = broker->schemas().decode("t", RecordPart::kValue, framed);
        QVERIFY(decoded && decoded->ok());
        QCOMPARE((*decoded)->json, std::string("42"));
        QCOMPARE((*decoded)->schema.subject, std::string("t-value"));
        QVERIFY(!broker->schemas().decode("t", RecordPart::kValue, ByteView(framed).first(4)));
        const Bytes strange{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{9}, std::byte{84}};
        const auto unknown = broker->schemas().decode("t", RecordPart::kValue, strange);
        QVERIFY(unknown && unknown->error().code == ClusterErrc::kNotFound);
        QVERIFY(unknown->error().message.find("id 9") != std::string::npos);
    }

    void schemasAreCheckedBeforeAndBroughtBackAfter() {
        QTemporaryDir folder(testing::fastFolder());
        const NewSchema first{"t-value", "AVRO", "\"int\"", {}};
        const NewSchema second{"t-value", "AVRO", "\"long\"", {}};
        {
            auto broker = startIn(folder);
            api::Schemas& schemas = broker->schemas();
            QVERIFY(schemas.add(first).ok());
            QVERIFY(schemas.check(first)->known.has_value());
            QVERIFY(!schemas.check(second)->known && schemas.check(second)->conflicts.empty());
            const auto refused = schemas.check({"t-value", "AVRO", "\"string\"", {}});
            QCOMPARE(refused->against, 1);
            QVERIFY(!refused->conflicts.empty());
            QVERIFY2(refused->conflicts.front().find("errorType") == std::string::npos,
                     refused->conflicts.front().c_str());
            QCOMPARE(schemas.check({"t-value", "AVRO", "{", {}}).error().code, ClusterErrc::kInvalid);
            QCOMPARE(schemas.versions("t-value")->size(), 1U);
            QCOMPARE(schemas.add(second)->version, 2);
            QVERIFY(schemas.setCompatibility("t-value", "NONE").ok());
            QVERIFY(schemas.check({"t-value", "AVRO", "\"string\"", {}})->conflicts.empty());
            QVERIFY(schemas.state()->subjects.at(0).isOwnCompatibility);
            QVERIFY(schemas.setCompatibility("t-value", "").ok());
            QVERIFY(schemas.setCompatibility("t-value", "").ok());
            QCOMPARE(schemas.state()->subjects.at(0).compatibility, std::string("BACKWARD"));
            QCOMPARE(schemas.remove("t-value", 1)->size(), 1U);
            QCOMPARE(schemas.remove("t-value", std::nullopt).value(), std::vector<int>{2});
            QVERIFY(schemas.state()->subjects.empty());
            QCOMPARE(schemas.restore("t-value", {7}).error().code, ClusterErrc::kNotFound);
            QVERIFY(schemas.restore("t-value", {1, 2}).ok());
        }
        auto broker = startIn(folder);
        QCOMPARE(broker->schemas().versions("t-value")->size(), 2U);
        QCOMPARE(broker->schemas().state()->subjects.at(0).versionCount, 2);
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedBroker)
#include "tst_embedded_broker.moc"
