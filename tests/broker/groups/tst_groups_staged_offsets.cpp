// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};
const TopicPartition kOrders1{"orders", PartitionId(1)};
constexpr ProducerId kOne{1};
constexpr ProducerId kTwo{2};

OffsetCommitRequest staging(ProducerId producer, const TopicPartition& partition, std::int64_t offset,
                            GroupErrc admitted = GroupErrc::kNone) {
    OffsetCommitRequest request;
    request.groupId = "g";
    request.topics = {{TopicId{}, partition.topic, {{partition.partition, Offset(offset), LeaderEpoch(5), "txn"}}}};
    request.transaction = OffsetCommitRequest::InTransaction{producer, [admitted] { return admitted; }};
    return request;
}

Answer<bool> end(World& world, ProducerId producer, bool isCommit) {
    Answer<bool> answer;
    world.manager->endStaged("g", {producer, isCommit}, answer.expect());
    return answer;
}

GroupErrc stableError(const World& world, const TopicPartition& partition) {
    OffsetFetchRequest request;
    request.groupId = "g";
    request.requireStable = true;
    request.topics = {{TopicId{}, partition.topic, {partition.partition}}};
    return world.manager->fetchOffsets(request).topics.at(0).partitions.at(0).error;
}

}  // namespace

class TstGroupsStagedOffsets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stagedOffsetIsSeenWithItsCommitOnly() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kUnstableOffsetCommit);
        QCOMPARE(stableError(world, kOrders1), GroupErrc::kNone);
        QVERIFY(*end(world, kOne, true));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
    }
    void abortLeavesWhatWasCommittedBefore() {
        World world;
        QVERIFY(onlyError(*world.commit(staging(kOne, kOrders0, 17))) == GroupErrc::kNone && *end(world, kOne, true));
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 99))), GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
        QVERIFY(*end(world, kOne, false));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
    }
    void producersDoNotEndEachOthersOffsets() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 1))), GroupErrc::kNone);
        QCOMPARE(onlyError(*world.commit(staging(kTwo, kOrders1, 2))), GroupErrc::kNone);
        QVERIFY(*end(world, kOne, true));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(1));
        QVERIFY(!world.fetched("g", kOrders1));
        QCOMPARE(stableError(world, kOrders1), GroupErrc::kUnstableOffsetCommit);
    }
    void stagedOffsetsSurviveARestart_data() {
        QTest::addColumn<bool>("isCommit");
        QTest::newRow("and are committed") << true;
        QTest::newRow("and are dropped") << false;
    }
    void stagedOffsetsSurviveARestart() {
        QFETCH(bool, isCommit);
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        world.restart();
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kUnstableOffsetCommit);
        QVERIFY(*end(world, kOne, isCommit));
        QCOMPARE(world.fetched("g", kOrders0).has_value(), isCommit);
        world.restart();
        QCOMPARE(world.fetched("g", kOrders0).has_value(), isCommit);
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
    }
    void endComesBehindACommitThatIsBeingWritten() {
        World world;
        world.store.hold();
        const auto staged = world.commit(staging(kOne, kOrders0, 17));
        const auto ended = end(world, kOne, true);
        QVERIFY(!staged.here() && !ended.here());
        world.store.release();
        QVERIFY(*ended);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
    }
    void transactionThatIsOverStagesNothing() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17, GroupErrc::kTransactionAbortable))),
                 GroupErrc::kTransactionAbortable);
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
        QCOMPARE(world.store.writes(), std::size_t{0});
    }
    void memberOfAnotherGenerationIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        auto request = staging(kOne, kOrders0, 17);
        request.memberId = a.id;
        request.generationOrEpoch = GenerationId(a.generation.value + 1);
        QCOMPARE(onlyError(*world.commit(std::move(request))), GroupErrc::kIllegalGeneration);
        auto good = staging(kOne, kOrders0, 17);
        good.memberId = a.id;
        good.generationOrEpoch = a.generation;
        QCOMPARE(onlyError(*world.commit(std::move(good))), GroupErrc::kNone);
        // Old clients do not say who they are.
        QCOMPARE(onlyError(*world.commit(staging(kTwo, kOrders1, 18))), GroupErrc::kNone);
    }
    void repeatedEndDoesNoHarm() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        QVERIFY(*end(world, kOne, true));
        QVERIFY(*end(world, kOne, true));
        QVERIFY(*end(world, kTwo, false));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
    }
    void storeThatFailsIsAskedAgain() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        world.store.setBroken(true);
        QVERIFY(!*end(world, kOne, true));
        QVERIFY(!world.fetched("g", kOrders0));
        world.store.setBroken(false);
        QVERIFY(*end(world, kOne, true));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(17));
    }
    void whatTheDiskDidNotTakeIsNotStaged() {
        World world;
        world.store.setBroken(true);
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kCoordinatorNotAvailable);
        world.store.setBroken(false);
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
        QVERIFY(*end(world, kOne, true));
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void deletionThatComesBehindTakesWhatIsBeingStaged() {
        World world;
        SetOffsetsRequest offsets;
        offsets.groupId = "g";
        offsets.offsets.push_back({kOrders1, Offset(1), kNoLeaderEpoch, ""});
        QCOMPARE(*world.setOffsets(offsets), GroupErrc::kNone);
        world.store.hold();
        const auto staged = world.commit(staging(kOne, kOrders0, 17));
        const auto deleted = world.deleteGroup("g");
        world.store.release();
        QVERIFY(staged.here());
        QCOMPARE(*deleted, GroupErrc::kNone);
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
        QVERIFY(!world.store.has("g"));
        QVERIFY(*end(world, kOne, true));
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void deletionThatComesBehindTakesWhatIsBeingCommitted() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        world.store.hold();
        const auto ended = end(world, kOne, true);
        const auto deleted = world.deleteGroup("g");
        world.store.release();
        QVERIFY(*ended);
        QCOMPARE(*deleted, GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        world.restart();
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void endOfWhoStagedNothingLeavesWhatOthersAreStaging() {
        World world;
        world.store.hold();
        const auto staged = world.commit(staging(kOne, kOrders0, 17));
        const auto ended = end(world, kTwo, true);
        world.store.release();
        QVERIFY(*ended);
        QCOMPARE(onlyError(*staged), GroupErrc::kNone);
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kUnstableOffsetCommit);
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void offsetAndItsTopicMayGoAtOnce() {
        World world;
        SetOffsetsRequest offsets;
        offsets.groupId = "g";
        offsets.offsets.push_back({kOrders0, Offset(1), kNoLeaderEpoch, ""});
        offsets.offsets.push_back({{"bills", PartitionId(0)}, Offset(2), kNoLeaderEpoch, ""});
        QCOMPARE(*world.setOffsets(offsets), GroupErrc::kNone);
        world.store.hold();
        const auto deleted = world.deleteOffsets({"g", {kOrders0}});
        world.manager->topicDeleted("orders");
        world.store.release();
        QCOMPARE(deleted->partitions.at(0).error, GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        QCOMPARE(world.fetched("g", {"bills", PartitionId(0)})->offset, Offset(2));
    }
    void deletedTopicTakesItsStagedOffsets() {
        World world;
        QCOMPARE(onlyError(*world.commit(staging(kOne, kOrders0, 17))), GroupErrc::kNone);
        world.manager->topicDeleted("orders");
        QCOMPARE(stableError(world, kOrders0), GroupErrc::kNone);
    }
};

QTEST_GUILESS_MAIN(TstGroupsStagedOffsets)
#include "tst_groups_staged_offsets.moc"
