// SPDX-License-Identifier: GPL-3.0-or-later
// Share-partitions at their edges: rows that are ruined, those that are gone, waiters, stores that fail.
#include <QTest>
#include <array>

#include "tests/broker/groups/share_world.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const SharePartition::Id kId{"g", TopicId{}, PartitionId(0)};

/// Alarms that ring when the test says so, also those that were called off: they were on their way.
class LateTimers final : public TimerService {
public:
    [[nodiscard]] std::unique_ptr<Timer> schedule(std::chrono::milliseconds /*after*/,
                                                  std::function<void()> callback) override {
        callbacks.push_back(std::move(callback));
        return std::make_unique<Timer>();
    }
    std::vector<std::function<void()>> callbacks;
};

AcknowledgeBatch batch(std::int64_t first, std::int64_t last, AcknowledgeType type = AcknowledgeType::kAccept) {
    return {Offset(first), Offset(last), {type}};
}

/// Every state that a record can be in, above a start of 10.
Bytes fullRow(ShareWorld& world) {
    using enum AcknowledgeType;
    world.take("a", 60);
    world.take("b", 20);
    WEIR_ASSERT(world.say("a", 0, 9, kAccept) == GroupErrc::kNone);
    WEIR_ASSERT(world.say("a", 15, 19, kReject) == GroupErrc::kNone);
    WEIR_ASSERT(world.say("a", 30, 34, kRelease) == GroupErrc::kNone);
    WEIR_ASSERT(world.say("a", 40, 44, kAccept) == GroupErrc::kNone);
    return world.store.rows.at(kId).second;
}

}  // namespace

class TstGroupsSharePartitions : public QObject {
    Q_OBJECT

    static void startsWith(const Bytes& row) {
        ShareWorld world;
        fullRow(world);
        world.store.rows.at(kId).second = row;
        world.restart();
        // A flipped state may say that the first of them are done.
        QVERIFY(world.partition->position().start >= Offset(10));
        static_cast<void>(world.partition->view());
        static_cast<void>(world.take("c", 1000));
        static_cast<void>(world.say("c", 10, 14, AcknowledgeType::kAccept));
        world.timers.advance(31s);
        static_cast<void>(world.take("d", 1000));
        QVERIFY(world.partition->position().start >= Offset(10));
    }

private Q_SLOTS:
    void aRuinedRowKeepsTheStart() {
        ShareWorld origin;
        const Bytes whole = fullRow(origin);
        QVERIFY(whole.size() > 60);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            ShareWorld world;
            fullRow(world);
            world.store.rows.at(kId).second.resize(size);
            world.restart();
            QCOMPARE(world.partition->position().start, Offset(10));
            QCOMPARE(world.take("c", 10), ranges({{10, 19, 1}}));
        }
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const std::byte flip : {std::byte{1}, std::byte{4}, std::byte{0x80}, std::byte{0xff}}) {
                Bytes flipped = whole;
                flipped[at] ^= flip;
                startsWith(flipped);
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
        }
    }
    void aStoreThatCannotBeReadIsSaid() {
        ShareWorld world;
        world.store.isBroken = true;
        SharePartitions partitions({world.clock, world.timers, world.store, Logger()}, DeliveryRanges::Limits{5, 100});
        QVERIFY(!partitions.load().ok());
    }
    void whatIsStoppedHandsOutNothing() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        const auto waiter = std::make_shared<CountingWaiter>();
        const auto seen = world.partition->plan(Offset(0)).availability;
        QVERIFY(world.partition->waitUnless(waiter, seen));
        world.partitions->stop();
        QCOMPARE(waiter->wakes, 1);
        QVERIFY(world.partitions->findOrCreate(kId, Offset(0)) == nullptr);
        QVERIFY(world.partitions->find(kId) == nullptr);
        QVERIFY(world.take("b", 10).empty());
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kUnknownTopicOrPartition);
        QVERIFY(!world.partition->waitUnless(waiter, seen));
        world.partition->release("a");
        world.timers.advance(60s);
    }
    void aTopicIsForgottenOnce() {
        ShareWorld world;
        QVERIFY(world.partitions->find(kId) == world.partition);
        QCOMPARE(world.store.rows.size(), std::size_t{1});
        const auto remove = [&world](const std::string& groupId) {
            Answer<GroupErrc> answer;
            world.partitions->removeTopic(groupId, TopicId{}, answer.expect());
            return *answer;
        };
        QCOMPARE(remove("other"), GroupErrc::kUnknownTopicOrPartition);
        QCOMPARE(remove("g"), GroupErrc::kNone);
        QVERIFY(world.store.rows.empty());
        QCOMPARE(remove("g"), GroupErrc::kUnknownTopicOrPartition);
        world.restart();
        world.store.isBroken = true;
        QCOMPARE(remove("g"), GroupErrc::kCoordinatorNotAvailable);
    }
    void aGroupThatGoesTakesItsPartitionsAndNoOthers() {
        ShareWorld world;
        const SharePartition::Id other{"h", TopicId{}, PartitionId(0)};
        const SharePartition::Id second{"g", TopicId{{std::byte{1}}}, PartitionId(3)};
        QVERIFY(world.partitions->findOrCreate(other, Offset(5)) != nullptr);
        QVERIFY(world.partitions->findOrCreate(second, Offset(7)) != nullptr);
        QCOMPARE(world.partitions->ofGroup("g").size(), std::size_t{2});
        world.partitions->groupDeleted("g");
        QVERIFY(world.partitions->ofGroup("g").empty());
        QCOMPARE(world.partitions->ofGroup("h").size(), std::size_t{1});
        QCOMPARE(world.store.rows.size(), std::size_t{1});
    }
    void whoHasStoppedWaitingIsNotWoken_data() {
        QTest::addColumn<bool>("diesFirst");
        QTest::newRow("one stops, then one dies") << false;
        QTest::newRow("one dies, then one stops") << true;
    }
    void whoHasStoppedWaitingIsNotWoken() {
        QFETCH(const bool, diesFirst);
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        const auto stays = std::make_shared<CountingWaiter>();
        const auto goes = std::make_shared<CountingWaiter>();
        auto dies = std::make_shared<CountingWaiter>();
        const auto seen = world.partition->plan(Offset(0)).availability;
        for (const auto& waiter : diesFirst ? std::array{dies, goes, stays} : std::array{stays, goes, dies}) {
            QVERIFY(world.partition->waitUnless(waiter, seen));
        }
        if (diesFirst) {
            dies.reset();
        }
        world.partition->stopWaiting(goes.get());
        dies.reset();
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kRelease), GroupErrc::kNone);
        QCOMPARE(stays->wakes, 1);
        QCOMPARE(goes->wakes, 0);
    }
    /// A renewal leaves the alarm of the first lock to ring for nothing.
    void aLockThatWasRenewedIsNotOver() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        world.timers.advance(20s);
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kRenew), GroupErrc::kNone);
        world.timers.advance(15s);
        QCOMPARE(world.take("b", 10), ranges({{10, 19, 1}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(world.partition->position().start, Offset(10));
    }
    void whoGoesGivesBackHisOwnAlone() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        QCOMPARE(world.take("b", 10), ranges({{10, 19, 1}}));
        const auto waiter = std::make_shared<CountingWaiter>();
        QVERIFY(world.partition->waitUnless(waiter, world.partition->plan(Offset(0)).availability));
        world.partitions->release("g", "nobody");
        QCOMPARE(waiter->wakes, 0);
        world.partitions->release("g", "b");
        QCOMPARE(waiter->wakes, 1);
        QCOMPARE(world.take("c", 10), ranges({{10, 19, 1}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
    }
    void nonsenseIsRefusedAsAWhole_data() {
        QTest::addColumn<std::vector<AcknowledgeBatch>>("batches");
        QTest::addColumn<GroupErrc>("error");
        const auto row = [](const char* name, std::vector<AcknowledgeBatch> batches, GroupErrc error) {
            QTest::newRow(name) << batches << error;
        };
        row("a type that is none", {batch(0, 4), batch(5, 9, AcknowledgeType{9})}, GroupErrc::kInvalidRequest);
        row("a negative type", {batch(0, 4), batch(5, 9, AcknowledgeType{-1})}, GroupErrc::kInvalidRequest);
        row("batches that overlap", {batch(0, 5), batch(5, 9)}, GroupErrc::kInvalidRequest);
        row("batches in the wrong order", {batch(5, 9), batch(0, 4)}, GroupErrc::kInvalidRequest);
        row("a negative offset", {batch(-1, 4)}, GroupErrc::kInvalidRequest);
        row("another's", {batch(0, 4), batch(10, 14)}, GroupErrc::kInvalidRecordState);
        row("what nobody has", {batch(0, 4), batch(20, 24)}, GroupErrc::kInvalidRecordState);
    }
    void nonsenseIsRefusedAsAWhole() {
        QFETCH(const std::vector<AcknowledgeBatch>, batches);
        QFETCH(GroupErrc, error);
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        QCOMPARE(world.take("b", 20), ranges({{10, 29, 1}}));
        QCOMPARE(world.say("b", 20, 29, AcknowledgeType::kRelease), GroupErrc::kNone);
        QCOMPARE(world.say("a", batches), error);
        QCOMPARE(world.partition->position().start, Offset(0));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
    }
    /// The start moves between the look at what to read and the taking of it.
    void batchesBelowTheStartAreNotTaken() {
        ShareWorld world;
        DeliveryRanges::Wish wish;
        wish.member = "a";
        wish.from = world.partition->plan(Offset(0)).from.value();
        wish.batchEnds = {Offset(9), Offset(19), Offset(29)};
        wish.maxRecords = 5;
        static_cast<void>(world.partition->plan(Offset(15)));
        QCOMPARE(world.partition->acquire(wish, 30s), ranges({{15, 19, 1}}));
    }
    void retentionMovesTheStartIntoWhatIsOut() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        world.logStart = Offset(5);
        QCOMPARE(world.take("b", 10), ranges({{10, 19, 1}}));
        QCOMPARE(world.partition->position().start, Offset(5));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(world.partition->position().start, Offset(10));
    }
    void strictLimitThatWhatCameBackFillsTakesNothingNew() {
        ShareWorld world;
        QCOMPARE(world.take("a", 3, DeliveryRanges::Cut::kAnywhere), ranges({{0, 2, 1}}));
        QCOMPARE(world.say("a", 0, 2, AcknowledgeType::kRelease), GroupErrc::kNone);
        QCOMPARE(world.take("b", 3, DeliveryRanges::Cut::kAnywhere), ranges({{0, 2, 2}}));
        QCOMPARE(world.partition->position().end, Offset(3));
    }
    void anAlarmThatWasCalledOffOnItsWayDoesNothing() {
        ShareWorld world;
        LateTimers timers;
        SharePartitions partitions({world.clock, timers, world.store, Logger()}, DeliveryRanges::Limits{5, 100});
        auto partition = partitions.findOrCreate({"h", TopicId{}, PartitionId(0)}, Offset(0));
        const auto take = [&](std::int64_t from, std::chrono::milliseconds lock) {
            DeliveryRanges::Wish wish;
            wish.member = "a";
            wish.from = Offset(from);
            wish.batchEnds = {Offset(from + 9)};
            wish.maxRecords = 10;
            return partition->acquire(wish, lock);
        };
        QCOMPARE(take(0, 30s), ranges({{0, 9, 1}}));
        QCOMPARE(take(10, 10s), ranges({{10, 19, 1}}));
        QCOMPARE(timers.callbacks.size(), std::size_t{2});
        world.clock.advance(11s);
        const auto waiter = std::make_shared<CountingWaiter>();
        QVERIFY(partition->waitUnless(waiter, partition->plan(Offset(0)).availability));
        timers.callbacks[0]();
        QCOMPARE(waiter->wakes, 0);
        timers.callbacks[1]();
        QCOMPARE(waiter->wakes, 1);
        QCOMPARE(partition->plan(Offset(0)).from, std::optional(Offset(10)));
        QCOMPARE(timers.callbacks.size(), std::size_t{3});
        partitions.stop();
        world.clock.advance(60s);
        const auto rows = world.store.rows;
        timers.callbacks[2]();
        QCOMPARE(world.store.rows, rows);
        partition.reset();
        timers.callbacks[2]();
        QCOMPARE(world.store.rows, rows);
    }
    void theStartIsMovedByHand() {
        ShareWorld world;
        QCOMPARE(world.take("a", 20), ranges({{0, 19, 1}}));
        const auto move = [&world](std::int64_t to) {
            Answer<GroupErrc> answer;
            world.partition->moveTo(Offset(to), answer.expect());
            return *answer;
        };
        QCOMPARE(move(40), GroupErrc::kNone);
        QCOMPARE(world.take("b", 10), ranges({{40, 49, 1}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(move(5), GroupErrc::kNone);
        QCOMPARE(world.take("b", 5), ranges({{5, 9, 1}}));
        world.store.isBroken = true;
        QCOMPARE(move(0), GroupErrc::kCoordinatorNotAvailable);
    }
};

QTEST_APPLESS_MAIN(TstGroupsSharePartitions)
#include "tst_groups_share_partitions.moc"
