// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};
const TopicPartition kOrders1{"orders", PartitionId(1)};
const TopicPartition kPayments0{"payments", PartitionId(0)};

/// A tool or a consumer that assigns partitions to itself.
Answer<OffsetCommitResponse> commitAlone(World& world, const TopicPartition& partition, std::int64_t offset,
                                         std::optional<std::chrono::milliseconds> retention = std::nullopt) {
    OffsetCommitRequest request;
    request.groupId = "g";
    request.retention = retention;
    request.topics = {{TopicId{}, partition.topic, {{partition.partition, Offset(offset), LeaderEpoch(5), "alone"}}}};
    return world.commit(std::move(request));
}

}  // namespace

class TstGroupsOffsets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commitComesBackWithEpochAndMetadata() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 17)), GroupErrc::kNone);
        const auto fetched = world.fetched("g", kOrders0);
        QCOMPARE(fetched->offset, Offset(17));
        QCOMPARE(fetched->leaderEpoch, LeaderEpoch(3));
        QCOMPARE(fetched->metadata, std::string("note"));
        OffsetFetchRequest all;
        all.groupId = "g";
        const auto response = world.manager->fetchOffsets(all);
        QCOMPARE(response.topics.size(), 1U);
        QCOMPARE(response.topics[0].partitions[0].leaderEpoch, LeaderEpoch(3));
        QCOMPARE(response.topics[0].partitions[0].metadata, std::string("note"));
    }
    void allTopicsAreFetchedGroupedByTopic() {
        World world;
        for (const auto& partition : {kPayments0, kOrders1, kOrders0}) {
            QCOMPARE(onlyError(*commitAlone(world, partition, 1)), GroupErrc::kNone);
        }
        OffsetFetchRequest all;
        all.groupId = "g";
        all.requireStable = true;
        const auto response = world.manager->fetchOffsets(all);
        QCOMPARE(response.topics.size(), 2U);
        QCOMPARE(response.topics[0].topic, std::string("orders"));
        QCOMPARE(response.topics[0].partitions.size(), 2U);
        QCOMPARE(response.topics[1].topic, std::string("payments"));
    }
    void unknownGroupOrPartitionIsNoError() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 1)), GroupErrc::kNone);
        for (const char* groupId : {"g", "nobody"}) {
            OffsetFetchRequest request;
            request.groupId = groupId;
            request.topics = {{TopicId{}, "other", {PartitionId(4)}}};
            const auto response = world.manager->fetchOffsets(request);
            QCOMPARE(response.error, GroupErrc::kNone);
            const auto& partition = response.topics.at(0).partitions.at(0);
            QCOMPARE(partition.partition, PartitionId(4));
            QCOMPARE(partition.offset, kNoOffset);
            QCOMPARE(partition.leaderEpoch, kNoLeaderEpoch);
            QCOMPARE(partition.metadata, std::string());
            QCOMPARE(partition.error, GroupErrc::kNone);
        }
    }
    void topicIdComesBackAsItWasGiven() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        TopicId id;
        id.bytes[0] = std::byte{7};
        OffsetCommitRequest commit;
        commit.groupId = "g";
        commit.memberId = a.id;
        commit.generationOrEpoch = a.generation;
        commit.topics = {{id, "orders", {{PartitionId(0), Offset(3), kNoLeaderEpoch, std::nullopt}}}};
        QCOMPARE(world.commit(commit)->topics.at(0).topicId, id);
        OffsetFetchRequest fetch;
        fetch.groupId = "g";
        fetch.topics = {{id, "orders", {PartitionId(0)}}};
        const auto response = world.manager->fetchOffsets(fetch);
        QCOMPARE(response.topics.at(0).topicId, id);
        QCOMPARE(response.topics.at(0).partitions.at(0).metadata, std::string());
    }
    void commitIsAcknowledgedAndSeenOnlyWhenDurable() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        world.store.hold();
        const auto commit = a.commit(kOrders0, 5);
        QVERIFY(!commit.here());
        QVERIFY(!world.fetched("g", kOrders0));
        world.store.release();
        QCOMPARE(onlyError(*commit), GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(5));
    }
    void commitThatCannotBeStoredIsNotAcknowledged() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 5)), GroupErrc::kNone);
        world.store.setBroken(true);
        QCOMPARE(onlyError(*a.commit(kOrders0, 6)), GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(5));
    }
    void overlongMetadataRefusesThatPartitionOnly() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        OffsetCommitRequest request;
        request.groupId = "g";
        request.memberId = a.id;
        request.generationOrEpoch = a.generation;
        request.topics = {{TopicId{},
                           "orders",
                           {{PartitionId(0), Offset(1), kNoLeaderEpoch, std::string(4'097, 'x')},
                            {PartitionId(1), Offset(2), kNoLeaderEpoch, std::string(4'096, 'x')}}}};
        const auto answer = world.commit(request);
        QCOMPARE(answer->topics[0].partitions[0].error, GroupErrc::kOffsetMetadataTooLarge);
        QCOMPARE(answer->topics[0].partitions[1].error, GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        QCOMPARE(world.fetched("g", kOrders1)->metadata.size(), 4'096U);
    }
    void simpleConsumerCommitsToAnEmptyGroupOnly() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 1)), GroupErrc::kNone);
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 2)), GroupErrc::kUnknownMemberId);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(1));
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 3)), GroupErrc::kNone);
    }
    void generationOfAGroupThatIsNotThereIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        a.id = "a-1";
        a.generation = GenerationId(4);
        OffsetCommitRequest request;
        request.groupId = "g";
        request.memberId = a.id;
        request.generationOrEpoch = a.generation;
        request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(1), kNoLeaderEpoch, ""}}}};
        request.apiVersion = 8;
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kIllegalGeneration);
        request.apiVersion = 9;
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kGroupIdNotFound);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void commitOfAnUnknownMemberIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer stranger(world, "g", "s");
        stranger.id = "s-1";
        stranger.generation = a.generation;
        QCOMPARE(onlyError(*stranger.commit(kOrders0, 1)), GroupErrc::kUnknownMemberId);
    }
    void commitIsTakenWhileMembersAreCalledBack() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        QCOMPARE(onlyError(*a.commit(kOrders0, 9)), GroupErrc::kNone);
    }
    void commitIsRefusedBetweenJoinAndSync() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        QCOMPARE(onlyError(*a.commit(kOrders0, 9)), GroupErrc::kRebalanceInProgress);
    }
    void commitKeepsTheSessionAlive() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        for (int i = 0; i < 10; ++i) {
            world.advance(9s);
            QCOMPARE(onlyError(*a.commit(kOrders0, i)), GroupErrc::kNone);
        }
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void offsetsOutliveTheRetentionWhileTheGroupUsesThem() {
        World world;
        Consumer a(world, "g", "a");
        a.sessionTimeout = 30min;
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 1)), GroupErrc::kNone);
        QCOMPARE(onlyError(*a.commit(kPayments0, 1)), GroupErrc::kNone);  // not subscribed to
        for (int i = 0; i < 24 * 7 * 3 + 1; ++i) {
            QCOMPARE(a.beat(), GroupErrc::kNone);
            world.advance(20min);
        }
        QVERIFY(world.fetched("g", kOrders0));
        QVERIFY(!world.fetched("g", kPayments0));
    }
    void retentionCountsFromWhenTheGroupEmptied() {
        World world;
        Consumer a(world, "g", "a");
        a.sessionTimeout = 30min;
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 1)), GroupErrc::kNone);
        for (int i = 0; i < 24 * 6 * 3; ++i) {
            QCOMPARE(a.beat(), GroupErrc::kNone);
            world.advance(20min);
        }
        QCOMPARE(a.leave(), GroupErrc::kNone);
        world.advance(24h * 7 - 10min);
        QVERIFY(world.fetched("g", kOrders0));
        world.advance(20min);
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(!world.store.has("g"));
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void retentionOfASimpleGroupCountsFromTheCommit() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 1)), GroupErrc::kNone);
        world.advance(24h * 4);
        QCOMPARE(onlyError(*commitAlone(world, kOrders1, 1)), GroupErrc::kNone);
        world.advance(24h * 3 + 10min);
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(world.fetched("g", kOrders1));
        world.advance(24h * 4);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void retentionOfTheCommitItselfCounts() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 1, 1h)), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAlone(world, kOrders1, 1, 24h * 30)), GroupErrc::kNone);
        world.advance(2h);
        QVERIFY(!world.fetched("g", kOrders0));
        world.advance(24h * 20);
        QVERIFY(world.fetched("g", kOrders1));
    }
    void retentionIsOverToTheMillisecond() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 1, 1h)), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAlone(world, kOrders1, 1)), GroupErrc::kNone);
        const auto isLeftAfter = [&world](std::chrono::milliseconds by, const TopicPartition& partition) {
            world.advance(by);
            world.manager->expireOffsets();
            return world.fetched("g", partition).has_value();
        };
        QVERIFY(isLeftAfter(1h - 1ms, kOrders0));
        QVERIFY(!isLeftAfter(1ms, kOrders0));
        QVERIFY(isLeftAfter(world.options.offsetsRetention - 1h - 1ms, kOrders1));
        QVERIFY(!isLeftAfter(1ms, kOrders1));
    }
    void offsetsOfADeletedTopicDoNotLeakIntoANewOne() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 100)), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAlone(world, kPayments0, 200)), GroupErrc::kNone);
        world.manager->topicDeleted("orders");
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(world.fetched("g", kPayments0));
        QVERIFY(!world.store.offset("g", kOrders0));
        world.restart();
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void commitUnderWayWhenItsTopicIsDeletedGoesWithIt() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kPayments0, 1)), GroupErrc::kNone);
        world.store.hold();
        const auto commit = commitAlone(world, kOrders0, 100);
        world.manager->topicDeleted("orders");
        world.store.release();
        QVERIFY(commit.here());
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(!world.store.offset("g", kOrders0));
    }
    void restoredTopicBringsItsOffsetsBack() {
        World world;
        QCOMPARE(onlyError(*commitAlone(world, kOrders0, 100)), GroupErrc::kNone);
        const auto kept = world.store.offset("g", kOrders0);
        world.manager->topicDeleted("orders");
        for (const char* groupId : {"g", "a-group-deleted-meanwhile"}) {
            Answer<GroupErrc> answer;
            world.manager->topicRestored(groupId, {*kept}, answer.expect());
            QCOMPARE(*answer, GroupErrc::kNone);
            QCOMPARE(world.fetched(groupId, kOrders0)->offset, Offset(100));
            QCOMPARE(world.store.offset(groupId, kOrders0)->committed.offset, kept->committed.offset);
        }
    }
    void restoredTopicDoesNotOvertakeANewerCommit() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 100)), GroupErrc::kNone);
        QCOMPARE(onlyError(*a.commit(kOrders1, 100)), GroupErrc::kNone);
        const auto kept0 = world.store.offset("g", kOrders0);
        const auto kept1 = world.store.offset("g", kOrders1);
        world.manager->topicDeleted("orders");
        QCOMPARE(onlyError(*a.commit(kOrders0, 3)), GroupErrc::kNone);
        Answer<GroupErrc> answer;
        world.manager->topicRestored("g", {*kept0, *kept1}, answer.expect());
        QCOMPARE(*answer, GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(3));
        QCOMPARE(world.fetched("g", kOrders1)->offset, Offset(100));
    }
    void latestOfManyCommitsWins() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        world.store.hold();
        std::vector<Answer<OffsetCommitResponse>> answers;
        for (int i = 0; i < 100; ++i) {
            answers.push_back(a.commit(kOrders0, i));
        }
        world.store.release();
        for (const auto& answer : answers) {
            QCOMPARE(onlyError(*answer), GroupErrc::kNone);
        }
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(99));
        QCOMPARE(world.store.offset("g", kOrders0)->committed.offset, Offset(99));
    }
    void retentionSparesAGroupThatRebalancesOrCannotBeRead() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        const auto commitAtItsEnd = [&] {
            OffsetCommitRequest request;
            request.groupId = "g";
            request.memberId = a.id;
            request.generationOrEpoch = a.generation;
            request.retention = 0ms;
            request.topics = {{TopicId{}, "payments", {{PartitionId(0), Offset(1), kNoLeaderEpoch, ""}}}};
            return onlyError(*world.commit(request));
        };
        const TopicPartition place{"payments", PartitionId(0)};
        QCOMPARE(commitAtItsEnd(), GroupErrc::kNone);
        Consumer b(world, "g", "b");
        b.join();
        world.manager->expireOffsets();
        QVERIFY(world.fetched("g", place));  // who knows what b reads
        settle(world, {&b, &a});
        world.manager->expireOffsets();
        QVERIFY(!world.fetched("g", place));
        QCOMPARE(b.leave(), GroupErrc::kNone);
        auto request = a.joinRequest();
        request.protocols[0].metadata = toBytes("?");
        a.joinAnswer = world.join(request);
        QVERIFY(a.joined());
        a.sync({{a.id, "a"}});
        QCOMPARE(commitAtItsEnd(), GroupErrc::kNone);
        world.manager->expireOffsets();
        QVERIFY(world.fetched("g", place));
    }
    void retentionSparesAGroupWithAnOpenTransaction() {
        World world;
        OffsetCommitRequest request;
        request.groupId = "g";
        request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(4), kNoLeaderEpoch, ""}}}};
        request.transaction = OffsetCommitRequest::InTransaction{ProducerId(1), [] { return GroupErrc::kNone; }};
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kNone);
        world.manager->expireOffsets();
        Answer<bool> ended;
        world.manager->endStaged("g", {ProducerId(1), true}, ended.expect());
        QVERIFY(*ended);
        QCOMPARE(world.fetched("g", {"orders", PartitionId(0)})->offset, Offset(4));
    }
    void commitWithoutGenerationNeedsAnEmptyGroupWhoeverSendsIt() {
        World world;
        Consumer a(world, "g", "a");
        a.instanceId = "ia";
        settle(world, {&a});
        OffsetCommitRequest request;
        request.groupId = "g";
        request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(1), kNoLeaderEpoch, ""}}}};
        request.memberId = a.id;
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kIllegalGeneration);
        request.memberId.clear();
        request.instanceId = "ia";
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kFencedInstanceId);
        request.instanceId.reset();
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kUnknownMemberId);
    }
    void commitOfOverlongMetadataAloneIsAnsweredToo() {
        World world;
        OffsetCommitRequest request;
        request.groupId = "g";
        const std::string overlong(world.options.maxOffsetMetadataBytes + 1, 'x');
        request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(1), kNoLeaderEpoch, overlong}}}};
        const auto before = world.store.writes();
        QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kOffsetMetadataTooLarge);
        QCOMPARE(world.store.writes(), before);
        request.topics[0].partitions.push_back({PartitionId(1), Offset(1), kNoLeaderEpoch, ""});
        world.store.setBroken(true);
        const auto answer = world.commit(request);
        QCOMPARE(answer->topics[0].partitions[0].error, GroupErrc::kOffsetMetadataTooLarge);
        QCOMPARE(answer->topics[0].partitions[1].error, GroupErrc::kCoordinatorNotAvailable);
    }
};

QTEST_APPLESS_MAIN(TstGroupsOffsets)
#include "tst_groups_offsets.moc"
