// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <set>

#include "broker/groups/consumer/consumer_record.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};

Answer<OffsetCommitResponse> commitAs(World& world, const NewConsumer& consumer, std::int32_t epoch,
                                      std::int16_t apiVersion = 9) {
    OffsetCommitRequest request;
    request.apiVersion = apiVersion;
    request.groupId = consumer.groupId;
    request.memberId = consumer.id;
    request.generationOrEpoch = GenerationId(epoch);
    request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(7), kNoLeaderEpoch, ""}}}};
    return world.commit(std::move(request));
}

}  // namespace

class TstGroupsKip848 : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loneMemberGetsEverythingAtOnce() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders"), (std::vector{0, 1, 2, 3}));
        QCOMPARE(a.epoch, 1);
        QCOMPARE(a.answer->heartbeatInterval, std::chrono::milliseconds(5'000));
        QCOMPARE(world.view("g")->state, GroupState::kStable);
        QCOMPARE(world.view("g")->type, GroupType::kConsumer);
    }
    void assignmentIsSentOnlyWhenItChangedOrAllWasSaid() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        ConsumerGroupHeartbeatRequest brief;
        brief.groupId = "g";
        brief.memberId = "a";
        brief.memberEpoch = a.epoch;
        brief.client = {"a", "/127.0.0.1"};
        QVERIFY(!a.send(brief)->assignment);
        QVERIFY(a.send(a.request())->assignment);
    }
    void malformedRequestsAreRefused_data() {
        QTest::addColumn<int>("what");
        for (int i = 0; i < 10; ++i) {
            QTest::addRow("%d", i) << i;
        }
    }
    void malformedRequestsAreRefused() {
        QFETCH(int, what);
        World world;
        NewConsumer a(world, "g", "a");
        auto request = a.request();
        switch (what) {
            case 0:
                request.groupId.clear();
                break;
            case 1:
                request.memberId.clear();
                break;
            case 2:
                request.instanceId = "";
                break;
            case 3:
                request.rackId = "";
                break;
            case 4:
                request.rebalanceTimeout.reset();
                break;
            case 5:
                request.owned.reset();
                break;
            case 6:
                request.owned = Assignment{{TopicId{}, {PartitionId(0)}}};
                break;
            case 7:
                request.subscribedTopics.reset();
                break;
            case 8:
                request.memberEpoch = -3;
                break;
            case 9:
                request.memberEpoch = kStaticLeaveEpoch;
                break;
        }
        QCOMPARE(a.send(request)->error, GroupErrc::kInvalidRequest);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void versionZeroMayLeaveTheIdToTheBroker() {
        World world;
        NewConsumer a(world, "g", "");
        a.apiVersion = 0;
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QVERIFY(!a.answer->memberId->empty());
    }
    void unknownAssignorIsRefused() {
        World world;
        NewConsumer a(world, "g", "a");
        a.assignor = "sticky";
        QCOMPARE(a.beat(), GroupErrc::kUnsupportedAssignor);
        a.assignor = "range";
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(world.manager->describeConsumerGroup("g").assignor, std::string("range"));
    }
    void memberOfNoGroupIsTold() {
        World world;
        NewConsumer a(world, "g", "a");
        a.epoch = 3;
        QCOMPARE(a.beat(), GroupErrc::kGroupIdNotFound);
        NewConsumer b(world, "g", "b");
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.leave(), GroupErrc::kUnknownMemberId);
    }
    void partitionsAreGivenOnlyAfterTheirOwnerGaveThemUp() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        NewConsumer b(world, "g", "b");
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QVERIFY(b.owned.empty());  // a still holds all of them
        QCOMPARE(b.epoch, 2);
        QCOMPARE(world.view("g")->state, GroupState::kReconciling);

        const auto before = a.owned;
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 2U);
        QCOMPARE(a.epoch, 1);  // stays in its epoch until it has said that they are gone
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QVERIFY(b.owned.empty());
        const auto after = a.owned;
        a.owned = before;  // still holds them
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.epoch, 1);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QVERIFY(b.owned.empty());
        a.owned = after;
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.epoch, 2);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(b.partitionsOf("orders").size(), 2U);
        QVERIFY(!intersects(a.owned, b.owned));
        QCOMPARE(world.view("g")->state, GroupState::kStable);
    }
    void whoDoesNotGiveUpInTimeIsRemoved() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        a.rebalanceTimeout = 20s;
        QCOMPARE(a.beat(), GroupErrc::kNone);
        const auto all = a.owned;
        NewConsumer b(world, "g", "b");
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        a.owned = all;
        for (int i = 0; i < 4; ++i) {
            world.advance(4'999ms);
            QCOMPARE(a.beat(), GroupErrc::kNone);
            a.owned = all;
        }
        world.advance(5s);
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(b.partitionsOf("orders").size(), 4U);
    }
    void silentMemberIsRemovedAfterItsSession() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        world.advance(44s);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.advance(1s);
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 4U);
    }
    void leavingMemberFreesItsPartitionsAtOnce() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        QCOMPARE(b.leave(), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 4U);
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(world.view("g")->state, GroupState::kEmpty);
    }
    void epochAheadOrStaleIsFenced() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        auto ahead = a.request();
        ++ahead.memberEpoch;
        QCOMPARE(a.send(ahead)->error, GroupErrc::kFencedMemberEpoch);
        NewConsumer c(world, "g", "c");
        converge({&a, &b, &c});
        auto stale = a.request();
        stale.memberEpoch = 1;
        QCOMPARE(a.send(stale)->error, GroupErrc::kFencedMemberEpoch);
    }
    void lostAnswerIsForgiven() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.topics.put("orders", 8);
        world.manager->topicsChanged();
        const auto asBefore = a.request();
        QCOMPARE(a.send(asBefore)->memberEpoch, 2);  // and this answer is lost
        QCOMPARE(a.send(asBefore)->error, GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 8U);
    }
    void knownMemberMayAlwaysStartOver() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        a.restart();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 2U);
        QVERIFY(!intersects(a.owned, b.owned));
    }
    void newPartitionsAreHandedOut() {
        World world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QVERIFY(a.owned.empty());  // the topic is not there yet
        world.topics.put("orders", 2);
        world.manager->topicsChanged();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 2U);
        world.topics.put("orders", 3);
        world.manager->topicsChanged();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), 3U);
        const auto epoch = a.epoch;
        world.manager->topicsChanged();  // nothing that concerns this group
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.epoch, epoch);
    }
    void patternFollowsTheTopics() {
        World world;
        world.topics.put("log-a", 1);
        world.topics.put("catalog-a", 1);
        NewConsumer a(world, "g", "a");
        a.topics = {};
        a.regex = "log-.*";
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("log-a").size(), 1U);
        QVERIFY(a.partitionsOf("catalog-a").empty());  // the whole name has to match
        world.topics.put("log-b", 2);
        world.manager->topicsChanged();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("log-b").size(), 2U);
        a.regex = "log-(";
        QCOMPARE(a.beat(), GroupErrc::kInvalidRegularExpression);
    }
    void staticMemberThatComesBackKeepsItsPartitions() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        a.instanceId = "ia";
        b.instanceId = "ib";
        converge({&a, &b});
        const auto owned = a.owned;
        const auto epoch = b.epoch;
        NewConsumer again(world, "g", "a2");
        again.instanceId = "ia";
        QCOMPARE(again.beat(), GroupErrc::kUnreleasedInstanceId);
        QCOMPARE(a.leave(kStaticLeaveEpoch), GroupErrc::kNone);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(b.epoch, epoch);  // nobody is disturbed
        QCOMPARE(again.beat(), GroupErrc::kNone);
        QCOMPARE(again.owned, owned);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(b.epoch, epoch);
        QCOMPARE(a.beat(), GroupErrc::kFencedInstanceId);
    }
    void staticMemberThatStaysAwayIsRemoved() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        a.instanceId = "ia";
        converge({&a, &b});
        QCOMPARE(a.leave(kStaticLeaveEpoch), GroupErrc::kNone);
        for (int i = 0; i < 9; ++i) {
            QCOMPARE(b.beat(), GroupErrc::kNone);
            QCOMPARE(b.partitionsOf("orders").size(), 2U);
            world.advance(5s);
        }
        converge({&b});
        QCOMPARE(b.partitionsOf("orders").size(), 4U);
    }
    void fullGroupRefusesAnotherMember() {
        World world;
        world.options.broker.consumerMaxSize = 1;
        world.restart();
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(b.beat(), GroupErrc::kGroupMaxSizeReached);
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void heartbeatThatChangedTheGroupWaitsForTheDisk() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        world.store.hold();
        const auto join = a.send(a.request());
        QVERIFY(!join.here());
        world.store.release();
        QCOMPARE(join->memberEpoch, 1);
        world.store.setBroken(true);
        NewConsumer b(world, "g", "b");
        QCOMPARE(b.beat(), GroupErrc::kCoordinatorNotAvailable);
        world.store.setBroken(false);
        QCOMPARE(b.beat(), GroupErrc::kNone);
    }
    void commitsAndFetchesNeedTheMembersEpoch() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAs(world, a, a.epoch)), GroupErrc::kNone);
        QCOMPARE(onlyError(*commitAs(world, a, a.epoch - 1)), GroupErrc::kStaleMemberEpoch);
        QCOMPARE(onlyError(*commitAs(world, a, a.epoch, 8)), GroupErrc::kUnsupportedVersion);
        NewConsumer stranger(world, "g", "s");
        QCOMPARE(onlyError(*commitAs(world, stranger, 1)), GroupErrc::kUnknownMemberId);
        OffsetFetchRequest fetch;
        fetch.groupId = "g";
        fetch.topics = {{TopicId{}, "orders", {PartitionId(0)}}};
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kNone);
        fetch.memberId = "a";
        fetch.memberEpoch = a.epoch;
        QCOMPARE(world.manager->fetchOffsets(fetch).topics[0].partitions[0].offset, Offset(7));
        fetch.memberEpoch = a.epoch + 1;
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kStaleMemberEpoch);
        fetch.memberId = "s";
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kUnknownMemberId);
    }
    void adminSeesAndRefusesAsForAClassicGroup() {
        World world;
        world.topics.put("orders", 4);
        NewConsumer a(world, "g", "a");
        a.instanceId = "ia";
        QCOMPARE(a.beat(), GroupErrc::kNone);
        const auto listed = world.manager->listGroups({{"stable"}, {"consumer"}}).groups;
        QCOMPARE(listed.size(), 1U);
        QCOMPARE(listed[0].protocolType, std::string("consumer"));
        QCOMPARE(world.manager->describeGroup("g").error, GroupErrc::kGroupIdNotFound);
        const auto described = world.manager->describeConsumerGroup("g");
        QCOMPARE(described.error, GroupErrc::kNone);
        QCOMPARE(described.groupEpoch, 1);
        QCOMPARE(described.assignor, std::string("uniform"));
        QCOMPARE(described.members.at(0).assignment, a.owned);
        QCOMPARE(described.members.at(0).target, a.owned);
        QCOMPARE(*described.members.at(0).instanceId, std::string("ia"));
        QCOMPARE(world.manager->describeConsumerGroup("nobody").error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kNonEmptyGroup);
        QCOMPARE(world.deleteOffsets({"g", {kOrders0}})->partitions[0].error, GroupErrc::kGroupSubscribedToTopic);
        QCOMPARE(world.view("g")->members.at(0).assigned.size(), 4U);
        QCOMPARE(world.manager->removeMember("g", "a"), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kNone);
    }
    void groupSurvivesARestartWithoutMovingAnything() {
        World world;
        world.topics.put("orders", 6);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        const auto [ownedA, ownedB, epoch] = std::tuple(a.owned, b.owned, a.epoch);
        world.restart();
        converge({&a, &b});
        QCOMPARE(a.owned, ownedA);
        QCOMPARE(b.owned, ownedB);
        QCOMPARE(a.epoch, epoch);
    }
    void emptyGroupChangesItsProtocolAndKeepsItsOffsets() {
        World world;
        world.topics.put("orders", 2);
        Consumer classic(world, "g", "c");
        settle(world, {&classic});
        QCOMPARE(onlyError(*classic.commit(kOrders0, 5)), GroupErrc::kNone);
        NewConsumer a(world, "g", "a");
        QCOMPARE(classic.leave(), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.epoch, 3);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(5));
        QCOMPARE(a.leave(), GroupErrc::kNone);
        classic.id.clear();
        settle(world, {&classic});
        QCOMPARE(classic.generation, GenerationId(5));
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(5));
    }
    void membersThatComeAndGoNeverShareAPartition_data() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 15; ++seed) {
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
        }
    }
    void membersThatComeAndGoNeverShareAPartition();
    void recordComesBackAsItWas();
};

void TstGroupsKip848::membersThatComeAndGoNeverShareAPartition() {
    QFETCH(quint64, seed);
    SeededRandom random(seed);
    World world;
    world.topics.put("orders", 23);
    world.topics.put("payments", 7);
    std::vector<NewConsumer> members;
    for (int i = 0; i < 12; ++i) {
        auto& member = members.emplace_back(world, "g", "m" + std::to_string(i));
        member.assignor = seed % 2 == 0 ? "range" : "uniform";
        if (i % 4 == 0) {
            member.instanceId = "i" + std::to_string(i);
        }
        if (i % 3 == 0) {
            member.topics = {"orders", "payments"};
        }
    }
    std::set<NewConsumer*> alive;
    const auto noneIsShared = [&] {
        std::set<std::pair<TopicId, PartitionId>> taken;
        for (const auto* member : alive) {
            for (const auto& [topic, partitions] : member->owned) {
                for (const auto partition : partitions) {
                    if (!taken.emplace(topic, partition).second) {
                        return false;
                    }
                }
            }
        }
        return true;
    };
    int size = 23;
    for (int round = 0; round < 1'000; ++round) {
        auto& member = members[random.next() % members.size()];
        const auto dice = random.next() % 40;
        if (dice == 0 && alive.contains(&member)) {
            (void)member.leave(member.instanceId && round % 2 == 0 ? kStaticLeaveEpoch : kLeaveEpoch);
            member.restart();
            alive.erase(&member);
        } else if (dice == 1) {
            member.topics = random.next() % 2 == 0 ? std::vector<std::string>{"orders"}
                                                   : std::vector<std::string>{"orders", "payments"};
        } else if (dice == 2 && size < 60) {
            world.topics.put("orders", ++size);
            world.manager->topicsChanged();
        } else if (dice == 3) {
            world.restart();
        } else if (dice == 4) {
            // An answer is lost: the member goes on from what it knew.
            (void)member.send(member.request());
            alive.insert(&member);
        } else {
            alive.insert(&member);
            if (const auto error = member.beat(); error != GroupErrc::kNone) {
                member.restart();
            }
        }
        QVERIFY(noneIsShared());
        world.advance(std::chrono::milliseconds(random.next() % 300));
        for (auto* each : alive) {
            if (random.next() % 6 == 0 && each->beat() != GroupErrc::kNone) {
                each->restart();
            }
        }
        QVERIFY(noneIsShared());
    }
    std::vector<NewConsumer*> all;
    for (auto& member : members) {
        member.topics = {"orders", "payments"};
        alive.insert(&member);
        all.push_back(&member);
    }
    // Who was removed in between learns so and starts over; then there is peace.
    for (int round = 0; round < 20; ++round) {
        for (auto* member : all) {
            if (member->beat() != GroupErrc::kNone) {
                member->restart();
            }
        }
        world.advance(5s);
    }
    converge(all);
    std::size_t total = 0;
    for (const auto* member : all) {
        total += partitionCount(member->owned);
    }
    QVERIFY(noneIsShared());
    QCOMPARE(total, static_cast<std::size_t>(size + 7));
    QCOMPARE(world.view("g")->state, GroupState::kStable);
}

void TstGroupsKip848::recordComesBackAsItWas() {
    ConsumerRecord record;
    record.groupEpoch = 9;
    record.assignmentEpoch = 8;
    TopicId id;
    id.bytes[3] = std::byte{5};
    record.topics = {{"orders", id, 4}};
    ConsumerMember member;
    member.id = "m";
    member.instanceId = "i";
    member.client = {"c", "/1.2.3.4"};
    member.rebalanceTimeout = 5s;
    member.subscribedTopics = {"orders"};
    member.subscribedRegex = "x.*";
    member.serverAssignor = "range";
    member.epoch = 8;
    member.previousEpoch = 7;
    member.state = MemberState::kUnrevokedPartitions;
    member.assigned = {{id, {PartitionId(1)}}};
    member.pendingRevocation = {{id, {PartitionId(2), PartitionId(3)}}};
    record.members = {{member, {{id, {PartitionId(1)}}}}};
    const auto bytes = encodeRecord(record);
    const auto read = decodeConsumerRecord(bytes);
    QVERIFY(read);
    QCOMPARE(read->groupEpoch, 9);
    QCOMPARE(read->topics, record.topics);
    const auto& back = read->members.at(0).member;
    QCOMPARE(back.instanceId, member.instanceId);
    QCOMPARE(back.epoch, 8);
    QCOMPARE(back.previousEpoch, 7);
    QCOMPARE(back.state, MemberState::kUnrevokedPartitions);
    QCOMPARE(back.assigned, member.assigned);
    QCOMPARE(back.pendingRevocation, member.pendingRevocation);
    QCOMPARE(back.subscribedRegex, member.subscribedRegex);
    QCOMPARE(back.serverAssignor, member.serverAssignor);
    QCOMPARE(read->members.at(0).target, record.members[0].target);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        QVERIFY(!decodeConsumerRecord(ByteView(bytes).first(length)));
    }
}

QTEST_APPLESS_MAIN(TstGroupsKip848)
#include "tst_groups_kip848.moc"
