// SPDX-License-Identifier: GPL-3.0-or-later
// What meets a deletion, a stop, a load or an alarm that is under way.
#include <QTest>

#include <thread>

#include "tests/broker/groups/hooked_world.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};

GroupErrc setTo(World& world, const std::string& groupId, std::int64_t offset) {
    return *world.setOffsets({groupId, {{kOrders0, Offset(offset), kNoLeaderEpoch, ""}}});
}

/// A group whose last member has left and whose deletion waits for the disk; its alarm is still armed.
struct DeletingWorld : World {
    DeletingWorld() {
        settle(*this, {&member});
        WEIR_ASSERT(onlyError(*member.commit(kOrders0, 5)) == GroupErrc::kNone);
        WEIR_ASSERT(member.leave() == GroupErrc::kNone);
        store.hold();
        deletion = deleteGroup("g");
        WEIR_ASSERT(!deletion.here());
    }
    Consumer member{*this, "g", "a"};
    Answer<GroupErrc> deletion;
};

/// Each group of its own, so that a quick one differs from the others.
class QuickSettings final : public GroupSettings {
public:
    [[nodiscard]] config::GroupConfig of(const std::string& groupId) const override {
        config::GroupConfig config;
        config.consumerSessionTimeout = groupId == "quick" ? 10s : 45s;
        return config;
    }
};

}  // namespace

class TstGroupsUnderway : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aGroupThatIsBeingDeletedIsNotThereForItsMembers() {
        DeletingWorld world;
        auto& member = world.member;
        QCOMPARE(member.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(member.leave(), GroupErrc::kUnknownMemberId);
        QCOMPARE(world.sync(member.syncRequest())->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(world.join(member.joinRequest())->error, GroupErrc::kUnknownMemberId);
        OffsetCommitRequest commit;
        commit.groupId = "g";
        commit.memberId = member.id;
        commit.generationOrEpoch = member.generation;
        commit.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(6), kNoLeaderEpoch, ""}}}};
        commit.apiVersion = 8;
        QCOMPARE(onlyError(*world.commit(commit)), GroupErrc::kIllegalGeneration);
        commit.apiVersion = 9;
        QCOMPARE(onlyError(*world.commit(commit)), GroupErrc::kGroupIdNotFound);
        NewConsumer modern(world, "g", "m");
        modern.epoch = 3;
        QCOMPARE(modern.beat(), GroupErrc::kGroupIdNotFound);
        world.store.release();
        QCOMPARE(*world.deletion, GroupErrc::kNone);
        QVERIFY(!world.store.has("g"));
    }
    void aGroupThatIsBeingDeletedIsNotThereForTools() {
        DeletingWorld world;
        QVERIFY(!world.fetched("g", kOrders0));
        OffsetFetchRequest all;
        all.groupId = "g";
        QCOMPARE(world.manager->fetchOffsets(all).error, GroupErrc::kNone);
        QVERIFY(world.manager->fetchOffsets(all).topics.empty());
        QCOMPARE(world.deleteOffsets({"g", {kOrders0}})->error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kGroupIdNotFound);
        QCOMPARE(world.manager->describeGroup("g").error, GroupErrc::kGroupIdNotFound);
        const auto described = world.manager->describeConsumerGroup("g");
        QCOMPARE(described.error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(described.errorMessage, std::string("Group g not found."));
        QVERIFY(world.manager->listGroups({}).groups.empty());
        QVERIFY(world.manager->snapshot().empty());
        world.manager->topicsChanged();
        world.manager->expireOffsets();
        world.advance(1min);  // the alarm of the member that was rings for nobody
        world.store.release();
        QCOMPARE(*world.deletion, GroupErrc::kNone);
    }
    void aDeletionThatCannotBeStoredIsNoDeletion() {
        World world;
        QCOMPARE(setTo(world, "g", 5), GroupErrc::kNone);
        world.store.setBroken(true);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kCoordinatorNotAvailable);
        world.store.setBroken(false);
        world.restart();
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(5));
    }
    void anOffsetWhoseRemovalMeetsADeletionStaysGone() {
        World world;
        QCOMPARE(setTo(world, "g", 5), GroupErrc::kNone);
        world.store.hold();
        const auto removal = world.deleteOffsets({"g", {kOrders0}});
        const auto deletion = world.deleteGroup("g");
        const auto commit = world.setOffsets({"g", {{kOrders0, Offset(7), kNoLeaderEpoch, ""}}});
        world.store.release();
        QCOMPARE(removal->error, GroupErrc::kNone);
        QCOMPARE(*deletion, GroupErrc::kNone);
        QCOMPARE(*commit, GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(7));
    }

    void aStopAnswersWhatTheStoreStillHas() {
        World world;
        world.topics.put("orders", 2);
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        world.store.hold();
        a.sync({{a.id, "a"}});
        NewConsumer b(world, "h", "b");
        const auto joining = b.send(b.request());
        QVERIFY(!a.syncAnswer.here() && !joining.here());
        world.manager->stop();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kCoordinatorNotAvailable);
        world.store.release();
        QCOMPARE(joining->error, GroupErrc::kNone);  // it is durable, so it is said
        world.restart();
        QCOMPARE(world.view("h")->members.size(), std::size_t{1});
    }
    void aStopWhileTheStoreIsReadLeavesNothingRunning() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        world.manager->stop();
        world.store.hold();
        world.start();
        world.manager->stop();
        world.store.release();
        QCOMPARE(a.beat(), GroupErrc::kCoordinatorNotAvailable);
        QVERIFY(world.manager->snapshot().empty());
        QCOMPARE(world.timers.armed(), std::size_t{0});
    }
    void aStopBetweenTwoGroupsOfALoadStopsBoth() {
        HookedWorld world;
        Consumer a(world, "g1", "a");
        Consumer b(world, "g2", "b");
        settle(world, {&a});
        settle(world, {&b});
        world.makeHooked();
        std::thread stopper;
        world.hookedTimers.hook.next = [&] {
            stopper = std::thread([&] { world.manager->stop(); });
            while (world.manager->listGroups({}).error != GroupErrc::kCoordinatorNotAvailable) {
                std::this_thread::yield();
            }
        };
        world.manager->start([](const StoreStatus&) {});
        stopper.join();
        QCOMPARE(a.beat(), GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(b.beat(), GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.timers.armed(), std::size_t{0});
    }
    void aRequestThatMeetsAStopIsToldSo() {
        HookedWorld world;
        for (const bool isKnown : {true, false}) {
            world.startHooked();
            NewConsumer member(world, "known", "a");
            QCOMPARE(member.beat(), GroupErrc::kNone);
            NewConsumer nameless(world, isKnown ? "known" : "unknown", "");
            nameless.apiVersion = 0;
            world.hookedRandom.hook.next = [&] { world.manager->stop(); };
            QCOMPARE(nameless.beat(), GroupErrc::kCoordinatorNotAvailable);
        }
    }

    void aGroupThatGoesWhileRetentionLooksIsPassedOver() {
        HookedWorld world;
        world.options.offsetsRetention = 1ms;
        world.startHooked();
        QCOMPARE(setTo(world, "a", 1), GroupErrc::kNone);
        QCOMPARE(setTo(world, "b", 1), GroupErrc::kNone);
        world.advance(10ms);
        Answer<GroupErrc> deletion;
        world.hookedStore.hook.next = [&] {
            world.manager->deleteGroup("b", deletion.expect());
            world.manager->expireOffsets();
        };
        world.manager->expireOffsets();
        QCOMPARE(*deletion, GroupErrc::kNone);
        QVERIFY(!world.store.has("a") && !world.store.has("b"));
        QCOMPARE(setTo(world, "b", 2), GroupErrc::kNone);
        QCOMPARE(world.fetched("b", kOrders0)->offset, Offset(2));
    }
    void retentionEndsWithAStop() {
        HookedWorld world;
        world.options.offsetsRetention = 1ms;
        world.startHooked();
        QCOMPARE(setTo(world, "a", 1), GroupErrc::kNone);
        QCOMPARE(setTo(world, "b", 1), GroupErrc::kNone);
        world.hookedStore.hook.next = [&] { world.manager->stop(); };
        world.advance(world.options.offsetsRetentionCheckInterval);
        QVERIFY(!world.store.has("a"));
        QVERIFY(world.store.has("b"));
        QCOMPARE(world.timers.armed(), std::size_t{0});
    }
    void anAlarmThatComesLateDoesNothing() {
        HookedWorld world;
        world.hookedTimers.areLate = true;
        world.startHooked();
        auto& late = world.hookedTimers.late;
        QCOMPARE(late.size(), std::size_t{1});  // retention
        Consumer a(world, "g", "a");
        a.join();
        QCOMPARE(late.size(), std::size_t{3});  // until the id is used, and then until the initial delay is over
        world.clock.advance(3s);
        late[1]();
        QVERIFY(!a.joinAnswer.here());
        late[2]();
        QVERIFY(a.joined());
        const auto before = world.store.writes();
        world.manager.reset();
        for (const auto& alarm : std::vector(late)) {
            alarm();
        }
        QCOMPARE(world.store.writes(), before);
        world.start();
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
    }
    void eachGroupHasItsOwnSettings() {
        HookedWorld world;
        const QuickSettings settings;
        world.settings = &settings;
        world.startHooked();
        NewConsumer quick(world, "quick", "a");
        NewConsumer slow(world, "slow", "a");
        QCOMPARE(quick.beat(), GroupErrc::kNone);
        QCOMPARE(slow.beat(), GroupErrc::kNone);
        world.advance(10s);
        QCOMPARE(quick.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(slow.beat(), GroupErrc::kNone);
    }
};

QTEST_APPLESS_MAIN(TstGroupsUnderway)
#include "tst_groups_underway.moc"
