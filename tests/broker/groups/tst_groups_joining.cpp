// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

class TstGroupsJoining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newMemberIsToldItsIdFirst() {
        World world;
        Consumer a(world, "g", "a");
        const auto answer = world.join(a.joinRequest());
        QVERIFY(answer.here());
        QCOMPARE(answer->error, GroupErrc::kMemberIdRequired);
        QVERIFY(answer->memberId.starts_with("a-"));
        QCOMPARE(answer->generation, kNoGeneration);
        QCOMPARE(world.state("g"), GroupState::kEmpty);
    }
    void oldClientJoinsWithoutAnId() {
        World world;
        Consumer a(world, "g", "a");
        a.apiVersion = 3;
        a.joinAnswer = world.join(a.joinRequest());
        QVERIFY(!a.joinAnswer.here());
        world.advance(3s);
        QVERIFY(a.joined());
        QCOMPARE(a.generation, GenerationId(1));
    }
    void firstJoinWaitsTheInitialDelayAndNoLonger() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(2'999ms);
        QVERIFY(!a.joinAnswer.here());
        world.advance(1ms);
        QVERIFY(a.joined());
    }
    void everyJoinerInTheDelayProlongsItUpToTheRebalanceTimeout() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        a.rebalanceTimeout = b.rebalanceTimeout = 5s;
        a.join();
        world.advance(2s);
        b.join();
        world.advance(1s);
        QVERIFY(!a.joinAnswer.here());  // one more delay, cut to what is left of 5 s
        world.advance(1'999ms);
        QVERIFY(!a.joinAnswer.here());
        world.advance(1ms);
        QVERIFY(a.joined() && b.joined());
        QCOMPARE(a.generation, b.generation);
    }
    void zeroDelayAnswersAtOnce() {
        World world;
        world.options.initialRebalanceDelay = 0ms;
        world.restart();
        Consumer a(world, "g", "a");
        a.join();
        QVERIFY(a.joined());
    }
    void emptyGroupIdIsRefused() {
        World world;
        Consumer a(world, "", "a");
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kInvalidGroupId);
        QCOMPARE(world.sync(a.syncRequest())->error, GroupErrc::kInvalidGroupId);
        QCOMPARE(a.beat(), GroupErrc::kInvalidGroupId);
        QCOMPARE(a.leave(), GroupErrc::kInvalidGroupId);
    }
    void sessionTimeoutOutOfBoundsIsRefused_data() {
        QTest::addColumn<int>("ms");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("below") << 5'999 << false;
        QTest::newRow("least") << 6'000 << true;
        QTest::newRow("most") << 1'800'000 << true;
        QTest::newRow("above") << 1'800'001 << false;
        QTest::newRow("negative") << -1 << false;
    }
    void sessionTimeoutOutOfBoundsIsRefused() {
        QFETCH(int, ms);
        QFETCH(bool, allowed);
        World world;
        Consumer a(world, "g", "a");
        a.sessionTimeout = std::chrono::milliseconds(ms);
        QCOMPARE(world.join(a.joinRequest())->error,
                 allowed ? GroupErrc::kMemberIdRequired : GroupErrc::kInvalidSessionTimeout);
    }
    void unknownMemberOfNoGroupIsRefusedAndLeavesNoGroup() {
        World world;
        Consumer a(world, "g", "a");
        a.id = "a-who";
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kUnknownMemberId);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void unknownMemberOfAGroupIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer stranger(world, "g", "s");
        stranger.id = "s-1";
        QCOMPARE(world.join(stranger.joinRequest())->error, GroupErrc::kUnknownMemberId);
    }
    void joinWithoutProtocolsLeavesNoGroupBehind() {
        World world;
        Consumer a(world, "g", "a");
        auto request = a.joinRequest();
        request.protocols.clear();
        QCOMPARE(world.join(request)->error, GroupErrc::kInconsistentGroupProtocol);
        request = a.joinRequest();
        request.protocolType.clear();
        QCOMPARE(world.join(request)->error, GroupErrc::kInconsistentGroupProtocol);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void noCommonProtocolIsRefused() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.assignors = {"sticky"};
        QCOMPARE(world.join(b.joinRequest())->error, GroupErrc::kInconsistentGroupProtocol);
        auto connect = b.joinRequest();
        connect.protocolType = "connect";
        connect.protocols = {{"range", {}}};
        QCOMPARE(world.join(connect)->error, GroupErrc::kInconsistentGroupProtocol);
        QCOMPARE(world.state("g"), GroupState::kStable);
    }
    void protocolIsTheOneMostMembersPrefer() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        Consumer c(world, "g", "c");
        a.assignors = {"range", "sticky"};
        b.assignors = {"sticky", "range"};
        c.assignors = {"only-mine", "sticky", "range"};
        settle(world, {&a, &b, &c});
        QCOMPARE(*a.joinAnswer->protocolName, std::string("sticky"));
        QCOMPARE(*c.joinAnswer->protocolType, std::string("consumer"));
    }
    void onlyTheLeaderSeesTheMembers() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        auto& leader = a.isLeader() ? a : b;
        auto& follower = a.isLeader() ? b : a;
        QCOMPARE(leader.joinAnswer->members.size(), 2U);
        QVERIFY(follower.joinAnswer->members.empty());
        QCOMPARE(follower.joinAnswer->leader, leader.id);
        for (const auto& member : leader.joinAnswer->members) {
            QCOMPARE(parseSubscription(member.metadata)->topics, std::vector<std::string>{"orders"});
        }
    }
    void pendingIdExpiresAfterTheSessionTimeout() {
        World world;
        Consumer a(world, "g", "a");
        a.id = world.join(a.joinRequest())->memberId;
        world.advance(10s);
        a.joinAnswer = world.join(a.joinRequest());
        QCOMPARE(a.joinAnswer->error, GroupErrc::kUnknownMemberId);
    }
    void pendingIdHoldsTheRebalanceUntilItExpires() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.sessionTimeout = 6s;
        (void)world.join(b.joinRequest());  // never comes back with its id
        Consumer c(world, "g", "c");
        c.join();
        a.join();
        QVERIFY(!a.joinAnswer.here());
        world.advance(6s);
        QVERIFY(a.joined() && c.joined());
    }
    void pendingMemberCanLeave() {
        World world;
        Consumer a(world, "g", "a");
        a.id = world.join(a.joinRequest())->memberId;
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kUnknownMemberId);
    }
    void fullGroupRefusesAnotherMember() {
        World world;
        world.options.maxGroupSize = 2;
        world.restart();
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        settle(world, {&a, &b});
        Consumer c(world, "g", "c");
        c.joinAnswer = world.join(c.joinRequest());
        QCOMPARE(c.joinAnswer->error, GroupErrc::kGroupMaxSizeReached);
        a.join();  // those who are in may stay
        b.join();
        QVERIFY(a.joined() && b.joined());
    }
    /// The limit was lowered while there were more: who comes first stays (KIP-389).
    void aGroupThatIsTooLargeShrinksAsItsMembersJoin() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        Consumer c(world, "g", "c");
        settle(world, {&a, &b, &c});
        world.options.maxGroupSize = 2;
        world.restart();
        a.topics.push_back("bills");
        a.join();
        b.join();
        // Who waits already may ask again; who does not is one too many, and nobody waits for it any more.
        b.join();
        QVERIFY(!a.joinAnswer.here() && !b.joinAnswer.here());
        c.join();
        QCOMPARE(c.joinAnswer->error, GroupErrc::kGroupMaxSizeReached);
        QVERIFY(a.joined() && b.joined());
        QCOMPARE(world.view("g")->members.size(), std::size_t{2});
    }
    void retriedJoinIsAnsweredOnceEach() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        const auto first = a.joinAnswer;
        a.joinAnswer = world.join(a.joinRequest());
        QCOMPARE(first->error, GroupErrc::kRebalanceInProgress);
        world.advance(3s);
        QVERIFY(a.joined());
    }
    void newMemberWhoseJoinIsNeverAnsweredGoesAfterFiveMinutes() {
        World world;
        Consumer a(world, "g", "a");
        a.rebalanceTimeout = 20min;
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.join();  // a goes on with heartbeats but does not join again
        for (int i = 0; i < 60; ++i) {
            QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
            world.advance(5s);
        }
        QVERIFY(b.joinAnswer.here());
        QCOMPARE(b.joinAnswer->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(world.view("g")->members.size(), 1U);
    }
    void nothingIsAnsweredBeforeTheStoreIsLoaded() {
        World world;
        world.manager->stop();
        world.store.hold();
        world.start();
        Consumer a(world, "g", "a");
        a.id = "a-1";
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(world.sync(a.syncRequest())->error, GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(a.beat(), GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(a.leave(), GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 1)), GroupErrc::kCoordinatorLoadInProgress);
        OffsetFetchRequest fetch;
        fetch.groupId = "g";
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(world.manager->listGroups({}).error, GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(world.manager->describeGroup("g").error, GroupErrc::kCoordinatorLoadInProgress);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kCoordinatorLoadInProgress);
        world.store.release();
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kUnknownMemberId);
    }
    void stopAnswersWhatIsParked() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "h", "b");
        Consumer c(world, "h", "c");
        a.join();
        b.join();
        c.join();
        world.advance(6s);
        QVERIFY(b.joined() && c.joined());
        auto& follower = b.isLeader() ? c : b;
        follower.sync();
        Consumer late(world, "k", "late");
        late.join();
        world.manager->stop();
        QCOMPARE(late.joinAnswer->error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(follower.syncAnswer->error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(a.beat(), GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.join(a.joinRequest())->error, GroupErrc::kCoordinatorNotAvailable);
    }
    void reasonsOfMembersAreRemembered() {
        World world;
        Consumer a(world, "g", "a");
        a.apiVersion = 3;
        for (const char* reason : {"first start", "", "asked for a rebalance"}) {
            auto request = a.joinRequest();
            request.reason = reason;
            a.joinAnswer = world.join(request);
            world.advance(3s);
            QVERIFY(a.joined());
            a.sync({{a.id, "a"}});
        }
        Consumer b(world, "g", "b");
        b.apiVersion = 3;
        auto request = b.joinRequest();
        request.reason = "";
        b.joinAnswer = world.join(request);
        a.join();
        QVERIFY(a.joined() && b.joined());
        auto& leader = a.isLeader() ? a : b;
        leader.sync({{a.id, "a"}});
        LeaveGroupRequest leave;
        leave.groupId = "g";
        leave.members = {{b.id, std::nullopt, ""}};
        QCOMPARE(world.manager->leaveGroup(leave).members.at(0).error, GroupErrc::kNone);
        settle(world, {&a});
        std::vector<std::string> reasons;
        for (const auto& event : world.view("g")->rebalances) {
            reasons.push_back(event.reason);
        }
        const std::vector<std::string> expected{"member " + a.id + " joined: first start",
                                                "leader " + a.id + " joined again",
                                                "leader " + a.id + " joined again: asked for a rebalance",
                                                "member " + b.id + " joined", "member " + b.id + " left"};
        QCOMPARE(reasons, expected);
    }
    void namelessMemberCannotLeave() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer nobody(world, "g", "n");
        QCOMPARE(nobody.leave(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void groupIsEmptyAtOnceWhenAllLeaveInTheInitialDelay() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(a.joinAnswer->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(world.state("g"), GroupState::kEmpty);
    }
    void pendingIdExpiresThoughOthersDeadlinesComeFirst() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        Consumer b(world, "g", "b");
        b.sessionTimeout = 20s;
        const auto offered = world.join(b.joinRequest());
        QCOMPARE(offered->error, GroupErrc::kMemberIdRequired);
        world.advance(10s);  // a is gone, and the alarm is set for what is left
        QVERIFY(world.view("g")->members.empty());
        world.advance(10s);
        QCOMPARE(world.state("g"), GroupState::kEmpty);
        b.id = offered->memberId;
        QCOMPARE(world.join(b.joinRequest())->error, GroupErrc::kUnknownMemberId);
    }
    void generationThatCannotBeStoredIsGivenOutAllTheSame() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.store.setBroken(true);
        world.advance(3s);
        QVERIFY(a.joined());
        world.store.setBroken(false);
        a.sync({{a.id, "a"}});
        QCOMPARE(a.assignment(), std::string("a"));
        world.restart();
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
};

QTEST_APPLESS_MAIN(TstGroupsJoining)
#include "tst_groups_joining.moc"
