// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>

#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

/// A cooperative consumer of the classic protocol. As a leader it deals the partitions of "orders" in turn, taking
/// nothing from anybody that is to keep something.
class OldConsumer {
public:
    OldConsumer(World& world, const std::string& name, int partitions)
        : consumer(world, "g", name), m_partitions(partitions) {
        consumer.owned.emplace();
    }

    Consumer consumer;
    bool isMember = false;

    [[nodiscard]] std::vector<TopicPartition>& owned() { return *consumer.owned; }
    void step() {
        if (m_joining) {
            pollJoin();
        } else if (m_syncing) {
            pollSync();
        } else if (!isMember) {
            startJoin();
        } else if (const auto error = consumer.beat(); error != GroupErrc::kNone) {
            if (error != GroupErrc::kRebalanceInProgress) {
                forget();
            }
            startJoin();
        }
    }
    GroupErrc leave() {
        const auto error = consumer.leave();
        forget();
        return error;
    }
    void forget() {
        consumer.id.clear();
        owned().clear();
        isMember = m_joining = m_syncing = false;
    }

private:
    void startJoin() {
        consumer.join();
        m_joining = true;
        pollJoin();
    }
    void pollJoin() {
        if (!consumer.joinAnswer.here()) {
            return;
        }
        m_joining = false;
        if (!consumer.joined()) {
            if (consumer.joinAnswer->error != GroupErrc::kRebalanceInProgress) {
                forget();
            }
            isMember = false;
            return;
        }
        std::map<std::string, std::string> assignments;
        if (consumer.isLeader()) {
            const auto& members = consumer.joinAnswer->members;
            std::map<std::string, ConsumerAssignment> shares;
            std::set<int> held;
            for (const auto& member : members) {
                const auto subscription = parseSubscription(member.metadata);
                for (const auto& partition : subscription->owned) {
                    held.insert(partition.partition.value);
                    shares[member.memberId].partitions.push_back(partition);
                }
            }
            for (int p = 0; p < m_partitions; ++p) {
                if (!held.contains(p)) {
                    const auto& member = members[static_cast<std::size_t>(p) % members.size()];
                    shares[member.memberId].partitions.push_back({"orders", PartitionId(p)});
                }
            }
            for (const auto& [id, share] : shares) {
                assignments[id] = std::string(asText(writeAssignment(share)));
            }
        }
        consumer.sync(std::move(assignments));
        m_syncing = true;
        pollSync();
    }
    void pollSync() {
        if (!consumer.syncAnswer.here()) {
            return;
        }
        m_syncing = false;
        isMember = consumer.syncAnswer->error == GroupErrc::kNone;
        if (isMember) {
            const auto assignment = parseAssignment(consumer.syncAnswer->assignment);
            owned() = assignment ? assignment->partitions : std::vector<TopicPartition>{};
        } else if (consumer.syncAnswer->error == GroupErrc::kUnknownMemberId) {
            forget();
        }
    }

    int m_partitions;
    bool m_joining = false;
    bool m_syncing = false;
};

bool noneIsShared(const std::vector<OldConsumer*>& old, const std::vector<NewConsumer*>& modern) {
    std::set<int> taken;
    for (auto* each : old) {
        for (const auto& partition : each->owned()) {
            if (!taken.insert(partition.partition.value).second) {
                return false;
            }
        }
    }
    for (const auto* each : modern) {
        for (const int partition : each->partitionsOf("orders")) {
            if (!taken.insert(partition).second) {
                return false;
            }
        }
    }
    return true;
}

std::size_t totalOwned(const std::vector<OldConsumer*>& old, const std::vector<NewConsumer*>& modern) {
    std::size_t total = 0;
    for (auto* each : old) {
        total += each->owned().size();
    }
    for (const auto* each : modern) {
        total += each->partitionsOf("orders").size();
    }
    return total;
}

void settleDown(World& world, const std::vector<OldConsumer*>& old, const std::vector<NewConsumer*>& modern) {
    for (int round = 0; round < 30; ++round) {
        for (auto* each : old) {
            each->step();
        }
        for (auto* each : modern) {
            if (each->beat() != GroupErrc::kNone) {
                each->restart();
            }
        }
        world.advance(1s);
    }
}

}  // namespace

class TstGroupsMigration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void classicGroupIsTakenOverWhileItsMembersLive() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        OldConsumer b(world, "b", 6);
        settleDown(world, {&a, &b}, {});
        QCOMPARE(totalOwned({&a, &b}, {}), 6U);
        QCOMPARE(onlyError(*a.consumer.commit({"orders", PartitionId(0)}, 3)), GroupErrc::kNone);

        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(world.view("g")->type, GroupType::kConsumer);
        QVERIFY(c.owned.empty());  // everything is still held
        QCOMPARE(a.consumer.beat(), GroupErrc::kRebalanceInProgress);
        for (int round = 0; round < 20; ++round) {
            a.step();
            QVERIFY(noneIsShared({&a, &b}, {&c}));
            b.step();
            QVERIFY(noneIsShared({&a, &b}, {&c}));
            QCOMPARE(c.beat(), GroupErrc::kNone);
            QVERIFY(noneIsShared({&a, &b}, {&c}));
            world.advance(1s);
        }
        QCOMPARE(a.owned().size(), 2U);
        QCOMPARE(b.owned().size(), 2U);
        QCOMPARE(c.partitionsOf("orders").size(), 2U);
        QCOMPARE(a.consumer.beat(), GroupErrc::kNone);
        QCOMPARE(onlyError(*a.consumer.commit({"orders", PartitionId(0)}, 4)), GroupErrc::kNone);
        QCOMPARE(world.fetched("g", {"orders", PartitionId(0)})->offset, Offset(4));
        const auto described = world.manager->describeConsumerGroup("g");
        QCOMPARE(std::ranges::count_if(described.members, [](const auto& m) { return m.usesClassicProtocol; }), 2);
    }
    void groupTurnsBackWhenTheLastNewMemberLeaves() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        NewConsumer c(world, "g", "c");
        settleDown(world, {&a}, {});
        settleDown(world, {&a}, {&c});
        QCOMPARE(totalOwned({&a}, {&c}), 6U);
        const auto epoch = c.epoch;
        QCOMPARE(c.leave(), GroupErrc::kNone);
        QCOMPARE(world.view("g")->type, GroupType::kClassic);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        settleDown(world, {&a}, {});
        QCOMPARE(a.owned().size(), 6U);
        QCOMPARE(world.state("g"), GroupState::kStable);
        QVERIFY(a.consumer.generation.value > epoch);
        world.restart();
        QCOMPARE(a.consumer.beat(), GroupErrc::kNone);
    }
    void groupTurnsBackWhenTheLastNewMemberDies() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        NewConsumer c(world, "g", "c");
        settleDown(world, {&a}, {});
        settleDown(world, {&a}, {&c});
        settleDown(world, {&a}, {});
        settleDown(world, {&a}, {});
        QCOMPARE(world.view("g")->type, GroupType::kClassic);
        QCOMPARE(a.owned().size(), 6U);
    }
    void classicMemberJoinsAConsumerGroup() {
        World world;
        world.topics.put("orders", 6);
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kNone);
        OldConsumer a(world, "a", 6);
        a.step();
        QVERIFY(a.isMember);  // nobody waits for anybody
        QVERIFY(a.owned().empty());
        settleDown(world, {&a}, {&c});
        QCOMPARE(a.owned().size(), 3U);
        QVERIFY(noneIsShared({&a}, {&c}));
        QVERIFY(!a.consumer.isLeader());
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(c.partitionsOf("orders").size(), 6U);
    }
    void classicMemberThatDoesNotComeBackIsRemoved() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        a.consumer.rebalanceTimeout = 20s;
        settleDown(world, {&a}, {});
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kNone);
        for (int i = 0; i < 4; ++i) {
            QCOMPARE(a.consumer.beat(), GroupErrc::kRebalanceInProgress);
            world.advance(5s);
        }
        QCOMPARE(a.consumer.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(c.partitionsOf("orders").size(), 6U);
    }
    void classicMemberThatNeverSyncsIsRemoved() {
        World world;
        world.topics.put("orders", 6);
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kNone);
        Consumer a(world, "g", "a");
        a.sessionTimeout = 60s;
        a.rebalanceTimeout = 20s;
        a.join();
        QVERIFY(a.joined());
        world.advance(20s);
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
    }
    void staticMemberMovesToTheNewProtocol() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        OldConsumer b(world, "b", 6);
        a.consumer.instanceId = "ia";
        b.consumer.instanceId = "ib";
        settleDown(world, {&a, &b}, {});
        const auto before = a.owned().size();
        NewConsumer again(world, "g", "a-new");
        again.instanceId = "ia";  // its old process stopped without a word, as classic static members do
        QCOMPARE(again.beat(), GroupErrc::kNone);
        QCOMPARE(again.partitionsOf("orders").size(), before);
        QCOMPARE(a.consumer.beat(), GroupErrc::kFencedInstanceId);
        QVERIFY(noneIsShared({&b}, {&again}));
        settleDown(world, {&b}, {&again});
        QCOMPARE(totalOwned({&b}, {&again}), 6U);
    }
    void groupOfAnotherKindIsNotTakenOver() {
        World world;
        Consumer worker(world, "g", "w");
        auto request = worker.joinRequest();
        request.apiVersion = 3;
        request.protocolType = "connect";
        const auto joined = world.join(request);
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kGroupIdNotFound);
        world.advance(3s);
        QCOMPARE(joined->error, GroupErrc::kNone);
        QCOMPARE(*joined->protocolType, std::string("connect"));
    }
    void groupIsNotTakenOverWhereTheBrokerDoesNotDoThat() {
        for (const auto policy : {config::MigrationPolicy::kDisabled, config::MigrationPolicy::kDowngrade}) {
            World world;
            world.options.broker.migration = policy;
            world.restart();
            Consumer a(world, "g", "a");
            settle(world, {&a});
            NewConsumer c(world, "g", "c");
            QCOMPARE(c.beat(), GroupErrc::kGroupIdNotFound);
            QCOMPARE(a.beat(), GroupErrc::kNone);
            QCOMPARE(a.leave(), GroupErrc::kNone);
            QCOMPARE(c.beat(), GroupErrc::kNone);  // an empty one is anybody's
        }
    }
    void groupThatIsFullIsNotTakenOver() {
        World world;
        world.options.broker.consumerMaxSize = 1;
        world.restart();
        Consumer a(world, "g", "a");
        settle(world, {&a});
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kGroupIdNotFound);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(world.view("g")->type, GroupType::kClassic);
    }
    void memberOfANewGroupIsNoneOfAClassicOne() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        NewConsumer c(world, "g", "c");
        c.epoch = 3;
        QCOMPARE(c.beat(), GroupErrc::kGroupIdNotFound);
        QCOMPARE(world.manager->describeConsumerGroup("g").errorMessage,
                 std::string("Group g is not a consumer group."));
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void parkedRequestsOfTheClassicGroupAreAnswered() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        a.step();
        QVERIFY(!a.consumer.joinAnswer.here());
        NewConsumer c(world, "g", "c");
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(a.consumer.joinAnswer->error, GroupErrc::kRebalanceInProgress);
        settleDown(world, {&a}, {&c});
        QCOMPARE(totalOwned({&a}, {&c}), 6U);
        QVERIFY(noneIsShared({&a}, {&c}));
    }
    void mixedGroupSurvivesARestart() {
        World world;
        world.topics.put("orders", 6);
        OldConsumer a(world, "a", 6);
        NewConsumer c(world, "g", "c");
        settleDown(world, {&a}, {});
        settleDown(world, {&a}, {&c});
        const auto owned = a.owned();
        world.restart();
        settleDown(world, {&a}, {&c});
        QCOMPARE(a.owned(), owned);
        QCOMPARE(world.view("g")->type, GroupType::kConsumer);
    }
    void mixedGroupsThatChurnNeverShareAPartition_data() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 15; ++seed) {
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
        }
    }
    void mixedGroupsThatChurnNeverShareAPartition() {
        QFETCH(quint64, seed);
        constexpr int kPartitions = 17;
        SeededRandom random(seed);
        World world;
        world.topics.put("orders", kPartitions);
        std::vector<OldConsumer> old;
        std::vector<NewConsumer> modern;
        for (int i = 0; i < 4; ++i) {
            old.emplace_back(world, "o" + std::to_string(i), kPartitions);
            modern.emplace_back(world, "g", "n" + std::to_string(i));
        }
        std::set<OldConsumer*> oldAlive;
        std::set<NewConsumer*> modernAlive;
        const auto check = [&] {
            return noneIsShared({oldAlive.begin(), oldAlive.end()}, {modernAlive.begin(), modernAlive.end()});
        };
        for (int round = 0; round < 800; ++round) {
            const auto index = random.next() % 4;
            switch (random.next() % 30) {
                case 0:
                    if (oldAlive.erase(&old[index]) > 0) {
                        (void)old[index].leave();
                    }
                    break;
                case 1:
                    if (modernAlive.erase(&modern[index]) > 0) {
                        (void)modern[index].leave();
                        modern[index].restart();
                    }
                    break;
                case 2:
                    oldAlive.insert(&old[index]);
                    break;
                case 3:
                    modernAlive.insert(&modern[index]);
                    break;
                default:
                    break;
            }
            for (auto* each : oldAlive) {
                each->step();
                QVERIFY(check());
            }
            for (auto* each : modernAlive) {
                if (each->beat() != GroupErrc::kNone) {
                    each->restart();
                }
                QVERIFY(check());
            }
            world.advance(std::chrono::milliseconds(random.next() % 1'500));
        }
        std::vector<OldConsumer*> allOld;
        std::vector<NewConsumer*> allModern;
        for (std::size_t i = 0; i < 4; ++i) {
            allOld.push_back(&old[i]);
            allModern.push_back(&modern[i]);
        }
        for (int i = 0; i < 4; ++i) {
            settleDown(world, allOld, allModern);
        }
        QVERIFY(noneIsShared(allOld, allModern));
        QCOMPARE(totalOwned(allOld, allModern), static_cast<std::size_t>(kPartitions));
    }
};

QTEST_APPLESS_MAIN(TstGroupsMigration)
#include "tst_groups_migration.moc"
