// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QDateTime>

#include <map>
#include <random>
#include <set>

#include "broker/groups/share/share_assignor.h"
#include "broker/groups/share/share_record.h"
#include "tests/broker/groups/share_world.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

ShareGroupHeartbeatRequest beatOf(const std::string& member, std::int32_t epoch,
                                  std::optional<std::vector<std::string>> topics = std::vector<std::string>{"orders"}) {
    return {{member, "/127.0.0.1"}, "g", member, epoch, std::nullopt, std::move(topics)};
}

ShareGroupHeartbeatResponse beat(World& world, ShareGroupHeartbeatRequest request) {
    Answer<ShareGroupHeartbeatResponse> answer;
    world.manager->shareGroupHeartbeat(std::move(request), answer.expect());
    return *answer;
}

}  // namespace

class TstGroupsShare : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void twoMembersNeverHoldTheSameRecord() {
        ShareWorld world;
        QCOMPARE(world.take("a", 15), ranges({{0, 19, 1}}));
        QCOMPARE(world.take("b", 5), ranges({{20, 29, 1}}));
        QCOMPARE(world.say("b", 0, 9, AcknowledgeType::kAccept), GroupErrc::kInvalidRecordState);
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);  // below the start by now
        QCOMPARE(world.partition->position().start, Offset(10));
    }
    void strictLimitCutsInsideBatches() {
        ShareWorld world;
        QCOMPARE(world.take("a", 3, DeliveryRanges::Cut::kAnywhere), ranges({{0, 2, 1}}));
        QCOMPARE(world.take("b", 4, DeliveryRanges::Cut::kAnywhere), ranges({{3, 6, 1}}));
        QCOMPARE(world.take("c", 12, DeliveryRanges::Cut::kAnywhere), ranges({{7, 18, 1}}));
    }
    void releasedRecordsComeAgainUntilTheLimit() {
        ShareWorld world;
        for (int delivery = 1; delivery <= 5; ++delivery) {
            QCOMPARE(world.take("a", 10), ranges({{0, 9, delivery}}));
            QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kRelease), GroupErrc::kNone);
        }
        QCOMPARE(world.partition->position().start, Offset(10));
        QCOMPARE(world.take("a", 10), ranges({{10, 19, 1}}));
    }
    void eachOffsetMayHaveItsOwnAnswer() {
        ShareWorld world;
        QCOMPARE(world.take("a", 5), ranges({{0, 9, 1}}));
        using enum AcknowledgeType;
        QCOMPARE(world.say("a", {{Offset(0), Offset(4), {kAccept, kRelease, kReject, kRelease, kRelease}}}),
                 GroupErrc::kNone);
        QCOMPARE(world.partition->position().start, Offset(1));
        QCOMPARE(world.take("b", 3), ranges({{1, 1, 2}, {3, 4, 2}}));
    }
    void refusedAcknowledgementChangesNothing() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        using enum AcknowledgeType;
        QCOMPARE(world.say("a", {{Offset(0), Offset(4), {kAccept}}, {Offset(5), Offset(12), {kAccept}}}),
                 GroupErrc::kInvalidRequest);
        QCOMPARE(world.say("a", {{Offset(5), Offset(4), {kAccept}}}), GroupErrc::kInvalidRequest);
        QCOMPARE(world.say("a", {{Offset(0), Offset(4), {kAccept, kAccept}}}), GroupErrc::kInvalidRequest);
        QCOMPARE(world.say("a", {{Offset(0), Offset(4), {}}}), GroupErrc::kInvalidRequest);
        QCOMPARE(world.partition->position().start, Offset(0));
        QCOMPARE(world.say("a", 0, 9, kAccept), GroupErrc::kNone);
    }
    void lockRunsOutAndRenewalExtendsIt() {
        ShareWorld world;
        QCOMPARE(world.take("a", 20), ranges({{0, 19, 1}}));
        world.timers.advance(20s);
        QCOMPARE(world.say("a", 10, 19, AcknowledgeType::kRenew), GroupErrc::kNone);
        const auto waiter = std::make_shared<CountingWaiter>();
        QVERIFY(world.partition->waitUnless(waiter, world.partition->plan(Offset(0)).availability));
        world.timers.advance(10s);
        QCOMPARE(waiter->wakes, 1);
        QCOMPARE(world.take("b", 10), ranges({{0, 9, 2}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kInvalidRecordState);
        QCOMPARE(world.say("a", 10, 19, AcknowledgeType::kAccept), GroupErrc::kNone);
    }
    void sessionThatEndsGivesBackWithoutCounting() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        world.partitions->release("g", "a");
        QCOMPARE(world.take("b", 10), ranges({{0, 9, 1}}));
    }
    void waiterThatLookedBeforeAReleaseDoesNotSleep() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        const auto seen = world.partition->plan(Offset(0)).availability;
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kRelease), GroupErrc::kNone);
        QVERIFY(!world.partition->waitUnless(std::make_shared<CountingWaiter>(), seen));
    }
    void noMoreRecordsAreOutThanMayBe() {
        ShareWorld world;
        QCOMPARE(world.take("a", 1000), ranges({{0, 99, 1}}));
        QCOMPARE(world.take("b", 10), ranges({}));
        QCOMPARE(world.say("a", 0, 49, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(world.take("b", 10), ranges({{100, 109, 1}}));
    }
    void retentionMovesTheStart() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        world.logStart = Offset(15);
        QCOMPARE(world.take("b", 10), ranges({{15, 29, 1}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        QCOMPARE(world.partition->position().start, Offset(15));
    }
    void restartKeepsWhatWasSaidAndDeliveries() {
        ShareWorld world;
        QCOMPARE(world.take("a", 30), ranges({{0, 29, 1}}));
        QCOMPARE(world.say("a", {{Offset(0), Offset(9), {AcknowledgeType::kAccept}},
                                 {Offset(15), Offset(15), {AcknowledgeType::kReject}}}),
                 GroupErrc::kNone);
        world.restart();
        QCOMPARE(world.partition->position().start, Offset(10));
        QCOMPARE(world.take("b", 20), ranges({{10, 14, 2}, {16, 29, 2}, {30, 39, 1}}));
    }
    void unreadableRowKeepsTheStart() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kNone);
        for (auto& [id, row] : world.store.rows) {
            row.second.push_back(std::byte{1});
            row.second[1] = std::byte{0x7f};
        }
        world.restart();
        QCOMPARE(world.partition->position().start, Offset(10));
        QCOMPARE(world.take("b", 10), ranges({{10, 19, 1}}));
    }
    void fullDiskIsSaidToWhoAcknowledges() {
        ShareWorld world;
        QCOMPARE(world.take("a", 10), ranges({{0, 9, 1}}));
        world.store.isBroken = true;
        QCOMPARE(world.say("a", 0, 9, AcknowledgeType::kAccept), GroupErrc::kCoordinatorNotAvailable);
    }
    void randomTrafficDeliversEverythingAndLosesNothing() {
        const auto seed = static_cast<unsigned>(QDateTime::currentMSecsSinceEpoch());
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        ShareWorld world;
        world.logEnd = 400;
        std::map<std::string, std::vector<AcquiredRange>> held;
        std::set<std::int64_t> accepted;
        for (int i = 0; i < 4000 && world.partition->position().start < Offset(400); ++i) {
            const std::string member(1, static_cast<char>('a' + random() % 3));
            if (random() % 40 == 0) {
                held.clear();
                world.restart();
            } else if (random() % 2 == 0) {
                for (const auto& range :
                     world.take(member, 1 + random() % 20, static_cast<DeliveryRanges::Cut>(random() % 2))) {
                    for (auto at = range.first; at <= range.last; ++at) {
                        QVERIFY2(!accepted.contains(at.value), "delivered after it was accepted");
                    }
                    held[member].push_back(range);
                }
            } else if (auto& mine = held[member]; !mine.empty()) {
                const auto range = mine.back();
                mine.pop_back();
                // Nothing but acceptance, so that no record runs into its limit and is given up.
                QCOMPARE(world.say(member, range.first.value, range.last.value, AcknowledgeType::kAccept),
                         GroupErrc::kNone);
                for (auto at = range.first; at <= range.last; ++at) {
                    accepted.insert(at.value);
                }
            }
            if (held.empty() && random() % 10 == 0) {
                world.restart();
            }
        }
        for (const auto& [member, mine] : held) {
            for (const auto& range : mine) {
                QCOMPARE(world.say(member, range.first.value, range.last.value, AcknowledgeType::kAccept),
                         GroupErrc::kNone);
            }
        }
        QVERIFY(world.partition->position().start.value >= static_cast<std::int64_t>(accepted.size()));
    }

    void everyMemberHasAPartitionAndEveryPartitionAMember_data() {
        QTest::addColumn<int>("members");
        QTest::addColumn<int>("partitions");
        for (const int members : {1, 2, 3, 5, 8}) {
            for (const int partitions : {1, 2, 4, 7}) {
                QTest::addRow("%d members, %d partitions", members, partitions) << members << partitions;
            }
        }
    }
    void everyMemberHasAPartitionAndEveryPartitionAMember() {
        QFETCH(const int, members);
        QFETCH(const int, partitions);
        AssignorMembers input;
        TargetAssignment target;
        // Members come one by one, each time from the assignment before.
        for (int i = 0; i < members; ++i) {
            auto& member = input[std::to_string(i)];
            member.topics = {TopicId{}};
            for (auto& [id, facts] : input) {
                facts.current = target[id];
            }
            target = assignShares(input, {{TopicId{}, partitions}});
        }
        std::set<PartitionId> covered;
        std::size_t most = 0;
        std::size_t least = 1000;
        for (const auto& [id, assignment] : target) {
            const auto count = partitionCount(assignment);
            most = std::max(most, count);
            least = std::min(least, count);
            for (const auto& entry : assignment) {
                covered.insert(entry.second.begin(), entry.second.end());
            }
        }
        QCOMPARE(covered.size(), static_cast<std::size_t>(partitions));
        QVERIFY(least >= 1);
        QVERIFY2(most - least <= 1, "the shares are uneven");
    }

    void memberJoinsMovesOnAndLeaves() {
        World world;
        world.topics.put("orders", 2);
        const auto joined = beat(world, beatOf("a", 0));
        QCOMPARE(joined.error, GroupErrc::kNone);
        QCOMPARE(joined.memberEpoch, 1);
        QCOMPARE(partitionCount(*joined.assignment), 2U);
        QCOMPARE(world.view("g")->type, GroupType::kShare);
        QCOMPARE(world.view("g")->state, GroupState::kStable);
        QCOMPARE(partitionCount(*beat(world, beatOf("b", 0)).assignment), 1U);
        const auto moved = beat(world, beatOf("a", 1, std::nullopt));
        QCOMPARE(moved.memberEpoch, 2);
        QCOMPARE(partitionCount(*moved.assignment), 1U);
        QVERIFY(!beat(world, beatOf("a", 2, std::nullopt)).assignment);
        QCOMPARE(beat(world, beatOf("a", 7, std::nullopt)).error, GroupErrc::kFencedMemberEpoch);
        QCOMPARE(beat(world, beatOf("a", -1)).memberEpoch, -1);
        QCOMPARE(beat(world, beatOf("a", 2, std::nullopt)).error, GroupErrc::kUnknownMemberId);
        QCOMPARE(partitionCount(*beat(world, beatOf("b", 2, std::nullopt)).assignment), 2U);
    }
    void silentMemberIsRemoved() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, beatOf("a", 0)).error, GroupErrc::kNone);
        world.advance(46s);
        QCOMPARE(world.view("g")->state, GroupState::kEmpty);
        QCOMPARE(world.manager->checkIdleShareGroup("g"), GroupErrc::kNone);
    }
    void newTopicIsPickedUp() {
        World world;
        QCOMPARE(partitionCount(*beat(world, beatOf("a", 0)).assignment), 0U);
        world.topics.put("orders", 3);
        world.manager->topicsChanged();
        QCOMPARE(partitionCount(*beat(world, beatOf("a", 1, std::nullopt)).assignment), 3U);
    }
    void newTopicIsPickedUpBeforeAnybodyTells() {
        World world;
        QCOMPARE(partitionCount(*beat(world, beatOf("a", 0)).assignment), 0U);
        world.topics.put("orders", 3);
        QVERIFY(!beat(world, beatOf("a", 1, std::nullopt)).assignment);
        ++world.topics.versionNow;
        QCOMPARE(partitionCount(*beat(world, beatOf("a", 1, std::nullopt)).assignment), 3U);
    }
    void whoBeatsInTimeIsNotRemovedByTheFirstAlarm() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, beatOf("a", 0)).error, GroupErrc::kNone);
        world.advance(30s);
        QCOMPARE(beat(world, beatOf("a", 1, std::nullopt)).error, GroupErrc::kNone);
        world.advance(44s);
        QCOMPARE(world.view("g")->state, GroupState::kStable);
        world.advance(1s);
        QCOMPARE(world.view("g")->state, GroupState::kEmpty);
    }
    void restartOnTheWayToAnAssignmentArrivesAtIt() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(partitionCount(*beat(world, beatOf("a", 0)).assignment), 2U);
        const auto second = beat(world, beatOf("b", 0));
        world.restart();
        const auto first = beat(world, beatOf("a", 1, std::nullopt));
        QCOMPARE(first.memberEpoch, 2);
        QCOMPARE(partitionCount(*first.assignment), 1U);
        QVERIFY(!intersects(*first.assignment, *second.assignment));
        QCOMPARE(beat(world, beatOf("b", 2, std::nullopt)).memberEpoch, 2);
    }
    void topicThatGrewDuringARestartIsAssignedAnew() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, beatOf("a", 0)).error, GroupErrc::kNone);
        world.topics.put("orders", 4);
        world.restart();
        const auto moved = beat(world, beatOf("a", 1, std::nullopt));
        QCOMPARE(moved.memberEpoch, 2);
        QCOMPARE(partitionCount(*moved.assignment), 4U);
    }
    /// Both members in the group's epoch, both with everything.
    void storedSharesThatAreTooManyAreTakenBackAndStaySo() {
        World world;
        world.topics.put("orders", 2);
        const auto facts = *world.topics.byName("orders");
        ShareRecord record;
        record.groupEpoch = 2;
        record.topics = {facts};
        for (const char* id : {"a", "b"}) {
            auto& member = record.members.emplace_back();
            member.id = id;
            member.subscribedTopics = {"orders"};
            member.epoch = 2;
            member.previousEpoch = 1;
            member.assigned = {{facts.id, {PartitionId(0), PartitionId(1)}}};
        }
        world.store.putRecord("g", encodeRecord(record));
        world.restart();
        const auto told = beat(world, beatOf("a", 2, std::nullopt));
        QCOMPARE(told.error, GroupErrc::kNone);
        QCOMPARE(partitionCount(told.assignment.value()), 1U);
        QVERIFY(!beat(world, beatOf("a", 2, std::nullopt)).assignment);
        world.restart();
        QCOMPARE(partitionCount(world.manager->describeShareGroup("g").members.front().assignment), 1U);
    }
    void storedEpochAheadOfItsGroupDoesNotHideASubscription() {
        World world;
        world.topics.put("orders", 2);
        const auto facts = *world.topics.byName("orders");
        ShareRecord record;
        record.groupEpoch = 5;
        record.topics = {facts};
        auto& member = record.members.emplace_back();
        member.id = "a";
        member.subscribedTopics = {"orders"};
        member.epoch = member.previousEpoch = 6;
        member.assigned = {{facts.id, {PartitionId(0), PartitionId(1)}}};
        world.store.putRecord("g", encodeRecord(record));
        world.restart();
        const std::vector<std::string> both{"bills", "orders"};
        QCOMPARE(beat(world, beatOf("a", 6, both)).error, GroupErrc::kNone);
        world.restart();
        QCOMPARE(world.manager->describeShareGroup("g").members.front().subscribedTopics, both);
    }
    void groupOfAnotherKindIsNotFound() {
        World world;
        world.topics.put("orders", 1);
        SetOffsetsRequest offsets;
        offsets.groupId = "g";
        offsets.offsets.push_back({{"orders", PartitionId(0)}, Offset(1), kNoLeaderEpoch, ""});
        QCOMPARE(*world.setOffsets(offsets), GroupErrc::kNone);
        QCOMPARE(beat(world, beatOf("a", 0)).error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(world.manager->describeShareGroup("g").error, GroupErrc::kGroupIdNotFound);
    }
    void restartKeepsMembersAndTheEmptyGroup() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, beatOf("a", 0)).error, GroupErrc::kNone);
        world.restart();
        QCOMPARE(beat(world, beatOf("a", 1, std::nullopt)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, beatOf("a", -1)).error, GroupErrc::kNone);
        world.restart();
        world.manager->expireOffsets();
        QVERIFY(world.manager->hasShareGroup("g"));
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kNone);
        QVERIFY(!world.manager->hasShareGroup("g"));
    }
};

QTEST_APPLESS_MAIN(TstGroupsShare)
#include "tst_groups_share.moc"
