// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <future>

#include "broker/catalog/catalog.h"
#include "broker/groups/store/catalog_group_store.h"
#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

/// A coordinator over a real catalog in a folder that outlives it.
class Broker {
public:
    explicit Broker(const QTemporaryDir& folder) {
        catalog::CatalogOptions options;
        options.folder = folder.path().toStdString();
        auto opened = catalog::Catalog::open(options, m_clock, m_random, Logger());
        WEIR_ASSERT(opened.ok());
        m_catalog = std::move(opened).value();
        m_store = std::make_unique<CatalogGroupStore>(*m_catalog);
        GroupOptions groupOptions;
        groupOptions.initialRebalanceDelay = 0ms;
        manager = std::make_unique<GroupManager>(
            groupOptions, GroupManager::Environment{m_clock, m_random, m_timers, *m_store, m_topics, Logger()});
        manager->start([](const StoreStatus& status) { WEIR_ASSERT(status.ok()); });
    }
    ~Broker() {
        manager->stop();
        WEIR_ASSERT(m_catalog->close().ok());
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
    ManualClock m_clock;
    ManualTimers m_timers{m_clock};
    SystemRandom m_random;
    FakeTopics m_topics;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<CatalogGroupStore> m_store;
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
