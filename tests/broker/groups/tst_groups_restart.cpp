// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/groups/classic/classic_record.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

class TstGroupsRestart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void stableGroupGoesOnWithoutARebalance() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 8)), GroupErrc::kNone);
        world.restart();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 9)), GroupErrc::kNone);
        a.sync();
        QCOMPARE(a.assignment(), std::string("a"));
        QCOMPARE(world.state("g"), GroupState::kStable);
        QCOMPARE(world.manager->describeGroup("g").members.size(), 2U);
    }
    void memberThatDiedMeanwhileIsRemovedAfterItsSession() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        world.restart();
        world.advance(9s);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.advance(1s);
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
    }
    void generationNeverGoesBack() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        settle(world, {&a});
        a.join();
        QVERIFY(a.joined());  // generation 3 is out, its assignment is not
        QCOMPARE(a.generation, GenerationId(3));
        world.restart();
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
        a.join();
        QVERIFY(a.joined());
        QCOMPARE(a.generation, GenerationId(4));
        QCOMPARE(a.leave(), GroupErrc::kNone);
        world.restart();
        a.id.clear();
        settle(world, {&a});
        QCOMPARE(a.generation, GenerationId(6));
    }
    void staticMemberSurvives() {
        World world;
        Consumer a(world, "g", "a");
        a.instanceId = "a";
        settle(world, {&a});
        world.restart();
        Consumer again(world, "g", "a");
        again.instanceId = "a";
        again.join();
        QVERIFY(again.joined());
        QCOMPARE(again.generation, GenerationId(1));
        QCOMPARE(a.beat(), GroupErrc::kFencedInstanceId);
        world.restart();
        QCOMPARE(again.beat(), GroupErrc::kNone);
        QCOMPARE(a.beat(), GroupErrc::kFencedInstanceId);
    }
    void retentionGoesOnCountingOverARestart() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 8)), GroupErrc::kNone);
        QCOMPARE(a.leave(), GroupErrc::kNone);
        world.advance(24h * 6);
        world.restart();
        world.advance(23h);
        QVERIFY(world.fetched("g", {"orders", PartitionId(0)}));
        world.advance(2h);
        QVERIFY(!world.fetched("g", {"orders", PartitionId(0)}));
    }
    void unacknowledgedCommitMayBeLostAnAcknowledgedOneNot() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 8)), GroupErrc::kNone);
        world.store.hold();
        const auto lost = a.commit({"orders", PartitionId(0)}, 9);
        world.store.crash();
        QCOMPARE(onlyError(*lost), GroupErrc::kCoordinatorNotAvailable);
        world.restart();
        QCOMPARE(world.fetched("g", {"orders", PartitionId(0)})->offset, Offset(8));
    }
    void damagedRecordKeepsTheOffsets() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 8)), GroupErrc::kNone);
        world.manager->stop();
        world.store.putRecord("g", toBytes("garbage"));
        world.start();
        QCOMPARE(world.state("g"), GroupState::kEmpty);
        QCOMPARE(world.fetched("g", {"orders", PartitionId(0)})->offset, Offset(8));
    }
    void failedLoadStaysLoading() {
        World world;
        world.manager->stop();
        world.store.hold();
        world.start();
        world.store.crash();
        Consumer a(world, "g", "a");
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kCoordinatorLoadInProgress);
    }
    void recordComesBackAsItWas() {
        ClassicRecord record;
        record.generation = GenerationId(12);
        record.rebalancing = true;
        record.stateSince = Timestamp(99);
        record.protocolType = "consumer";
        record.protocol = "range";
        record.leader = "m1";
        ClassicRecord::Member member;
        member.id = "m1";
        member.instanceId = "i1";
        member.client = {"client", "/10.0.0.1"};
        member.sessionTimeout = 6s;
        member.rebalanceTimeout = 7s;
        member.protocols = {{"range", toBytes("meta")}, {"sticky", {}}};
        member.assignment = toBytes("assignment");
        record.members = {member, {}};
        const auto bytes = encodeRecord(record);
        const auto read = decodeClassicRecord(bytes);
        QVERIFY(read);
        QCOMPARE(read->generation, record.generation);
        QVERIFY(read->rebalancing);
        QCOMPARE(read->stateSince, record.stateSince);
        QCOMPARE(read->protocol, record.protocol);
        QCOMPARE(read->leader, record.leader);
        QVERIFY(read->members == record.members);
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            QVERIFY(!decodeClassicRecord(ByteView(bytes).first(length)));
        }
    }
    /// A record that no broker writes: stable without a protocol, with a member that offers none.
    void damagedMembersAreShownAndGoWithTheirSessions() {
        World world;
        ClassicRecord record;
        record.generation = GenerationId(4);
        record.protocolType = "consumer";
        ClassicRecord::Member member;
        member.id = "m";
        member.sessionTimeout = 10s;
        record.members = {member};
        world.manager->stop();
        world.store.putRecord("g", encodeRecord(record));
        world.start();
        const auto described = world.manager->describeGroup("g");
        QCOMPARE(described.state, GroupState::kStable);
        QVERIFY(described.members.at(0).metadata.empty());
        QVERIFY(world.view("g")->members.at(0).subscribed.empty());
        NewConsumer modern(world, "g", "new");
        QCOMPARE(modern.beat(), GroupErrc::kGroupIdNotFound);  // nothing to take over
        Consumer joiner(world, "g", "a");
        joiner.apiVersion = 3;
        joiner.join();
        QCOMPARE(joiner.joinAnswer->error, GroupErrc::kInconsistentGroupProtocol);
        world.advance(10s);
        QCOMPARE(world.state("g"), GroupState::kEmpty);
        settle(world, {&joiner});
    }
    /// Its member speaks nothing of what the group is said to have chosen.
    void damagedStaticMemberComesBackWithARebalance() {
        World world;
        ClassicRecord record;
        record.generation = GenerationId(4);
        record.protocolType = "consumer";
        record.protocol = "range";
        ClassicRecord::Member member;
        member.id = "m";
        member.instanceId = "i";
        member.sessionTimeout = 10s;
        member.protocols = {{"sticky", {}}};
        record.members = {member};
        world.manager->stop();
        world.store.putRecord("g", encodeRecord(record));
        world.start();
        Consumer back(world, "g", "b");
        back.instanceId = "i";
        back.assignors = {"range", "sticky"};
        back.join();
        QVERIFY(back.joined());
        QCOMPARE(back.generation, GenerationId(5));
        QCOMPARE(*back.joinAnswer->protocolName, std::string("range"));
    }
};

QTEST_APPLESS_MAIN(TstGroupsRestart)
#include "tst_groups_restart.moc"
