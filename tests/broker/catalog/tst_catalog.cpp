// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <atomic>
#include <set>
#include <thread>

#include "tests/broker/catalog/catalog_fixture.h"

using namespace weir;
using namespace weir::catalog;

class TstCatalog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingIsThereAfterAStart() {
        CatalogFixture fixture;
        const TopicRow orders = topicRow(fixture.random(), "orders", 3, {{"retention.ms", "1000"}});
        std::string clusterId;
        {
            auto catalog = fixture.open();
            QVERIFY(catalog->report().isNew);
            clusterId = catalog->clusterId();
            QCOMPARE(clusterId.size(), std::size_t{22});
            QVERIFY(catalog->createTopics({orders, topicRow(fixture.random(), "alpha")}).ok());
            QVERIFY(catalog->setPartitions(orders.id, 5).ok());
            QVERIFY(catalog->setTopicConfigs(orders.id, {{"segment.bytes", "2000000"}}).ok());
            QVERIFY(catalog->setBrokerSettings(ConfigScope::kBroker, {{"log.retention.ms", "1"}}).ok());
            QVERIFY(catalog->setBrokerSettings(ConfigScope::kBrokerDefault, {{"log.retention.ms", "2"}}).ok());
            QVERIFY(catalog->setGroupSettings("g", {{"consumer.session.timeout.ms", "50000"}}).ok());
            GroupBatch batch = commitOf("g", offsetRow("orders", 2, 17));
            batch.putOffsets.push_back(offsetRow("orders", 1, 18));
            batch.putRecord = toBytes("record");
            QVERIFY(writeGroup(*catalog, std::move(batch)).ok());
            QVERIFY(catalog->close().ok());
        }
        auto catalog = fixture.open();
        QVERIFY(!catalog->report().isNew);
        QCOMPARE(catalog->clusterId(), clusterId);
        const auto topics = *catalog->topics();
        QCOMPARE(topics.size(), std::size_t{2});
        QCOMPARE(topics[0].name, std::string("alpha"));
        TopicRow expected = orders;
        expected.partitions = 5;
        expected.configs = {{"segment.bytes", "2000000"}};
        QCOMPARE(topics[1], expected);
        QCOMPARE(catalog->brokerSettings()->broker.at("log.retention.ms"), std::string("1"));
        QCOMPARE(catalog->brokerSettings()->brokerDefault.at("log.retention.ms"), std::string("2"));
        QCOMPARE(catalog->groupSettings()->at("g").size(), std::size_t{1});
        const auto groups = *catalog->groups();
        QCOMPARE(groups.size(), std::size_t{1});
        QCOMPARE(groups[0].record, std::optional(toBytes("record")));
        QCOMPARE(groups[0].offsets.size(), std::size_t{2});
        const CommittedOffset& committed = groups[0].offsets[1].committed;
        QCOMPARE(committed.partition, (TopicPartition{"orders", PartitionId(2)}));
        QCOMPARE(committed.offset, Offset(17));
        QCOMPARE(committed.leaderEpoch, LeaderEpoch(3));
        QCOMPARE(committed.metadata, std::string("note"));
        QCOMPARE(committed.committedAt, Timestamp(77));
        QCOMPARE(groups[0].offsets[1].expireAt, kNoTimestamp);
    }
    void twoTopicsOfOneNameAreRefusedWhole() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        QVERIFY(catalog->createTopics({topicRow(fixture.random(), "a")}).ok());
        const auto result = catalog->createTopics({topicRow(fixture.random(), "b"), topicRow(fixture.random(), "a")});
        QVERIFY(!result.ok());
        QVERIFY(result.error().code == CatalogErrc::kConflict);
        QCOMPARE(catalog->topics()->size(), std::size_t{1});
    }
    void aDeletedTopicLeavesNothingBehindForItsNamesake() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        const TopicRow first = topicRow(fixture.random(), "t", 2, {{"retention.ms", "5"}});
        QVERIFY(catalog->createTopics({first}).ok());
        QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("t", 0, 9))).ok());
        QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("other", 0, 1))).ok());
        QVERIFY(catalog->deleteTopic({first, Timestamp(50), Timestamp(100), {Offset(3), Offset(4)}}).ok());
        QVERIFY(catalog->deleteTopic({first, Timestamp(50), Timestamp(100), {}}).error().code ==
                CatalogErrc::kNotFound);
        QVERIFY(catalog->createTopics({topicRow(fixture.random(), "t")}).ok());
        QCOMPARE(catalog->topics()->at(0).configs, Settings{});
        QCOMPARE(catalog->groups()->at(0).offsets.size(), std::size_t{1});
        QCOMPARE(catalog->groups()->at(0).offsets[0].committed.partition.topic, std::string("other"));
        QVERIFY(catalog->undeleteTopic(first.id).error().code == CatalogErrc::kConflict);
        const auto deleted = *catalog->deletedTopics();
        QCOMPARE(deleted.size(), std::size_t{1});
        QCOMPARE(deleted[0].topic, first);
        QCOMPARE(deleted[0].keepUntil, Timestamp(100));
        QCOMPARE(deleted[0].logStarts, (std::vector<Offset>{Offset(3), Offset(4)}));
    }
    void anUndeletedTopicComesBackWithSettingsAndCommits() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        const TopicRow topic = topicRow(fixture.random(), "t", 2, {{"retention.ms", "5"}});
        QVERIFY(catalog->createTopics({topic}).ok());
        QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("t", 1, 9))).ok());
        QVERIFY(catalog->deleteTopic({topic, Timestamp(50), Timestamp(100), {Offset(3), Offset(4)}}).ok());
        QCOMPARE(catalog->topics()->size(), std::size_t{0});
        const auto back = catalog->undeleteTopic(topic.id);
        QVERIFY(back.ok());
        QCOMPARE(back->offsets.size(), std::size_t{1});
        QCOMPARE(back->offsets[0].groupId, std::string("g"));
        QCOMPARE(back->offsets[0].offset.committed.offset, Offset(9));
        QCOMPARE(catalog->topics()->at(0), topic);
        QCOMPARE(catalog->deletedTopics()->size(), std::size_t{0});
        QVERIFY(catalog->undeleteTopic(topic.id).error().code == CatalogErrc::kNotFound);
    }
    void aForgottenDeletionCannotBeUndone() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        const TopicRow topic = topicRow(fixture.random(), "t", 1, {{"retention.ms", "5"}});
        QVERIFY(catalog->createTopics({topic}).ok());
        QVERIFY(catalog->deleteTopic({topic, Timestamp(50), Timestamp(100), {Offset(0)}}).ok());
        QVERIFY(catalog->forgetDeletedTopic(topic.id).ok());
        QVERIFY(catalog->undeleteTopic(topic.id).error().code == CatalogErrc::kNotFound);
        QVERIFY(catalog->createTopics({topic}).ok());
    }
    void aGroupBatchReplacesRemovesAndPutsInOneGo() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        GroupBatch batch = commitOf("g", offsetRow("a", 0, 1));
        batch.putOffsets.push_back(offsetRow("b", 0, 2));
        batch.putRecord = toBytes("one");
        QVERIFY(writeGroup(*catalog, std::move(batch)).ok());
        GroupBatch second = commitOf("g", offsetRow("b", 0, 3));
        second.removeOffsets = {{"a", PartitionId(0)}};
        QVERIFY(writeGroup(*catalog, std::move(second)).ok());
        QCOMPARE(catalog->groups()->at(0).offsets.size(), std::size_t{1});
        QCOMPARE(catalog->groups()->at(0).offsets[0].committed.offset, Offset(3));
        QCOMPARE(catalog->groups()->at(0).record, std::optional(toBytes("one")));
        GroupBatch third = commitOf("g", offsetRow("c", 0, 4));
        third.removeGroup = true;
        QVERIFY(writeGroup(*catalog, std::move(third)).ok());
        QCOMPARE(catalog->groups()->at(0).record, std::nullopt);
        QCOMPARE(catalog->groups()->at(0).offsets.size(), std::size_t{1});
        QCOMPARE(catalog->groups()->at(0).offsets[0].committed.partition.topic, std::string("c"));
    }
    void hostileNamesAndTextsAreStoredAsTheyAre() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        const std::string hostile("g'; DROP TABLE offsets;--\0\n\xff", 28);
        OffsetRow row = offsetRow("t", 0, 1);
        row.committed.metadata = hostile;
        QVERIFY(writeGroup(*catalog, commitOf(hostile, row)).ok());
        const auto groups = *catalog->groups();
        QCOMPARE(groups.at(0).groupId, hostile);
        QCOMPARE(groups.at(0).offsets.at(0).committed.metadata, hostile);
    }
    void producerIdsAreNeverGivenTwice() {
        CatalogFixture fixture;
        std::set<std::int64_t> seen;
        const auto take = [&](Catalog& catalog, std::int32_t count) {
            const ProducerId first = *catalog.allocateProducerIds(count);
            for (std::int64_t id = first.value; id < first.value + count; ++id) {
                QVERIFY(seen.insert(id).second);
            }
        };
        auto catalog = fixture.open();
        take(*catalog, 1000);
        take(*catalog, 1);
        QVERIFY(catalog->close().ok());
        catalog.reset();
        catalog = fixture.open();
        take(*catalog, 1000);
        catalog.reset();  // Not closed: what was given may not have reached the disk.
        catalog = fixture.open();
        const ProducerId after = *catalog->allocateProducerIds(1);
        QVERIFY(after.value > *seen.rbegin() + 1000);
    }
    void manyCommitsShareFewTransactions() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        constexpr int kThreads = 4;
        constexpr int kCommits = 5000;
        std::atomic<int> answered{0};
        std::atomic<int> failed{0};
        QElapsedTimer timer;
        timer.start();
        const auto before = catalog->transactions();
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < kCommits; ++i) {
                    catalog->writeGroup(commitOf("group-" + std::to_string(t), offsetRow("topic", i % 50, i)),
                                        [&](CatalogResult<void> result) {
                                            failed += result.ok() ? 0 : 1;
                                            ++answered;
                                        });
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QVERIFY(catalog->flush().ok());  // Comes after all of them.
        const qint64 elapsed = timer.elapsed();
        QCOMPARE(answered.load(), kThreads * kCommits);
        QCOMPARE(failed.load(), 0);
        const auto transactions = catalog->transactions() - before;
        qInfo() << kThreads * kCommits << "commits in" << elapsed << "ms and" << transactions << "transactions";
        QVERIFY(transactions < kThreads * kCommits / 10);
        const auto groups = *catalog->groups();
        QCOMPARE(groups.size(), std::size_t{kThreads});
        for (const GroupRow& group : groups) {
            for (const OffsetRow& row : group.offsets) {
                QCOMPARE(row.committed.offset.value, kCommits - 50 + row.committed.partition.partition.value);
            }
        }
    }
    void answersComeInTheOrderOfTheCalls() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        std::vector<int> order;
        for (int i = 0; i < 500; ++i) {
            catalog->writeGroup(commitOf("g", offsetRow("t", 0, i)),
                                [&order, i](CatalogResult<void>) { order.push_back(i); });
        }
        QVERIFY(catalog->flush().ok());
        QCOMPARE(order.size(), std::size_t{500});
        QVERIFY(std::is_sorted(order.begin(), order.end()));
    }
    void everyCallerIsAnsweredWhenTheCatalogCloses() {
        CatalogFixture fixture;
        auto catalog = fixture.open();
        int committed = 0;
        for (int i = 0; i < 200; ++i) {
            catalog->writeGroup(commitOf("g", offsetRow("t", i, i)),
                                [&](CatalogResult<void> result) { committed += result.ok() ? 1 : 0; });
        }
        QVERIFY(catalog->close().ok());
        QCOMPARE(committed, 200);
        const auto late = writeGroup(*catalog, commitOf("g", offsetRow("t", 0, 0)));
        QVERIFY(late.error().code == CatalogErrc::kStopped);
        QVERIFY(catalog->topics().error().code == CatalogErrc::kStopped);
        catalog.reset();
        QCOMPARE(fixture.open()->groups()->at(0).offsets.size(), std::size_t{200});
    }
};

QTEST_APPLESS_MAIN(TstCatalog)
#include "tst_catalog.moc"
