// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <thread>

#include "tests/broker/topics/registry_fixture.h"

using namespace weir;
using namespace weir::topics;

namespace {

template <class T>
TopicErrc codeOf(const TopicResult<T>& result) {
    return result.error().code;
}

const config::DescribedConfig* lineOf(const std::vector<config::DescribedConfig>& lines, std::string_view name) {
    for (const auto& line : lines) {
        if (line.def->name == name) {
            return &line;
        }
    }
    return nullptr;
}

/// A file of that many bytes.
void fill(io::FileSystem& disk, const io::Path& path, std::size_t bytes) {
    const auto file = disk.open(path, io::OpenMode::kCreate);
    QVERIFY(file.ok() && (*file)->write(io::FilePosition(0), Bytes(bytes)).ok());
}

}  // namespace

class TstTopicRegistry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTopicIsFoundByNameByIdAndByPartition() {
        RegistryFixture fixture;
        const TopicPtr topic = fixture.make("orders", 3);
        const auto snapshot = fixture.registry().snapshot();
        QCOMPARE(snapshot->byId(topic->id), topic);
        QVERIFY(snapshot->partition("orders", PartitionId(2)) != nullptr);
        QVERIFY(snapshot->partition("orders", PartitionId(3)) == nullptr);
        QVERIFY(snapshot->partition("orders", PartitionId(-1)) == nullptr);
        QVERIFY(snapshot->byName("order") == nullptr);
        QVERIFY(snapshot->byId(TopicId{}) == nullptr);
        QCOMPARE(fixture.names("orders-"), (std::set<std::string>{"orders-0", "orders-1", "orders-2"}));
    }
    void topicsAndSettingsAreThereAfterAStart() {
        RegistryFixture fixture;
        const TopicId id = fixture.make("orders", 2, {{"retention.ms", "5000"}})->id;
        fixture.restart();
        const TopicPtr topic = fixture.find("orders");
        QCOMPARE(topic->id, id);
        QCOMPARE(topic->partitions.size(), std::size_t{2});
        QCOMPARE(topic->config->retentionMs, std::int64_t{5000});
        QCOMPARE(fixture.noted("orders", 1).options.log.retentionMs, std::int64_t{5000});
        QCOMPARE(fixture.registry().startReport().partitions, std::size_t{2});
        QVERIFY(fixture.registry().startReport().madeAnew.empty());
        QCOMPARE(static_cast<int>(fixture.directory().lastStop()),
                 static_cast<int>(storage::LogDirectory::LastStop::kClean));
    }
    void illegalTopicsAreRefusedEachForItsReason() {
        RegistryFixture fixture;
        fixture.make("a.b");
        const auto results = fixture.registry().create({{"..", 1, -1, {}},
                                                        {"a.b", 1, -1, {}},
                                                        {"a_b", 1, -1, {}},
                                                        {"zero", 0, -1, {}},
                                                        {"many", TopicRegistry::kMaxPartitions + 1, -1, {}},
                                                        {"rf", 1, 0, {}},
                                                        {"conf", 1, -1, {{"retention.mss", "1"}}},
                                                        {"null", 1, -1, {{"retention.ms", std::nullopt}}},
                                                        {"twice", 1, -1, {}},
                                                        {"twice", 1, -1, {}},
                                                        {"x.y", 1, -1, {}},
                                                        {"x_y", 1, -1, {}},
                                                        {"good", -1, 3, {}}},
                                                       Mode::kApply);
        const std::vector<std::optional<TopicErrc>> expected{TopicErrc::kInvalidName,
                                                             TopicErrc::kAlreadyExists,
                                                             TopicErrc::kInvalidName,
                                                             TopicErrc::kInvalidPartitions,
                                                             TopicErrc::kInvalidPartitions,
                                                             TopicErrc::kInvalidReplicationFactor,
                                                             TopicErrc::kInvalidConfig,
                                                             TopicErrc::kInvalidConfig,
                                                             TopicErrc::kInvalidRequest,
                                                             TopicErrc::kInvalidRequest,
                                                             std::nullopt,
                                                             TopicErrc::kInvalidName,
                                                             std::nullopt};
        QCOMPARE(results.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY2(results[i].ok() == !expected[i].has_value(), qPrintable(QString::number(i)));
            if (expected[i]) {
                QVERIFY2(results[i].error().code == *expected[i], qPrintable(QString::number(i)));
            }
        }
        QCOMPARE(fixture.registry().snapshot()->topics().size(), std::size_t{3});
    }
    void checkingOnlyChangesNothing() {
        RegistryFixture fixture(config::ConfigMap{{"num.partitions", "4"}});
        const auto checked =
            fixture.registry().create({{"t", -1, -1, {{"segment.bytes", " 2000000 "}}}}, Mode::kValidateOnly);
        QVERIFY(checked.front().ok());
        QCOMPARE(checked.front()->partitions, 4);
        QVERIFY(checked.front()->id.isZero());
        QCOMPARE(checked.front()->overrides.at("segment.bytes"), std::string("2000000"));
        QVERIFY(fixture.find("t") == nullptr);
        QCOMPARE(fixture.names("t-").size(), std::size_t{0});
        fixture.make("t", 2);
        QVERIFY(fixture.registry().addPartitions("t", 3, Mode::kValidateOnly).ok());
        QVERIFY(fixture.registry()
                    .alterTopic("t", {{"retention.ms", config::AlterOp::kSet, "1"}}, Mode::kValidateOnly)
                    .ok());
        QCOMPARE(fixture.find("t")->partitions.size(), std::size_t{2});
        QVERIFY(fixture.find("t")->overrides.empty());
    }
    void aTopicWhosePartitionCannotBeMadeIsNotThereAtAll() {
        RegistryFixture fixture;
        fixture.partitions().failing = {{"t", PartitionId(2)}};
        const auto result = fixture.registry().create({{"t", 3, -1, {}}, {"u", 1, -1, {}}}, Mode::kApply);
        QVERIFY(codeOf(result[0]) == TopicErrc::kStorage);
        QVERIFY(result[1].ok());
        QVERIFY(fixture.find("t") == nullptr);
        fixture.crash();
        QVERIFY(fixture.find("t") == nullptr);
        QVERIFY(fixture.registry().startReport().quarantined.empty());
        fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs()));
        QCOMPARE(fixture.names("t-").size(), std::size_t{0});
        QVERIFY(fixture.make("t", 3) != nullptr);
    }
    void aCreationCutShortIsWholeAtTheNextStart() {
        RegistryFixture fixture;
        SeededRandom random(3);
        const TopicId id = Uuid::random(random);
        QVERIFY(fixture.catalog().createTopics({{id, "t", 3, Timestamp(1), {}}}).ok());
        QVERIFY(fixture.directory().prepare({"t", PartitionId(0)}, id).ok());
        fixture.crash();
        QCOMPARE(fixture.find("t")->partitions.size(), std::size_t{3});
        QVERIFY(fixture.find("t")->partition(PartitionId(2)) != nullptr);
        QCOMPARE(fixture.registry().startReport().madeAnew,
                 (std::vector<TopicPartition>{{"t", PartitionId(1)}, {"t", PartitionId(2)}}));
    }
    void aDeletionCutShortIsFinishedAtTheNextStart() {
        RegistryFixture fixture;
        const TopicPtr topic = fixture.make("t", 2);
        const std::int64_t now = fixture.clock().wallNowMs();
        QVERIFY(fixture.catalog()
                    .deleteTopic({{topic->id, "t", 2, topic->createdAt, {}},
                                  Timestamp(now),
                                  Timestamp(now + 1000),
                                  {Offset(0), Offset(0)}})
                    .ok());
        fixture.crash();
        QVERIFY(fixture.find("t") == nullptr);
        QVERIFY(fixture.registry().startReport().quarantined.empty());
        QVERIFY(!fixture.names("t-").contains("t-0"));
        QVERIFY(fixture.registry().undelete("t").ok());
        QVERIFY(fixture.names("t-").contains("t-1"));
    }
    void aFolderWithoutTopicIsKeptInTheQuarantine() {
        RegistryFixture fixture;
        fixture.make("t");
        SeededRandom random(5);
        QVERIFY(fixture.directory().prepare({"stray", PartitionId(0)}, Uuid::random(random)).ok());
        QVERIFY(fixture.directory().prepare({"t", PartitionId(7)}, fixture.find("t")->id).ok());
        fixture.crash();
        QCOMPARE(fixture.registry().startReport().quarantined.size(), std::size_t{2});
        QVERIFY(fixture.disk().exists(fixture.path(".quarantine/stray-0/partition.metadata")));
        QVERIFY(fixture.disk().exists(fixture.path(".quarantine/t-7")));
        QVERIFY(fixture.find("stray") == nullptr);
        fixture.crash();
        QVERIFY(fixture.registry().startReport().quarantined.empty());
    }
    void aTopicOfAnEarlierIncarnationIsNotMistakenForItsNamesake() {
        RegistryFixture fixture;
        const TopicPtr topic = fixture.make("t");
        QVERIFY(fixture.disk().rename(fixture.path("t-0"), fixture.path("kept")).ok());
        SeededRandom random(5);
        QVERIFY(fixture.directory().prepare({"t", PartitionId(0)}, Uuid::random(random)).ok());
        fixture.crash();
        QCOMPARE(fixture.registry().startReport().quarantined.size(), std::size_t{1});
        QCOMPARE(fixture.registry().startReport().madeAnew.size(), std::size_t{1});
        QCOMPARE(fixture.noted("t").topicId, topic->id);
    }
    void foldersOfAKafkaBrokerAreTakenOver() {
        RegistryFixture fixture;
        const TopicId id = fixture.make("orders", 2)->id;
        fixture.make("lonely");
        fixture.stop();
        for (const char* file : {"weir.db", "weir.db-wal", "weir.db-shm"}) {
            std::filesystem::remove(fixture.folder() / file);
        }
        QVERIFY(fixture.disk().remove(fixture.path("lonely-0/partition.metadata")).ok());
        QVERIFY(fixture.disk().createDirectories(fixture.path("__cluster_metadata-0")).ok());
        fixture.start();
        QCOMPARE(fixture.registry().startReport().adoptedTopics, (std::vector<std::string>{"lonely", "orders"}));
        QCOMPARE(fixture.find("orders")->id, id);
        QCOMPARE(fixture.find("orders")->partitions.size(), std::size_t{2});
        QVERIFY(!fixture.find("lonely")->id.isZero());
        QVERIFY(fixture.find("__cluster_metadata") == nullptr);
        const TopicId lonely = fixture.find("lonely")->id;
        fixture.restart();
        QCOMPARE(fixture.find("lonely")->id, lonely);
        QVERIFY(fixture.registry().startReport().quarantined.empty());
    }
    void aPartitionThatCannotBeOpenedLeavesTheOthersServing() {
        RegistryFixture fixture;
        fixture.make("t", 2);
        fixture.make("u");
        fixture.failAtStart = {{"t", PartitionId(1)}};
        fixture.restart();
        const TopicPtr topic = fixture.find("t");
        QVERIFY(topic->partition(PartitionId(0)) != nullptr);
        QVERIFY(topic->partition(PartitionId(1)) == nullptr);
        QVERIFY(topic->has(PartitionId(1)));
        QCOMPARE(topic->partitions[1].offlineReason, std::string("the disk is full"));
        QCOMPARE(fixture.registry().startReport().offline.size(), std::size_t{1});
        QVERIFY(fixture.find("u")->partition(PartitionId(0)) != nullptr);
        fixture.failAtStart.clear();
        fixture.restart();
        QVERIFY(fixture.find("t")->partition(PartitionId(1)) != nullptr);
        QCOMPARE(static_cast<int>(fixture.directory().lastStop()),
                 static_cast<int>(storage::LogDirectory::LastStop::kUnclean));
    }

    void aTopicMadeAgainHasANewIdAndNothingOfTheOld() {
        RegistryFixture fixture;
        const TopicPtr old = fixture.make("t", 3, {{"retention.ms", "5000"}});
        const auto before = fixture.registry().snapshot();
        std::vector<TopicId> told;
        TopicRegistry::Observer observer;
        observer.deleted = [&](const Topic& topic) { told.push_back(topic.id); };
        fixture.registry().observe(observer);
        QVERIFY(fixture.registry().remove("t").ok());
        QCOMPARE(told, (std::vector<TopicId>{old->id}));
        QVERIFY(fixture.find("t") == nullptr);
        QVERIFY(before->byName("t") == old);
        QVERIFY(NotedPartitions::noted(*old->partition(PartitionId(0))).removed);
        QVERIFY(codeOf(fixture.registry().remove("t")) == TopicErrc::kUnknownTopic);
        const TopicPtr again = fixture.make("t", 1);
        QVERIFY(again->id != old->id);
        QVERIFY(again->overrides.empty());
        QVERIFY(fixture.registry().snapshot()->byId(old->id) == nullptr);
        fixture.restart();
        QCOMPARE(fixture.find("t")->id, again->id);
        QCOMPARE(fixture.find("t")->partitions.size(), std::size_t{1});
    }
    void deletionCanBeForbidden() {
        RegistryFixture fixture(config::ConfigMap{{"delete.topic.enable", "false"}});
        fixture.make("t");
        QVERIFY(codeOf(fixture.registry().remove("t")) == TopicErrc::kDeletionDisabled);
        QVERIFY(fixture.find("t") != nullptr);
    }
    void aDeletedTopicComesBackWithRecordsSettingsAndCommits() {
        RegistryFixture fixture;
        const TopicPtr topic = fixture.make("t", 2, {{"retention.ms", "5000"}});
        fixture.disk().setContents(fixture.path("t-1/00000000000000000000.log"), toBytes("records"));
        fixture.noted("t", 1).logStart = Offset(42);
        catalog::GroupBatch batch;
        batch.groupId = "g";
        batch.putOffsets.push_back(
            {{{"t", PartitionId(1)}, Offset(50), LeaderEpoch(0), "", Timestamp(1)}, kNoTimestamp});
        fixture.catalog().writeGroup(std::move(batch), [](auto) {});
        QVERIFY(fixture.registry().remove("t").ok());
        fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs()));
        fixture.restart();
        QCOMPARE(fixture.registry().deleted()->size(), std::size_t{1});
        const auto back = fixture.registry().undelete("t");
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QCOMPARE(back->topic->id, topic->id);
        QCOMPARE(back->topic->config->retentionMs, std::int64_t{5000});
        QCOMPARE(back->offsets.size(), std::size_t{1});
        QCOMPARE(back->offsets[0].offset.committed.offset, Offset(50));
        QCOMPARE(fixture.noted("t", 1).logStart, Offset(42));
        QCOMPARE(fixture.disk().contents(fixture.path("t-1/00000000000000000000.log")), toBytes("records"));
        QVERIFY(codeOf(fixture.registry().undelete("t")) == TopicErrc::kAlreadyExists);
        fixture.restart();
        QCOMPARE(fixture.find("t")->id, topic->id);
    }
    void theNewestOfSeveralDeletionsComesBackFirst() {
        RegistryFixture fixture;
        const TopicId first = fixture.make("t")->id;
        QVERIFY(fixture.registry().remove("t").ok());
        fixture.clock().advance(std::chrono::seconds(1));
        const TopicId second = fixture.make("t")->id;
        QVERIFY(fixture.registry().remove("t").ok());
        QCOMPARE(fixture.registry().undelete("t")->topic->id, second);
        QVERIFY(fixture.registry().remove("t").ok());
        fixture.clock().advance(std::chrono::minutes(29));
        fixture.make("T");
        QCOMPARE(fixture.registry().deleted()->at(0).topic.id, second);
        QCOMPARE(fixture.registry().deleted()->at(1).topic.id, first);
    }
    void theUndoTimeEndsAndThenTheFilesGo() {
        RegistryFixture fixture(config::ConfigMap{{"weir.undo.ms", "60000"}});
        fixture.make("t", 2);
        fixture.make("other");
        QVERIFY(fixture.registry().remove("t").ok());
        fixture.clock().advance(std::chrono::milliseconds(59'999));
        fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs()));
        QCOMPARE(fixture.names("t-").size(), std::size_t{2});
        fixture.clock().advance(std::chrono::milliseconds(1));
        QVERIFY(codeOf(fixture.registry().undelete("t")) == TopicErrc::kGone);
        fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs()));
        QCOMPARE(fixture.names("t-").size(), std::size_t{0});
        QCOMPARE(fixture.names("other-").size(), std::size_t{1});
        QCOMPARE(fixture.catalog().deletedTopics()->size(), std::size_t{0});
        QCOMPARE(fixture.noted("other").housekept, 2);
    }
    /// A person who deletes topics because the disk is full gets the room, the oldest first, and not half an hour
    /// later.
    void aDiskThatIsNearlyFullTakesBackWhatCouldBeBroughtBack() {
        RegistryFixture fixture;
        for (const char* name : {"first", "second", "third"}) {
            fixture.make(name);
            fill(fixture.disk(), RegistryFixture::path(std::string(name) + "-0") / "00000000000000000000.log", 40'000);
            QVERIFY(fixture.registry().remove(name).ok());
            fixture.clock().advance(std::chrono::seconds(1));
        }
        const auto housekeep = [&] { fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs())); };
        fixture.disk().setCapacity(1'000'000);
        housekeep();
        QCOMPARE(fixture.registry().deleted()->size(), std::size_t{3});
        fixture.disk().setCapacity(fixture.disk().usedBytes() + 1000);
        housekeep();
        QCOMPARE(fixture.names("first-").size(), std::size_t{0});
        QVERIFY(codeOf(fixture.registry().undelete("first")) == TopicErrc::kGone);
        housekeep();
        QCOMPARE(fixture.registry().deleted()->size(), std::size_t{2});
        QCOMPARE(fixture.names("second-").size(), std::size_t{1});
        QVERIFY(fixture.registry().undelete("second").ok());
        QVERIFY(fixture.registry().undelete("third").ok());
    }
    void withoutUndoTimeTheFilesGoAtOnce() {
        RegistryFixture fixture(config::ConfigMap{{"weir.undo.ms", "0"}});
        fixture.make("t");
        QVERIFY(fixture.registry().remove("t").ok());
        QVERIFY(codeOf(fixture.registry().undelete("t")) == TopicErrc::kGone);
        fixture.registry().housekeep(Timestamp(fixture.clock().wallNowMs()));
        QCOMPARE(fixture.names("t-").size(), std::size_t{0});
    }

    void partitionsAreAddedAndNeverTakenAway() {
        RegistryFixture fixture;
        const TopicPtr before = fixture.make("t", 2);
        QVERIFY(codeOf(fixture.registry().addPartitions("t", 2, Mode::kApply)) == TopicErrc::kInvalidPartitions);
        QVERIFY(codeOf(fixture.registry().addPartitions("t", 1, Mode::kApply)) == TopicErrc::kInvalidPartitions);
        QVERIFY(codeOf(fixture.registry().addPartitions("u", 5, Mode::kApply)) == TopicErrc::kUnknownTopic);
        QVERIFY(fixture.registry().addPartitions("t", 4, Mode::kApply).ok());
        const TopicPtr after = fixture.find("t");
        QCOMPARE(after->partitions.size(), std::size_t{4});
        QCOMPARE(after->partition(PartitionId(0)), before->partition(PartitionId(0)));
        QCOMPARE(after->id, before->id);
        fixture.partitions().failing = {{"t", PartitionId(5)}};
        QVERIFY(codeOf(fixture.registry().addPartitions("t", 6, Mode::kApply)) == TopicErrc::kStorage);
        QCOMPARE(fixture.find("t")->partitions.size(), std::size_t{4});
        fixture.restart();
        QCOMPARE(fixture.find("t")->partitions.size(), std::size_t{4});
        QVERIFY(fixture.registry().startReport().quarantined.empty());
    }
    void automaticCreationFollowsTheSwitchAndTheDefaults() {
        RegistryFixture fixture(config::ConfigMap{{"num.partitions", "4"}});
        const auto made = fixture.registry().findOrCreate("t");
        QVERIFY(made.ok());
        QCOMPARE((*made)->partitions.size(), std::size_t{4});
        QCOMPARE(*fixture.registry().findOrCreate("t"), *made);
        QVERIFY(codeOf(fixture.registry().findOrCreate("a/b")) == TopicErrc::kInvalidName);
        RegistryFixture forbidden(config::ConfigMap{{"auto.create.topics.enable", "false"}});
        QVERIFY(codeOf(forbidden.registry().findOrCreate("t")) == TopicErrc::kUnknownTopic);
    }
    void topicSettingsApplyWhileTheTopicServes() {
        RegistryFixture fixture;
        const TopicPtr before = fixture.make("t", 2);
        using config::AlterOp;
        QVERIFY(fixture.registry()
                    .alterTopic(
                        "t", {{"retention.ms", AlterOp::kSet, "7000"}, {"cleanup.policy", AlterOp::kAppend, "compact"}},
                        Mode::kApply)
                    .ok());
        QCOMPARE(fixture.noted("t", 1).options.log.retentionMs, std::int64_t{7000});
        QVERIFY(fixture.noted("t", 1).options.log.compacts);
        QVERIFY(fixture.noted("t", 1).options.log.deletes);
        QCOMPARE(fixture.find("t")->config->retentionMs, std::int64_t{7000});
        QVERIFY(before->overrides.empty());
        const auto described = *fixture.registry().describeTopicConfig("t");
        QVERIFY(lineOf(described, "retention.ms")->source == config::ConfigSource::kDynamicTopic);
        QVERIFY(codeOf(fixture.registry().alterTopic("t", {{"retention.ms", AlterOp::kSet, "x"}}, Mode::kApply)) ==
                TopicErrc::kInvalidConfig);
        QCOMPARE(fixture.find("t")->config->retentionMs, std::int64_t{7000});
        QVERIFY(fixture.registry().replaceTopicConfig("t", {{"segment.bytes", "2000000"}}, Mode::kApply).ok());
        QCOMPARE(fixture.find("t")->config->retentionMs, std::int64_t{604'800'000});
        QCOMPARE(fixture.noted("t", 0).options.log.segmentBytes, std::int64_t{2'000'000});
        QVERIFY(codeOf(fixture.registry().alterTopic("u", {}, Mode::kApply)) == TopicErrc::kUnknownTopic);
        fixture.restart();
        QCOMPARE(fixture.find("t")->config->segmentBytes, 2'000'000);
    }
    void brokerSettingsReachTopicsThatDoNotOverrideThem() {
        RegistryFixture fixture(config::ConfigMap{{"log.retention.hours", "1"}});
        fixture.make("plain");
        fixture.make("own", 1, {{"retention.ms", "5000"}});
        QCOMPARE(fixture.noted("plain").options.log.retentionMs, std::int64_t{3'600'000});
        std::vector<std::int64_t> told;
        TopicRegistry::Observer observer;
        observer.brokerConfigChanged = [&](const config::BrokerConfig& config) { told.push_back(config.undoMs); };
        fixture.registry().observe(observer);
        using catalog::ConfigScope;
        using config::AlterOp;
        QVERIFY(fixture.registry()
                    .alterBroker(ConfigScope::kBrokerDefault,
                                 {{"log.retention.ms", AlterOp::kSet, "9000"}, {"weir.undo.ms", AlterOp::kSet, "77"}},
                                 Mode::kApply)
                    .ok());
        QCOMPARE(told, (std::vector<std::int64_t>{77}));
        QCOMPARE(fixture.noted("plain").options.log.retentionMs, std::int64_t{9000});
        QCOMPARE(fixture.noted("own").options.log.retentionMs, std::int64_t{5000});
        QVERIFY(codeOf(fixture.registry().alterBroker(
                    ConfigScope::kBroker, {{"listeners", AlterOp::kSet, "PLAINTEXT://:1"}}, Mode::kApply)) ==
                TopicErrc::kInvalidRequest);
        fixture.restart();
        QCOMPARE(fixture.noted("plain").options.log.retentionMs, std::int64_t{9000});
        const auto described = *fixture.registry().describeTopicConfig("plain");
        QVERIFY(lineOf(described, "retention.ms")->source == config::ConfigSource::kDynamicDefaultBroker);
        QVERIFY(
            fixture.registry()
                .alterBroker(ConfigScope::kBrokerDefault, {{"log.retention.ms", AlterOp::kDelete, {}}}, Mode::kApply)
                .ok());
        QCOMPARE(fixture.noted("plain").options.log.retentionMs, std::int64_t{3'600'000});
    }
    void durabilityReachesThePartitions() {
        RegistryFixture fixture(
            config::ConfigMap{{"weir.durability", "interval"}, {"weir.durability.interval.ms", "250"}});
        fixture.make("t");
        QVERIFY(fixture.noted("t").options.log.flushPolicy == storage::FlushPolicy::kInterval);
        QCOMPARE(fixture.noted("t").options.log.flushMs, std::int64_t{250});
    }
    void nothingChangesAfterTheStop() {
        RegistryFixture fixture;
        fixture.make("t");
        const TopicPtr topic = fixture.find("t");
        QVERIFY(fixture.registry().close().ok());
        QVERIFY(NotedPartitions::noted(*topic->partition(PartitionId(0))).closed);
        QVERIFY(codeOf(fixture.registry().create({{"u", 1, -1, {}}}, Mode::kApply).front()) == TopicErrc::kStopped);
        QVERIFY(codeOf(fixture.registry().remove("t")) == TopicErrc::kStopped);
        QVERIFY(fixture.registry().close().ok());
    }
    void readersSeeWholeTopicsWhileOthersAreMadeAndDeleted() {
        RegistryFixture fixture;
        fixture.make("steady", 3);
        std::atomic<bool> stop{false};
        std::atomic<int> broken{0};
        std::vector<std::thread> readers;
        for (int i = 0; i < 2; ++i) {
            readers.emplace_back([&] {
                while (!stop) {
                    const auto snapshot = fixture.registry().snapshot();
                    broken += snapshot->partition("steady", PartitionId(2)) ? 0 : 1;
                    if (const TopicPtr topic = snapshot->byName("coming")) {
                        broken += topic->partitions.size() == 2 && topic->partition(PartitionId(1)) ? 0 : 1;
                        broken += snapshot->byId(topic->id) == topic ? 0 : 1;
                    }
                }
            });
        }
        for (int i = 0; i < 20; ++i) {
            fixture.make("coming", 2);
            QVERIFY(fixture.registry().remove("coming").ok());
        }
        stop = true;
        for (std::thread& reader : readers) {
            reader.join();
        }
        QCOMPARE(broken.load(), 0);
    }
    void manyTopicsAreMadeInOneGoAndFoundAgain() {
        RegistryFixture fixture;
        std::vector<NewTopic> topics;
        for (int i = 0; i < 300; ++i) {
            topics.push_back({"topic-" + std::to_string(i), 1, 1, {}});
        }
        QElapsedTimer timer;
        timer.start();
        for (const auto& result : fixture.registry().create(topics, Mode::kApply)) {
            QVERIFY(result.ok());
        }
        const qint64 made = timer.restart();
        for (int i = 0; i < 50; ++i) {
            fixture.make("single-" + std::to_string(i));
        }
        const qint64 single = timer.restart();
        QVERIFY(fixture.registry().close().ok());
        const qint64 closed = timer.elapsed();
        fixture.stop();
        timer.restart();
        fixture.start();
        const qint64 opened = timer.restart();
        for (int i = 0; i < 100'000; ++i) {
            QVERIFY(fixture.registry().snapshot()->byName("topic-150") != nullptr);
        }
        qInfo() << "300 topics made in" << made << "ms at once," << single << "ms for 50 one by one; stop" << closed
                << "ms, start of 350" << opened << "ms; a look-up" << timer.nsecsElapsed() / 100'000 << "ns";
        QCOMPARE(fixture.registry().snapshot()->topics().size(), std::size_t{350});
    }
};

QTEST_APPLESS_MAIN(TstTopicRegistry)
#include "tst_topic_registry.moc"
