// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

Consumer staticConsumer(World& world, const std::string& name) {
    Consumer consumer(world, "g", name);
    consumer.instanceId = name;
    consumer.sessionTimeout = 30s;
    return consumer;
}

}  // namespace

class TstGroupsStaticMembers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void staticMemberNeedsNoIdFirst() {
        World world;
        auto a = staticConsumer(world, "a");
        a.joinAnswer = world.join(a.joinRequest());
        world.advance(3s);
        QVERIFY(a.joined());
        QVERIFY(a.id.starts_with("a-"));
        QCOMPARE(*a.joinAnswer->members.at(0).instanceId, std::string("a"));
    }
    void returningMemberKeepsItsAssignmentWithoutARebalance() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        settle(world, {&a, &b});
        auto& follower = a.isLeader() ? b : a;
        auto& leader = a.isLeader() ? a : b;
        auto again = staticConsumer(world, follower.name);
        again.join();
        QVERIFY(again.joined());
        QVERIFY(again.id != follower.id);
        QCOMPARE(again.generation, GenerationId(1));
        QVERIFY(!again.joinAnswer->skipAssignment);
        QVERIFY(again.joinAnswer->members.empty());
        QCOMPARE(leader.beat(), GroupErrc::kNone);
        again.sync();
        QCOMPARE(again.assignment(), follower.name);
    }
    void theOldMemberIsFenced() {
        World world;
        auto a = staticConsumer(world, "a");
        settle(world, {&a});
        auto again = staticConsumer(world, "a");
        again.join();
        QVERIFY(again.joined());
        QCOMPARE(a.beat(), GroupErrc::kFencedInstanceId);
        a.sync();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kFencedInstanceId);
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 1)), GroupErrc::kFencedInstanceId);
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kFencedInstanceId);
        QCOMPARE(a.leave(), GroupErrc::kFencedInstanceId);
        QCOMPARE(again.beat(), GroupErrc::kNone);
    }
    void theOldMembersParkedRequestsAreFenced() {
        World world;
        auto a = staticConsumer(world, "a");
        a.join();
        auto again = staticConsumer(world, "a");
        again.join();
        QCOMPARE(a.joinAnswer->error, GroupErrc::kFencedInstanceId);
        world.advance(6s);
        QVERIFY(again.joined());
        QCOMPARE(world.view("g")->members.size(), 1U);

        auto b = staticConsumer(world, "b");
        b.join();
        again.join();
        QVERIFY(b.joined() && again.joined());
        auto& follower = b.isLeader() ? again : b;
        follower.sync();
        auto third = staticConsumer(world, follower.name);
        third.join();
        QCOMPARE(follower.syncAnswer->error, GroupErrc::kFencedInstanceId);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);  // the assignment under way names the old id
    }
    void returningLeaderIsToldToSkipTheAssignment() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto again = staticConsumer(world, leader.name);
        again.join();
        QVERIFY(again.joined());
        QVERIFY(again.joinAnswer->skipAssignment);
        QCOMPARE(again.joinAnswer->leader, again.id);
        QCOMPARE(again.joinAnswer->members.size(), 2U);
    }
    void olderReturningLeaderIsNotToldThatItLeads() {
        World world;
        auto a = staticConsumer(world, "a");
        settle(world, {&a});
        auto again = staticConsumer(world, "a");
        again.apiVersion = 8;
        again.join();
        QVERIFY(again.joined());
        QVERIFY(!again.joinAnswer->skipAssignment);
        QCOMPARE(again.joinAnswer->leader, a.id);
        QVERIFY(again.joinAnswer->members.empty());
    }
    void returningMemberWithOtherTopicsStartsARebalance() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        settle(world, {&a, &b});
        auto again = staticConsumer(world, "a");
        again.topics = {"payments"};
        again.join();
        QVERIFY(!again.joinAnswer.here());
        QCOMPARE(b.beat(), GroupErrc::kRebalanceInProgress);
    }
    void returningMemberThatForgotWhatItOwnedStartsNone() {
        World world;
        auto a = staticConsumer(world, "a");
        settle(world, {&a});
        // The sticky assignors put what the member owned into its metadata; a fresh process owns nothing.
        ConsumerSubscription owned;
        owned.version = 1;
        owned.topics = {"orders"};
        owned.owned = {{"orders", PartitionId(0)}};
        auto rejoin = a.joinRequest();
        rejoin.protocols = {{"range", writeSubscription(owned)}};
        a.joinAnswer = world.join(rejoin);
        QVERIFY(a.joined());
        a.sync({{a.id, "a"}});
        auto again = staticConsumer(world, "a");
        again.join();
        QVERIFY(again.joined());
        QCOMPARE(again.generation, a.generation);
    }
    void returningMemberThatSwaysTheVoteStartsARebalance() {
        World world;
        auto a = staticConsumer(world, "a");
        a.assignors = {"range", "sticky"};
        settle(world, {&a});
        auto again = staticConsumer(world, "a");
        again.assignors = {"sticky", "range"};
        again.join();
        QVERIFY(again.joined());
        QCOMPARE(again.generation, GenerationId(2));
        QCOMPARE(*again.joinAnswer->protocolName, std::string("sticky"));
    }
    void replacementThatCannotBeStoredIsRefused() {
        World world;
        auto a = staticConsumer(world, "a");
        settle(world, {&a});
        world.store.setBroken(true);
        auto again = staticConsumer(world, "a");
        again.join();
        QCOMPARE(again.joinAnswer->error, GroupErrc::kCoordinatorNotAvailable);
        world.store.setBroken(false);
        auto third = staticConsumer(world, "a");
        third.join();
        QVERIFY(third.joined());
    }
    void instanceIdOfAnotherMemberIsFenced() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        settle(world, {&a, &b});
        b.instanceId = "a";
        QCOMPARE(b.beat(), GroupErrc::kFencedInstanceId);
        b.instanceId = "nobody";
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
    }
    void membersLeaveByInstanceIdInOneRequest() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        auto c = staticConsumer(world, "c");
        settle(world, {&a, &b, &c});
        LeaveGroupRequest request;
        request.groupId = "g";
        request.members = {{"", "a", "decommissioned"}, {"", "nobody", {}}, {"wrong-id", "c", {}}, {b.id, "b", {}}};
        const auto response = world.manager->leaveGroup(request);
        QCOMPARE(response.error, GroupErrc::kNone);
        QCOMPARE(response.members.size(), 4U);
        QCOMPARE(response.members[0].error, GroupErrc::kNone);
        QCOMPARE(response.members[1].error, GroupErrc::kUnknownMemberId);
        QCOMPARE(response.members[2].error, GroupErrc::kFencedInstanceId);
        QCOMPARE(response.members[3].error, GroupErrc::kNone);
        QCOMPARE(world.view("g")->members.size(), 1U);
        QCOMPARE(c.beat(), GroupErrc::kRebalanceInProgress);
        c.join();
        QVERIFY(c.joined());
    }
    void absentMemberKeepsItsPlaceUntilItsSessionEnds() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        a.rebalanceTimeout = b.rebalanceTimeout = 10s;
        settle(world, {&a, &b});
        auto c = staticConsumer(world, "c");
        c.rebalanceTimeout = 10s;
        c.join();
        a.join();
        world.advance(10s);  // b does not come back in time, but it is static
        QVERIFY(a.joined() && c.joined());
        QCOMPARE(world.view("g")->members.size(), 3U);
        auto& leader = a.isLeader() ? a : c;
        QCOMPARE(leader.joinAnswer->members.size(), 3U);
        leader.sync({});
        auto& follower = a.isLeader() ? c : a;
        follower.sync();
        for (int i = 0; i < 2; ++i) {
            world.advance(9s);
            QCOMPARE(a.beat(), GroupErrc::kNone);
            QCOMPARE(c.beat(), GroupErrc::kNone);
        }
        world.advance(2s);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
    }
    void anAbsentLeaderIsReplacedByOneWhoJoined() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        a.rebalanceTimeout = b.rebalanceTimeout = 10s;
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        follower.topics.push_back("bills");
        follower.join();
        QVERIFY(!follower.joinAnswer.here());
        world.advance(10s);
        QVERIFY(follower.joined() && follower.isLeader());
        QCOMPARE(follower.joinAnswer->members.size(), 2U);
        follower.sync({{follower.id, "all"}, {leader.id, "none"}});
        QCOMPARE(follower.assignment(), std::string("all"));
        // It comes back in time, and follows.
        auto again = staticConsumer(world, leader.name);
        again.join();
        QVERIFY(again.joined());
        QVERIFY(!again.isLeader());
    }
    void nobodyLeadsWhileAllAreAbsent() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        a.rebalanceTimeout = b.rebalanceTimeout = 10s;
        a.sessionTimeout = b.sessionTimeout = 60s;
        settle(world, {&a, &b});
        // A third one calls them all back, and goes.
        Consumer c(world, "g", "c");
        c.join();
        QCOMPARE(c.leave(), GroupErrc::kNone);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        world.advance(30s);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        QCOMPARE(world.view("g")->members.size(), 2U);
        a.join();
        world.advance(30s);
        QVERIFY(a.joined() && a.isLeader());
    }
    void groupOfAbsentMembersEmptiesWithTheirSessions() {
        World world;
        auto a = staticConsumer(world, "a");
        auto b = staticConsumer(world, "b");
        a.rebalanceTimeout = b.rebalanceTimeout = 7s;
        settle(world, {&a, &b});
        world.advance(30s);  // both are gone for good
        QCOMPARE(world.state("g"), GroupState::kEmpty);
        QVERIFY(world.view("g")->members.empty());
    }
    void lastAbsenteeThatGoesLetsTheWaitingOneIn() {
        World world;
        auto a = staticConsumer(world, "a");
        a.sessionTimeout = 300s;
        a.rebalanceTimeout = 600s;
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();
        world.advance(300s);  // a's session and the patience with b end in the same instant
        QVERIFY(b.joined() && b.isLeader());
        QCOMPARE(b.joinAnswer->members.size(), 1U);
    }
    /// What it wants can be compared only where it can be read.
    void returningMemberWhoseWishesCannotBeReadStartsARebalance_data() {
        QTest::addColumn<QString>("protocolType");
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::newRow("another protocol type") << "connect"
                                               << "x"
                                               << "y";
        QTest::newRow("what it was") << "consumer"
                                     << "?"
                                     << "";
        QTest::newRow("what it is") << "consumer"
                                    << ""
                                    << "?";
    }
    void returningMemberWhoseWishesCannotBeReadStartsARebalance() {
        QFETCH(QString, protocolType);
        QFETCH(QString, before);
        QFETCH(QString, after);
        World world;
        const auto joinWith = [&](Consumer& consumer, const QString& metadata) {
            auto request = consumer.joinRequest();
            request.protocolType = protocolType.toStdString();
            if (!metadata.isEmpty()) {
                request.protocols[0].metadata = toBytes(metadata.toStdString());
            }
            consumer.joinAnswer = world.join(request);
        };
        auto a = staticConsumer(world, "a");
        joinWith(a, before);
        world.advance(3s);
        QVERIFY(a.joined());
        a.sync({{a.id, "a"}});
        auto unchanged = staticConsumer(world, "a");
        joinWith(unchanged, before);
        QVERIFY(unchanged.joined());
        QCOMPARE(unchanged.generation, GenerationId(1));
        auto again = staticConsumer(world, "a");
        joinWith(again, after);
        QVERIFY(again.joined());
        QCOMPARE(again.generation, GenerationId(2));
    }
};

QTEST_APPLESS_MAIN(TstGroupsStaticMembers)
#include "tst_groups_static_members.moc"
