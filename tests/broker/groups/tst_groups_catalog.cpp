// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <future>

#include "broker/catalog/catalog.h"
#include "broker/groups/store/catalog_group_store.h"
#include "broker/groups/store/catalog_share_store.h"
#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

/// A catalog by itself.
struct OpenCatalog {
    explicit OpenCatalog(const QTemporaryDir& folder) {
        catalog::CatalogOptions options;
        options.folder = folder.path().toStdString();
        auto opened = catalog::Catalog::open(options, clock, random, Logger());
        WEIR_ASSERT(opened.ok());
        catalog = std::move(opened).value();
    }
    ManualClock clock;
    SystemRandom random;
    std::unique_ptr<catalog::Catalog> catalog;
};

/// Waits for the answer to a write.
StoreStatus statusOf(const std::function<void(Completion<StoreStatus>)>& write) {
    std::promise<StoreStatus> promise;
    auto future = promise.get_future();
    write([promise = std::move(promise)](StoreStatus status) mutable { promise.set_value(std::move(status)); });
    return future.get();
}

/// A coordinator over a real catalog in a folder that outlives it.
class Broker {
public:
    explicit Broker(const QTemporaryDir& folder) : m_opened(folder) {
        GroupOptions groupOptions;
        groupOptions.initialRebalanceDelay = 0ms;
        manager = std::make_unique<GroupManager>(
            groupOptions,
            GroupManager::Environment{m_opened.clock, m_opened.random, m_timers, m_store, m_topics, Logger()});
        manager->start([](const StoreStatus& status) { WEIR_ASSERT(status.ok()); });
    }
    ~Broker() {
        manager->stop();
        WEIR_ASSERT(m_opened.catalog->close().ok());
    }

    template <class T>
    T await(const std::function<void(Completion<T>)>& ask) {
        std::promise<T> promise;
        auto future = promise.get_future();
        ask([promise = std::move(promise)](T value) mutable { promise.set_value(std::move(value)); });
        return future.get();
    }
    GroupErrc set(const std::string& groupId, const TopicPartition& partition, std::int64_t offset) {
        SetOffsetsRequest request;
        request.groupId = groupId;
        request.offsets = {{partition, Offset(offset), LeaderEpoch(2), "note"}};
        return await<GroupErrc>([&](auto done) { manager->setOffsets(request, std::move(done)); });
    }
    OffsetFetchResponse fetchAll(const std::string& groupId) {
        OffsetFetchRequest request;
        request.groupId = groupId;
        return manager->fetchOffsets(request);
    }

    std::unique_ptr<GroupManager> manager;

private:
    OpenCatalog m_opened;
    ManualTimers m_timers{m_opened.clock};
    FakeTopics m_topics;
    CatalogGroupStore m_store{*m_opened.catalog};
};

}  // namespace

class TstGroupsCatalog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void offsetsAndMembersSurviveARestart() {
        const QTemporaryDir folder;
        std::string memberId;
        {
            Broker broker(folder);
            QCOMPARE(broker.set("g", {"orders", PartitionId(3)}, 42), GroupErrc::kNone);
            JoinGroupRequest join;
            join.apiVersion = 3;
            join.groupId = "g";
            join.client = {"c", "/127.0.0.1"};
            join.sessionTimeout = 10s;
            join.protocolType = "consumer";
            join.protocols = {{"range", toBytes("meta")}};
            const auto joined =
                broker.await<JoinGroupResponse>([&](auto done) { broker.manager->joinGroup(join, std::move(done)); });
            memberId = joined.memberId;
            SyncGroupRequest sync;
            sync.groupId = "g";
            sync.memberId = memberId;
            sync.generation = joined.generation;
            sync.assignments = {{memberId, toBytes("mine")}};
            const auto synced =
                broker.await<SyncGroupResponse>([&](auto done) { broker.manager->syncGroup(sync, std::move(done)); });
            QCOMPARE(synced.error, GroupErrc::kNone);
        }
        Broker broker(folder);
        const auto offsets = broker.fetchAll("g");
        QCOMPARE(offsets.topics.at(0).partitions.at(0).offset, Offset(42));
        QCOMPARE(offsets.topics.at(0).partitions.at(0).leaderEpoch, LeaderEpoch(2));
        QCOMPARE(offsets.topics.at(0).partitions.at(0).metadata, std::string("note"));
        QCOMPARE(broker.manager->heartbeat({"g", GenerationId(1), memberId, std::nullopt}), GroupErrc::kNone);
        QCOMPARE(asText(broker.manager->describeGroup("g").members.at(0).assignment), std::string_view("mine"));
    }
    void deletedGroupStaysDeleted() {
        const QTemporaryDir folder;
        {
            Broker broker(folder);
            QCOMPARE(broker.set("g", {"orders", PartitionId(3)}, 42), GroupErrc::kNone);
            QCOMPARE(broker.await<GroupErrc>([&](auto done) { broker.manager->deleteGroup("g", std::move(done)); }),
                     GroupErrc::kNone);
        }
        Broker broker(folder);
        QVERIFY(broker.manager->listGroups({}).groups.empty());
    }
    void stagedOffsetsSurviveARestart() {
        const QTemporaryDir folder;
        const auto stage = [](Broker& broker, ProducerId producer, std::int32_t partition) {
            OffsetCommitRequest request;
            request.groupId = "g";
            request.topics = {{TopicId{}, "orders", {{PartitionId(partition), Offset(42), LeaderEpoch(2), "note"}}}};
            request.transaction = OffsetCommitRequest::InTransaction{producer, [] { return GroupErrc::kNone; }};
            return onlyError(broker.await<OffsetCommitResponse>(
                [&](auto done) { broker.manager->commitOffsets(request, std::move(done)); }));
        };
        const auto end = [](Broker& broker, ProducerId producer, bool isCommit) {
            return broker.await<bool>([&](auto done) {
                broker.manager->endStaged("g", {producer, isCommit}, std::move(done));
            });
        };
        {
            Broker broker(folder);
            QCOMPARE(stage(broker, ProducerId(1), 0), GroupErrc::kNone);
            QCOMPARE(stage(broker, ProducerId(2), 1), GroupErrc::kNone);
        }
        {
            Broker broker(folder);
            QVERIFY(broker.fetchAll("g").topics.empty());
            QVERIFY(end(broker, ProducerId(1), true));
            QVERIFY(end(broker, ProducerId(2), false));
        }
        Broker broker(folder);
        const auto offsets = broker.fetchAll("g");
        QCOMPARE(offsets.topics.size(), std::size_t{1});
        QCOMPARE(offsets.topics.at(0).partitions.size(), std::size_t{1});
        QCOMPARE(offsets.topics.at(0).partitions.at(0).partition, PartitionId(0));
        QCOMPARE(offsets.topics.at(0).partitions.at(0).offset, Offset(42));
        QCOMPARE(offsets.topics.at(0).partitions.at(0).metadata, std::string("note"));
    }
    void deliveriesSurviveARestartAndGoWithTheirTopic() {
        const QTemporaryDir folder;
        const TopicId other{{std::byte{7}}};
        {
            const OpenCatalog opened(folder);
            CatalogShareStore store(*opened.catalog);
            for (const auto& topic : {TopicId{}, other}) {
                QVERIFY(statusOf([&](auto done) {
                            store.write({"g", topic, PartitionId(3), Offset(10), toBytes("ranges")}, std::move(done));
                        }).ok());
            }
            QVERIFY(statusOf([&](auto done) { store.remove("g", {other}, std::move(done)); }).ok());
        }
        const OpenCatalog opened(folder);
        const auto states = CatalogShareStore(*opened.catalog).load();
        QVERIFY(states.ok());
        QCOMPARE(states->size(), std::size_t{1});
        const ShareState& state = states->front();
        QCOMPARE(state.groupId, std::string("g"));
        QCOMPARE(state.topicId, TopicId{});
        QCOMPARE(state.partition, PartitionId(3));
        QCOMPARE(state.start, Offset(10));
        QCOMPARE(asText(state.ranges), std::string_view("ranges"));
    }
    void aCatalogThatIsClosedIsAnErrorWithItsReason() {
        const QTemporaryDir folder;
        const OpenCatalog opened(folder);
        CatalogGroupStore groups(*opened.catalog);
        CatalogShareStore shares(*opened.catalog);
        QVERIFY(opened.catalog->close().ok());
        StoreBatch batch;
        batch.groupId = "g";
        batch.putRecord = toBytes("record");
        for (const StoreStatus& status :
             {statusOf([&](auto done) { groups.write(batch, std::move(done)); }), statusOf([&](auto done) {
                  shares.write({"g", {}, PartitionId(0), Offset(0), {}}, std::move(done));
              }),
              statusOf([&](auto done) { shares.remove("g", {}, std::move(done)); })}) {
            QVERIFY(!status.ok());
            QVERIFY(!status.error().message.empty());
        }
        Answer<GroupStore::Loaded> loaded;
        groups.load(loaded.expect());
        QVERIFY(!loaded->ok());
        QVERIFY(!shares.load().ok());
    }
    void commitsShareTransactions() {
        const QTemporaryDir folder;
        Broker broker(folder);
        constexpr int kCommits = 20'000;
        std::atomic<int> left{kCommits};
        std::promise<void> all;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < kCommits; ++i) {
            SetOffsetsRequest request;
            request.groupId = "g" + std::to_string(i % 100);
            request.offsets = {{{"orders", PartitionId(i % 12)}, Offset(i), kNoLeaderEpoch, ""}};
            broker.manager->setOffsets(std::move(request), [&](GroupErrc error) {
                WEIR_ASSERT(error == GroupErrc::kNone);
                if (--left == 0) {
                    all.set_value();
                }
            });
        }
        all.get_future().wait();
        qInfo("%d durable commits in %lld ms", kCommits, static_cast<long long>(timer.elapsed()));
        const auto offsets = broker.fetchAll("g19");
        std::int64_t latest = 0;
        for (const auto& partition : offsets.topics.at(0).partitions) {
            latest = std::max(latest, partition.offset.value);
        }
        QCOMPARE(latest, 19'919);
    }
};

QTEST_APPLESS_MAIN(TstGroupsCatalog)
#include "tst_groups_catalog.moc"
