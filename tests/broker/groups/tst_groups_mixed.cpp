// SPDX-License-Identifier: GPL-3.0-or-later
// Members of the classic protocol in a group that the broker assigns: who is let in, who is fenced, who leaves how.
#include <QTest>

#include "broker/groups/consumer/consumer_record.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

/// A group with one member of the new protocol.
struct MixedWorld : World {
    MixedWorld() {
        topics.put("orders", 4);
        WEIR_ASSERT(fresh.beat() == GroupErrc::kNone);
    }
    /// A member of the classic protocol has joined and fetched its assignment.
    static bool enter(Consumer& consumer) {
        consumer.join();
        if (!consumer.joined()) {
            return false;
        }
        consumer.sync();
        return consumer.syncAnswer->error == GroupErrc::kNone;
    }
    LeaveGroupResponse leave(std::vector<LeaveGroupRequest::Member> members) {
        LeaveGroupRequest request;
        request.groupId = "g";
        request.members = std::move(members);
        return manager->leaveGroup(request);
    }
    NewConsumer fresh{*this, "g", "fresh"};
};

}  // namespace

class TstGroupsMixed : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyWhoSpeaksTheSameIsLetIn() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        auto request = a.joinRequest();
        request.protocolType = "connect";
        QCOMPARE(world.join(request)->error, GroupErrc::kInconsistentGroupProtocol);
        request = a.joinRequest();
        request.protocols.clear();
        QCOMPARE(world.join(request)->error, GroupErrc::kInconsistentGroupProtocol);
        request = a.joinRequest();
        request.protocols[0].metadata = toBytes("not a subscription");
        QCOMPARE(world.join(request)->error, GroupErrc::kInconsistentGroupProtocol);
        QVERIFY(MixedWorld::enter(a));
        // Another assignor than the classic members have among them.
        Consumer b(world, "g", "b");
        b.assignors = {"roundrobin"};
        b.join();
        QCOMPARE(b.joinAnswer->error, GroupErrc::kInconsistentGroupProtocol);
        b.assignors = {"roundrobin", "range"};
        b.id.clear();
        QVERIFY(MixedWorld::enter(b));
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{3});
    }
    void aFullGroupTakesNoClassicMemberEither() {
        MixedWorld world;
        world.options.broker.consumerMaxSize = 2;
        world.restart();
        world.fresh.restart();
        QCOMPARE(world.fresh.beat(), GroupErrc::kNone);
        Consumer a(world, "g", "a");
        a.instanceId = "ia";
        QVERIFY(MixedWorld::enter(a));
        Consumer b(world, "g", "b");
        b.join();
        QCOMPARE(b.joinAnswer->error, GroupErrc::kGroupMaxSizeReached);
        // Who takes its own place makes the group no larger, and who is in it may join again.
        Consumer again(world, "g", "a");
        again.instanceId = "ia";
        QVERIFY(MixedWorld::enter(again));
        QVERIFY(again.id != a.id);
        QVERIFY(MixedWorld::enter(again));
    }
    void anOldClientNeedsNoIdAndANewOneIsGivenOne() {
        MixedWorld world;
        Consumer old(world, "g", "old");
        old.apiVersion = 3;
        QCOMPARE(world.join(old.joinRequest())->error, GroupErrc::kNone);
        Consumer young(world, "g", "young");
        const auto first = world.join(young.joinRequest());
        QCOMPARE(first->error, GroupErrc::kMemberIdRequired);
        QVERIFY(first->memberId.starts_with("young-"));
    }
    void aStaticClassicMemberIsFencedByItsSuccessor() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        a.instanceId = "ia";
        QVERIFY(MixedWorld::enter(a));
        Consumer successor(world, "g", "a");
        successor.instanceId = "ia";
        QVERIFY(MixedWorld::enter(successor));
        QCOMPARE(a.beat(), GroupErrc::kFencedInstanceId);
        a.sync();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kFencedInstanceId);
        a.join();
        QCOMPARE(a.joinAnswer->error, GroupErrc::kFencedInstanceId);
        // An id with the name of an instance that nobody is.
        a.instanceId = "nobody";
        a.join();
        QCOMPARE(a.joinAnswer->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(successor.beat(), GroupErrc::kNone);
    }
    void aSyncThatDoesNotFitIsRefused() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        a.join();
        QVERIFY(a.joined());
        const auto errorOf = [&](auto change) {
            auto request = a.syncRequest();
            change(request);
            return world.sync(request)->error;
        };
        QCOMPARE(errorOf([](auto& r) { r.protocolType = "connect"; }), GroupErrc::kInconsistentGroupProtocol);
        QCOMPARE(errorOf([](auto& r) { r.protocolName = "roundrobin"; }), GroupErrc::kInconsistentGroupProtocol);
        QCOMPARE(errorOf([](auto& r) { r.generation = GenerationId(99); }), GroupErrc::kIllegalGeneration);
        QCOMPARE(errorOf([](auto& r) { r.memberId = "nobody"; }), GroupErrc::kUnknownMemberId);
        QCOMPARE(errorOf([](auto& r) { r.memberId = "fresh"; }), GroupErrc::kUnknownMemberId);
        QCOMPARE(errorOf([](auto& r) {
                     r.protocolType = "consumer";
                     r.protocolName = "range";
                 }),
                 GroupErrc::kNone);
    }
    void whoeverIsNamedLeavesAndNobodyElse() {
        MixedWorld world;
        Consumer fixed(world, "g", "fixed");
        fixed.instanceId = "if";
        Consumer loose(world, "g", "loose");
        QVERIFY(MixedWorld::enter(fixed) && MixedWorld::enter(loose));
        const auto errorOf = [&](LeaveGroupRequest::Member member) {
            return world.leave({std::move(member)}).members.at(0).error;
        };
        QCOMPARE(errorOf({"nobody", std::nullopt, std::nullopt}), GroupErrc::kUnknownMemberId);
        QCOMPARE(errorOf({"", "nobody", std::nullopt}), GroupErrc::kUnknownMemberId);
        QCOMPARE(errorOf({loose.id, "if", std::nullopt}), GroupErrc::kFencedInstanceId);
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{3});
        QCOMPARE(errorOf({"", "if", "the administrator said so"}), GroupErrc::kNone);
        QCOMPARE(errorOf({loose.id, std::nullopt, std::nullopt}), GroupErrc::kNone);
        Consumer again(world, "g", "again");
        again.instanceId = "if";
        QVERIFY(MixedWorld::enter(again));
        QCOMPARE(errorOf({again.id, "if", std::nullopt}), GroupErrc::kNone);
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{1});
        QCOMPARE(world.fresh.beat(), GroupErrc::kNone);
        QCOMPARE(world.fresh.partitionsOf("orders").size(), std::size_t{4});
    }
    void commitsAreOfTheGenerationAMemberIsIn() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        QVERIFY(MixedWorld::enter(a));
        const TopicPartition place{"orders", PartitionId(0)};
        QCOMPARE(onlyError(*a.commit(place, 5)), GroupErrc::kNone);
        const GenerationId right = a.generation;
        a.generation = GenerationId(right.value + 1);
        QCOMPARE(onlyError(*a.commit(place, 6)), GroupErrc::kIllegalGeneration);
        a.id = "nobody";
        QCOMPARE(onlyError(*a.commit(place, 7)), GroupErrc::kUnknownMemberId);
        QCOMPARE(world.fetched("g", place)->offset, Offset(5));
    }
    void whatTheStoreDoesNotTakeIsNoMembership() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        a.apiVersion = 3;
        world.store.setBroken(true);
        a.join();
        QCOMPARE(a.joinAnswer->error, GroupErrc::kCoordinatorNotAvailable);
    }
    /// Without a rebalance timeout of its own, as of versions before it was sent, it is the session's.
    void theOldestClientsHaveOneTimeout() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        a.sessionTimeout = 20s;
        a.rebalanceTimeout = -1ms;
        a.join();
        QVERIFY(a.joined());
        world.advance(19s);
        QCOMPARE(world.manager->describeConsumerGroup("g").members.size(), std::size_t{2});
        QCOMPARE(world.fresh.beat(), GroupErrc::kNone);
        world.advance(2s);
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
    }
    void anEmptyGroupTakesCommitsOfAnybody() {
        MixedWorld world;
        QCOMPARE(world.fresh.leave(), GroupErrc::kNone);
        Consumer simple(world, "g", "simple");
        const TopicPartition place{"orders", PartitionId(1)};
        QCOMPARE(onlyError(*simple.commit(place, 3)), GroupErrc::kNone);
        QCOMPARE(world.fetched("g", place)->offset, Offset(3));
    }
    void anInstanceIdThatNobodyHasIsUnknown() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        QVERIFY(MixedWorld::enter(a));
        a.instanceId = "nobody";
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
        a.sync();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kUnknownMemberId);
        a.instanceId.reset();
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void anAdministratorTurnsTheGroupBackToo() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        QVERIFY(MixedWorld::enter(a));
        QCOMPARE(world.manager->removeMember("g", "fresh"), GroupErrc::kNone);
        QCOMPARE(world.view("g")->type, GroupType::kClassic);
        QCOMPARE(a.beat(), GroupErrc::kIllegalGeneration);  // as in Kafka: the generation is that of the last epoch
        a.join();
        QVERIFY(a.joined() && a.isLeader());
    }
    void aGroupThatMayNotTurnBackStaysAsItIs() {
        for (const auto policy : {config::MigrationPolicy::kUpgrade, config::MigrationPolicy::kDisabled}) {
            MixedWorld world;
            world.options.broker.migration = policy;
            world.restart();
            Consumer a(world, "g", "a");
            QVERIFY(MixedWorld::enter(a));
            world.fresh.restart();
            QCOMPARE(world.fresh.beat(), GroupErrc::kNone);
            QCOMPARE(world.fresh.leave(), GroupErrc::kNone);
            QCOMPARE(world.view("g")->type, GroupType::kConsumer);
            a.join();
            QVERIFY(a.joined());
            a.sync();
            QCOMPARE(parseAssignment(a.syncAnswer->assignment)->partitions.size(), std::size_t{4});
        }
    }
    void aTopicThatIsGoneIsInNobodysAssignment() {
        MixedWorld world;
        Consumer a(world, "g", "a");
        a.owned = {{"never was", PartitionId(0)}};
        QVERIFY(MixedWorld::enter(a));
        QCOMPARE(world.fresh.leave(), GroupErrc::kNone);
        NewConsumer again(world, "g", "again");
        a.join();
        QVERIFY(a.joined());
        ConsumerAssignment all;
        all.partitions = {{"orders", PartitionId(0)}, {"orders", PartitionId(1)}, {"gone", PartitionId(0)}};
        a.sync({{a.id, std::string(asText(writeAssignment(all)))}});
        QCOMPARE(again.beat(), GroupErrc::kNone);  // takes the group over
        const auto described = world.manager->describeConsumerGroup("g");
        QCOMPARE(partitionCount(described.members.at(0).assignment), std::size_t{2});
        world.topics.remove("orders");
        a.join();
        QVERIFY(a.joined());
        a.sync();
        QVERIFY(parseAssignment(a.syncAnswer->assignment)->partitions.empty());
    }
    /// Damage on the disk leaves records that no broker writes: such a member is called back, or told nothing.
    void aDamagedClassicMemberIsStillServed() {
        World world;
        world.topics.put("orders", 4);
        ConsumerRecord record;
        record.groupEpoch = record.assignmentEpoch = 5;
        ConsumerMember member;
        member.id = "m";
        member.epoch = member.previousEpoch = 5;
        member.state = MemberState::kUnrevokedPartitions;
        member.classic = ClassicFace{10s, {{"range", toBytes("?")}}};
        member.rebalanceTimeout = 5s;
        record.members = {{member, {}}};
        world.manager->stop();
        world.store.putRecord("g", encodeRecord(record));
        world.start();
        Consumer consumer(world, "g", "m");
        consumer.id = "m";
        consumer.generation = GenerationId(5);
        consumer.sync();
        QCOMPARE(consumer.syncAnswer->error, GroupErrc::kNone);
        QCOMPARE(parseAssignment(consumer.syncAnswer->assignment)->version, std::int16_t{0});
        QCOMPARE(consumer.beat(), GroupErrc::kRebalanceInProgress);
        consumer.join();
        QVERIFY(consumer.joined());
        consumer.sync();
        QCOMPARE(consumer.syncAnswer->error, GroupErrc::kNone);
    }
};

QTEST_APPLESS_MAIN(TstGroupsMixed)
#include "tst_groups_mixed.moc"
