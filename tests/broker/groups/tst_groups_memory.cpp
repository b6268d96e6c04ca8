// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that ends in the middle of a join: the request is lost with its client, the group goes on.
#include <QTest>

#include <new>

#include "tests/broker/groups/hooked_world.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

struct ScarceWorld : HookedWorld {
    ScarceWorld() {
        topics.put("orders", 4);
        startHooked();
        first.instanceId = "if";
        WEIR_ASSERT(first.beat() == GroupErrc::kNone);
    }
    /// Memory ends when the group looks its topics up; whether that was noticed.
    template <class F>
    bool isLost(F request) {
        hookedTopics.hook.next = [] { throw std::bad_alloc(); };
        try {
            request();
        } catch (const std::bad_alloc&) {
            return true;
        }
        return false;
    }
    NewConsumer first{*this, "g", "first"};
};

}  // namespace

class TstGroupsMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLostJoinIsAsNewWhenItIsAskedAgain() {
        ScarceWorld world;
        NewConsumer second(world, "g", "second");
        QVERIFY(world.isLost([&] { (void)second.send(second.request()); }));
        converge({&world.first, &second});
        QCOMPARE(world.first.partitionsOf("orders").size(), std::size_t{2});
        QCOMPARE(second.partitionsOf("orders").size(), std::size_t{2});
    }
    void aLostJoinGoesWithItsSession() {
        ScarceWorld world;
        NewConsumer second(world, "g", "second");
        QVERIFY(world.isLost([&] { (void)second.send(second.request()); }));
        const auto described = world.manager->describeConsumerGroup("g");
        QCOMPARE(described.members.size(), std::size_t{2});
        QVERIFY(described.members.at(1).target.empty());
        QCOMPARE(world.first.leave(kStaticLeaveEpoch), GroupErrc::kNone);  // which stores what there is
        world.first.restart();
        QCOMPARE(world.first.beat(), GroupErrc::kNone);
        world.advance(44s);
        QCOMPARE(world.first.beat(), GroupErrc::kNone);
        world.advance(1s);
        QCOMPARE(world.first.beat(), GroupErrc::kNone);
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{1});
        QCOMPARE(world.first.partitionsOf("orders").size(), std::size_t{4});
    }
    void aLostStaticClassicJoinIsTakenOverByTheNextTry() {
        ScarceWorld world;
        Consumer classic(world, "g", "c");
        classic.instanceId = "ic";
        QVERIFY(world.isLost([&] { (void)world.join(classic.joinRequest()); }));
        classic.join();
        QVERIFY(classic.joined());
        classic.sync();
        QCOMPARE(classic.syncAnswer->error, GroupErrc::kNone);
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{2});
        converge({&world.first});
        QCOMPARE(classic.beat(), GroupErrc::kRebalanceInProgress);  // there are partitions for it now
        classic.join();
        QVERIFY(classic.joined());
        classic.sync();
        QCOMPARE(parseAssignment(classic.syncAnswer->assignment)->partitions.size(), std::size_t{2});
    }
};

QTEST_APPLESS_MAIN(TstGroupsMemory)
#include "tst_groups_memory.moc"
