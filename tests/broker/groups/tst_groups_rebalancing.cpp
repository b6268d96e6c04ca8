// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

class TstGroupsRebalancing : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMemberGetsItsOwnAssignment() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        QCOMPARE(a.assignment(), std::string("a"));
        QCOMPARE(b.assignment(), std::string("b"));
        QCOMPARE(*a.syncAnswer->protocolType, std::string("consumer"));
        QCOMPARE(*b.syncAnswer->protocolName, std::string("range"));
        QCOMPARE(world.state("g"), GroupState::kStable);
    }
    void memberThatTheLeaderForgotGetsAnEmptyAssignment() {
        World world;
        JoinedPair pair(world);
        auto& leader = pair.leader();
        auto& follower = pair.follower();
        leader.sync({{leader.id, "all"}});
        follower.sync();
        QCOMPARE(follower.syncAnswer->error, GroupErrc::kNone);
        QVERIFY(follower.syncAnswer->assignment.empty());
    }
    void syncWaitsForTheDisk() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        world.store.hold();
        a.sync({{a.id, "a"}});
        QVERIFY(!a.syncAnswer.here());
        QCOMPARE(world.state("g"), GroupState::kCompletingRebalance);
        world.store.release();
        QCOMPARE(a.assignment(), std::string("a"));
    }
    void assignmentThatCannotBeStoredStartsAnotherRebalance() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        world.store.setBroken(true);
        a.sync({{a.id, "a"}});
        QCOMPARE(a.syncAnswer->error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        world.store.setBroken(false);
        settle(world, {&a});
        QCOMPARE(a.assignment(), std::string("a"));
    }
    void assignmentOfAnOldGenerationIsIgnoredWhenItReachesTheDiskLate() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        world.store.hold();
        a.sync({{a.id, "old"}});
        Consumer b(world, "g", "b");
        b.join();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kRebalanceInProgress);
        a.join();
        QVERIFY(a.joined() && b.joined());
        QCOMPARE(a.generation, GenerationId(2));
        world.store.release();
        QCOMPARE(world.state("g"), GroupState::kCompletingRebalance);
    }
    void joinerCallsTheOthersBack() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
        QVERIFY(!b.joinAnswer.here());
        a.join();
        QVERIFY(a.joined() && b.joined());
        QCOMPARE(a.generation, GenerationId(2));
    }
    void whoDoesNotJoinAgainInTimeIsRemoved() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.sessionTimeout = b.sessionTimeout = 60s;
        a.rebalanceTimeout = 20s;
        b.rebalanceTimeout = 40s;
        settle(world, {&a, &b});
        Consumer c(world, "g", "c");
        c.join();
        b.join();
        world.advance(39'999ms);
        QVERIFY(!b.joinAnswer.here());  // the longest timeout of the members counts
        world.advance(1ms);
        QVERIFY(b.joined() && c.joined());
        QCOMPARE(a.beat(), GroupErrc::kUnknownMemberId);
        QVERIFY(b.isLeader() || c.isLeader());
    }
    void leaderThatDoesNotReturnIsReplaced() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.sessionTimeout = b.sessionTimeout = 60s;
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        follower.topics = {"payments"};
        follower.join();
        world.advance(30s);
        QVERIFY(follower.joined());
        QVERIFY(follower.isLeader());
        QCOMPARE(leader.beat(), GroupErrc::kUnknownMemberId);
    }
    void silentMemberIsRemovedAfterItsSession() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        for (int i = 0; i < 3; ++i) {
            world.advance(3s);
            QCOMPARE(a.beat(), GroupErrc::kNone);
        }
        world.advance(999ms);
        QCOMPARE(world.state("g"), GroupState::kStable);
        world.advance(1ms);
        QCOMPARE(world.state("g"), GroupState::kPreparingRebalance);
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
    }
    void sessionDoesNotRunWhileTheJoinIsParked() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.sessionTimeout = 6s;
        b.sessionTimeout = 60s;
        b.rebalanceTimeout = a.rebalanceTimeout = 50s;
        settle(world, {&a, &b});
        a.topics = {"other"};
        a.join();  // parked until b comes, far beyond its session of 6 s
        world.advance(40s);
        QVERIFY(!a.joinAnswer.here());
        b.join();
        QVERIFY(a.joined() && b.joined());
        world.advance(5'999ms);  // and it starts anew with the answer
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void sessionDoesNotRunWhileTheSyncIsParked() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.sessionTimeout = b.sessionTimeout = 6s;
        a.join();
        b.join();
        world.advance(6s);
        QVERIFY(a.joined() && b.joined());
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        follower.sync();
        QCOMPARE(follower.beat(), GroupErrc::kNone);  // which starts no session
        for (int i = 0; i < 5; ++i) {
            world.advance(5s);
            QCOMPARE(leader.beat(), GroupErrc::kNone);  // alive in the middle of a rebalance
        }
        leader.sync({{leader.id, "l"}, {follower.id, "f"}});
        QCOMPARE(follower.assignment(), std::string("f"));
    }
    void whoNeverSyncsIsRemovedAfterTheRebalanceTimeout() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.sessionTimeout = b.sessionTimeout = 60s;
        a.join();
        b.join();
        world.advance(6s);
        QVERIFY(a.joined() && b.joined());
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        leader.sync({{leader.id, "l"}, {follower.id, "f"}});
        world.advance(30s);
        QCOMPARE(leader.beat(), GroupErrc::kRebalanceInProgress);
        QCOMPARE(follower.beat(), GroupErrc::kUnknownMemberId);
    }
    void whoNeverSyncsIsRemovedWithAllOthersWhoDoNot() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        Consumer c(world, "g", "c");
        for (auto* each : {&a, &b, &c}) {
            each->sessionTimeout = 60s;
            each->join();
        }
        world.advance(9s);
        QVERIFY(a.joined() && b.joined() && c.joined());
        Consumer* leader = nullptr;
        for (auto* each : {&a, &b, &c}) {
            leader = each->isLeader() ? each : leader;
        }
        leader->sync({{leader->id, "l"}});
        world.advance(30s);
        QCOMPARE(leader->beat(), GroupErrc::kRebalanceInProgress);
        QCOMPARE(world.view("g")->members.size(), 1U);
        settle(world, {leader});
        const auto events = world.view("g")->rebalances;
        QCOMPARE(events.back().left.size(), 2U);
        QVERIFY(events.back().reason.find("2 members") != std::string::npos);
    }
    void memberTakenOutWhileItWaitsForItsAssignmentIsTold() {
        World world;
        JoinedPair pair(world);
        auto& leader = pair.leader();
        auto& follower = pair.follower();
        follower.sync();
        QCOMPARE(world.manager->removeMember("g", follower.id), GroupErrc::kNone);
        QCOMPARE(follower.syncAnswer->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(leader.beat(), GroupErrc::kRebalanceInProgress);
    }
    void retriedSyncIsAnsweredOnceEach() {
        World world;
        JoinedPair pair(world);
        auto& leader = pair.leader();
        auto& follower = pair.follower();
        follower.sync();
        const auto first = follower.syncAnswer;
        follower.sync();
        QCOMPARE(first->error, GroupErrc::kRebalanceInProgress);
        leader.sync({{follower.id, "f"}});
        QCOMPARE(follower.assignment(), std::string("f"));
    }
    void followerWithUnchangedMetadataDisturbsNobody() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        follower.join();
        QVERIFY(follower.joined());
        QCOMPARE(follower.generation, GenerationId(1));
        QVERIFY(follower.joinAnswer->members.empty());
        QCOMPARE(leader.beat(), GroupErrc::kNone);
        follower.sync();
        QCOMPARE(follower.assignment(), follower.name);
    }
    void leaderThatJoinsAgainStartsARebalance() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        leader.join();
        QVERIFY(!leader.joinAnswer.here());
        QCOMPARE(follower.beat(), GroupErrc::kRebalanceInProgress);
    }
    void changedMetadataStartsARebalance() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        follower.topics.push_back("payments");
        follower.join();
        QVERIFY(!follower.joinAnswer.here());
        leader.join();
        QVERIFY(leader.joined() && follower.joined());
        QCOMPARE(leader.generation, GenerationId(2));
    }
    void lostJoinAnswerIsGivenAgainBeforeTheSync() {
        World world;
        JoinedPair pair(world);
        auto& leader = pair.leader();
        leader.joinAnswer = world.join(leader.joinRequest());
        QVERIFY(leader.joined());
        QCOMPARE(leader.generation, GenerationId(1));
        QCOMPARE(leader.joinAnswer->members.size(), 2U);
        QCOMPARE(world.state("g"), GroupState::kCompletingRebalance);
    }
    void changedMetadataBeforeTheSyncStartsOver() {
        World world;
        JoinedPair pair(world);
        auto& leader = pair.leader();
        auto& follower = pair.follower();
        follower.sync();
        leader.topics = {"payments"};
        leader.join();
        QCOMPARE(follower.syncAnswer->error, GroupErrc::kRebalanceInProgress);
        follower.join();
        QVERIFY(pair.a.joined() && pair.b.joined());
        QCOMPARE(pair.b.generation, GenerationId(2));
    }
    void leavingMemberFreesItsPlaceAtOnce() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        QCOMPARE(b.leave(), GroupErrc::kNone);
        QCOMPARE(b.leave(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
        a.join();
        QVERIFY(a.joined());
        QVERIFY(a.isLeader());
    }
    void lastMemberLeavesAnEmptyGroupOfTheNextGeneration() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(world.state("g"), GroupState::kEmpty);
        QCOMPARE(world.view("g")->generation, GenerationId(2));
        Consumer b(world, "g", "b");
        settle(world, {&b});
        QCOMPARE(b.generation, GenerationId(3));
    }
    void emptiedGroupTakesAnotherProtocolType() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(a.leave(), GroupErrc::kNone);
        auto request = a.joinRequest();
        request.apiVersion = 3;
        request.memberId.clear();
        request.protocolType = "connect";
        const auto answer = world.join(request);
        world.advance(3s);
        QCOMPARE(answer->error, GroupErrc::kNone);
        QCOMPARE(*answer->protocolType, std::string("connect"));
    }
    void wrongGenerationIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        a.generation = GenerationId(7);
        QCOMPARE(a.beat(), GroupErrc::kIllegalGeneration);
        a.sync();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kIllegalGeneration);
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 1)), GroupErrc::kIllegalGeneration);
    }
    void unknownMemberIsRefusedEverywhere() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        for (const char* groupId : {"g", "no-such-group"}) {
            Consumer stranger(world, groupId, "s");
            stranger.id = "s-1";
            stranger.generation = GenerationId(1);
            QCOMPARE(stranger.beat(), GroupErrc::kUnknownMemberId);
            QCOMPARE(stranger.leave(), GroupErrc::kUnknownMemberId);
            stranger.sync();
            QCOMPARE(stranger.syncAnswer->error, GroupErrc::kUnknownMemberId);
        }
    }
    void syncDuringTheJoinPhaseIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();
        a.sync();
        QCOMPARE(a.syncAnswer->error, GroupErrc::kRebalanceInProgress);
    }
    void syncNamingAnotherProtocolIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        auto request = a.syncRequest();
        request.protocolType = "connect";
        QCOMPARE(world.sync(request)->error, GroupErrc::kInconsistentGroupProtocol);
        request.protocolType = "consumer";
        request.protocolName = "sticky";
        QCOMPARE(world.sync(request)->error, GroupErrc::kInconsistentGroupProtocol);
        request.protocolName = "range";
        QCOMPARE(world.sync(request)->error, GroupErrc::kNone);
    }
    void oldHeartbeatTimersDoNotRemoveAMemberThatBeats() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        for (int i = 0; i < 1000; ++i) {
            world.advance(9'999ms);
            QCOMPARE(a.beat(), GroupErrc::kNone);
        }
        QVERIFY(world.timers.armed() <= 2);  // one alarm for the group, one for retention
    }
    void historyTellsWhoCameAndWhoWentAndWhy() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();
        world.advance(500ms);
        settle(world, {&a, &b});
        QCOMPARE(b.leave(), GroupErrc::kNone);
        settle(world, {&a});
        const auto events = world.view("g")->rebalances;
        QCOMPARE(events.size(), 3U);
        QCOMPARE(events[0].joined, std::vector{a.id});
        QCOMPARE(events[0].durationMs, 3'000);
        QCOMPARE(events[1].joined, std::vector{b.id});
        QVERIFY(events[1].left.empty());
        QCOMPARE(events[1].generation, GenerationId(2));
        QCOMPARE(events[1].durationMs, 500);
        QCOMPARE(events[1].members, 2);
        QVERIFY(events[1].reason.find(b.id + " joined") != std::string::npos);
        QCOMPARE(events[2].left, std::vector{b.id});
        QVERIFY(events[2].reason.find("left") != std::string::npos);
    }
    void historyIsBounded() {
        World world;
        world.options.rebalanceHistory = 5;
        world.restart();
        Consumer a(world, "g", "a");
        for (int i = 0; i < 20; ++i) {
            settle(world, {&a});
        }
        const auto events = world.view("g")->rebalances;
        QCOMPARE(events.size(), 5U);
        QCOMPARE(events.back().generation, GenerationId(20));
    }
};

QTEST_APPLESS_MAIN(TstGroupsRebalancing)
#include "tst_groups_rebalancing.moc"
