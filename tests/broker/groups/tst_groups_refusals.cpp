// SPDX-License-Identifier: GPL-3.0-or-later
// What a coordinator refuses: everything while it is not there, and what no group could make sense of.
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

ShareGroupHeartbeatRequest shareBeat(const std::string& member, std::int32_t epoch,
                                     std::optional<std::vector<std::string>> topics = std::vector<std::string>{
                                         "orders"}) {
    return {{member, "/127.0.0.1"}, "g", member, epoch, std::nullopt, std::move(topics)};
}

StreamsGroupHeartbeatRequest streamsBeat(std::int32_t epoch) {
    StreamsGroupHeartbeatRequest request;
    request.client = {"a", "/127.0.0.1"};
    request.groupId = "app";
    request.memberId = "a";
    request.memberEpoch = epoch;
    if (epoch == kJoinEpoch) {
        request.topology.emplace();
        request.topology->subtopologies.emplace_back().sources = {"in"};
        request.processId = "p";
        request.rebalanceTimeout = 30s;
        request.active = request.standby = request.warmup = Tasks{};
    }
    return request;
}

ConsumerGroupHeartbeatRequest consumerBeat() {
    ConsumerGroupHeartbeatRequest request;
    request.client = {"a", "/127.0.0.1"};
    request.groupId = "g";
    request.memberId = "a";
    request.rebalanceTimeout = 30s;
    request.subscribedTopics = {"orders"};
    request.owned = Assignment{};
    return request;
}

template <class Response, class Request>
Response ask(GroupManager& manager, void (GroupManager::*method)(Request, Completion<Response>), Request request) {
    Answer<Response> answer;
    (manager.*method)(std::move(request), answer.expect());
    return *answer;
}

GroupErrc prepare(World& world, const std::string& groupId) {
    Answer<GroupErrc> answer;
    world.manager->prepareShareGroup(groupId, answer.expect());
    return *answer;
}

ShareGroupHeartbeatResponse beat(World& world, ShareGroupHeartbeatRequest request) {
    return ask(*world.manager, &GroupManager::shareGroupHeartbeat, std::move(request));
}

/// One of each request that a client or a tool can send; what is answered.
std::map<std::string, GroupErrc> askEverything(World& world) {
    GroupManager& manager = *world.manager;
    std::map<std::string, GroupErrc> errors;
    Consumer consumer(world, "g", "a");
    consumer.id = "a";
    errors["JoinGroup"] = world.join(consumer.joinRequest())->error;
    errors["SyncGroup"] = world.sync(consumer.syncRequest())->error;
    errors["Heartbeat"] = consumer.beat();
    errors["LeaveGroup"] = consumer.leave();
    errors["OffsetCommit"] = onlyError(*consumer.commit({"orders", PartitionId(0)}, 1));
    OffsetFetchRequest fetch;
    fetch.groupId = "g";
    errors["OffsetFetch"] = manager.fetchOffsets(fetch).error;
    OffsetDeleteRequest deletion;
    deletion.groupId = "g";
    errors["OffsetDelete"] = world.deleteOffsets(deletion)->error;
    errors["DeleteGroups"] = *world.deleteGroup("g");
    errors["ListGroups"] = manager.listGroups({}).error;
    errors["DescribeGroups"] = manager.describeGroup("g").error;
    errors["ConsumerGroupHeartbeat"] = ask(manager, &GroupManager::consumerGroupHeartbeat, consumerBeat()).error;
    errors["ConsumerGroupDescribe"] = manager.describeConsumerGroup("g").error;
    errors["ShareGroupHeartbeat"] = beat(world, shareBeat("a", kJoinEpoch)).error;
    errors["ShareGroupDescribe"] = manager.describeShareGroup("g").error;
    errors["AlterShareGroupOffsets"] = prepare(world, "g");
    errors["StreamsGroupHeartbeat"] = ask(manager, &GroupManager::streamsGroupHeartbeat, streamsBeat(kJoinEpoch)).error;
    errors["StreamsGroupDescribe"] = manager.describeStreamsGroup("app").error;
    SetOffsetsRequest offsets;
    offsets.groupId = "g";
    offsets.offsets.push_back({{"orders", PartitionId(0)}, Offset(1), kNoLeaderEpoch, ""});
    errors["set offsets"] = *world.setOffsets(offsets);
    errors["remove a member"] = manager.removeMember("g", "a");
    return errors;
}

}  // namespace

class TstGroupsRefusals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void beforeItHasLoadedEverybodyIsToldToWait() {
        World world;
        world.manager->stop();
        world.store.hold();
        world.manager = std::make_unique<GroupManager>(
            world.options,
            GroupManager::Environment{world.clock, world.random, world.timers, world.store, world.topics, Logger()});
        Answer<StoreStatus> started;
        world.manager->start(started.expect());
        for (const auto& [what, error] : askEverything(world)) {
            QVERIFY2(error == GroupErrc::kCoordinatorLoadInProgress, what.c_str());
        }
        world.store.release();
        QVERIFY(started->ok());
        QCOMPARE(world.manager->listGroups({}).error, GroupErrc::kNone);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void afterAStopItIsNotAvailable() {
        World world;
        world.manager->stop();
        for (const auto& [what, error] : askEverything(world)) {
            QVERIFY2(error == GroupErrc::kCoordinatorNotAvailable, what.c_str());
        }
        Answer<bool> ended;
        world.manager->endStaged("g", {ProducerId(1), true}, ended.expect());
        QVERIFY(!*ended);
    }
    void aTransactionOfAGroupThatIsGoneHasNothingToEnd() {
        World world;
        Answer<bool> ended;
        world.manager->endStaged("g", {ProducerId(1), true}, ended.expect());
        QVERIFY(*ended);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }

    void malformedShareHeartbeats() {
        World world;
        std::vector<ShareGroupHeartbeatRequest> bad(6, shareBeat("a", kJoinEpoch));
        bad[0].groupId.clear();
        bad[1].memberId.clear();
        bad[2].rackId = "";
        bad[3].memberEpoch = -2;
        bad[4].subscribedTopics.reset();
        bad[5].subscribedTopics->clear();
        for (const auto& request : bad) {
            const auto answer = beat(world, request);
            QCOMPARE(answer.error, GroupErrc::kInvalidRequest);
            QVERIFY(!answer.errorMessage->empty());
        }
        QCOMPARE(beat(world, shareBeat("a", 3, std::nullopt)).error, GroupErrc::kGroupIdNotFound);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void malformedStreamsHeartbeats() {
        World world;
        std::vector<StreamsGroupHeartbeatRequest> bad(11, streamsBeat(kJoinEpoch));
        bad[0].groupId.clear();
        bad[1].memberId.clear();
        bad[2].instanceId = "i";
        bad[3].memberEpoch = -2;
        bad[4].rebalanceTimeout.reset();
        bad[5].topology.reset();
        bad[6].topology->subtopologies.clear();
        bad[7].processId.reset();
        const Tasks some{{"0", {PartitionId(0)}}};
        bad[8].active = some;
        bad[9].standby = some;
        bad[10].warmup = some;
        bad.push_back(streamsBeat(1));
        bad.back().topology.emplace();
        for (std::size_t i = 0; i < bad.size(); ++i) {
            const auto answer = ask(*world.manager, &GroupManager::streamsGroupHeartbeat, bad[i]);
            QVERIFY2(answer.error == GroupErrc::kInvalidRequest, qPrintable(QString::number(i)));
            QVERIFY(!answer.errorMessage->empty());
        }
        QCOMPARE(ask(*world.manager, &GroupManager::streamsGroupHeartbeat, streamsBeat(1)).error,
                 GroupErrc::kGroupIdNotFound);
        QVERIFY(world.manager->listGroups({}).groups.empty());
    }
    void streamsJoinWithoutTasksOrInAClassicGroup() {
        World world;
        auto join = streamsBeat(kJoinEpoch);
        join.topology->subtopologies[0].id = "0";
        join.active = join.standby = join.warmup = std::nullopt;
        QCOMPARE(ask(*world.manager, &GroupManager::streamsGroupHeartbeat, join).error, GroupErrc::kNone);
        Consumer classic(world, "g", "a");
        settle(world, {&classic});
        join.groupId = "g";
        const auto answer = ask(*world.manager, &GroupManager::streamsGroupHeartbeat, join);
        QCOMPARE(answer.error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(*answer.errorMessage, std::string("Group g is not a streams group."));
        QCOMPARE(classic.beat(), GroupErrc::kNone);
        QCOMPARE(classic.leave(), GroupErrc::kNone);
        QCOMPARE(ask(*world.manager, &GroupManager::streamsGroupHeartbeat, join).error, GroupErrc::kNone);
    }
    void brokersMayTakeFewerAssignors() {
        World world;
        world.options.broker.consumerAssignors = {"uniform"};
        world.restart();
        auto request = consumerBeat();
        request.serverAssignor = "range";
        const auto answer = ask(*world.manager, &GroupManager::consumerGroupHeartbeat, request);
        QCOMPARE(answer.error, GroupErrc::kUnsupportedAssignor);
        QVERIFY(answer.errorMessage->find("uniform") != std::string::npos);
        request.serverAssignor.reset();
        request.subscribedTopics.reset();
        request.subscribedRegex = "(";
        QCOMPARE(ask(*world.manager, &GroupManager::consumerGroupHeartbeat, request).error,
                 GroupErrc::kInvalidRegularExpression);
    }

    void aFullShareGroupTakesNobodyElse() {
        World world;
        world.options.broker.shareMaxSize = 2;
        world.restart();
        QCOMPARE(beat(world, shareBeat("a", 0)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("b", 0)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("c", 0)).error, GroupErrc::kGroupMaxSizeReached);
        QCOMPARE(beat(world, shareBeat("a", 0)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("b", -1)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("c", 0)).error, GroupErrc::kNone);
    }
    void aShareMemberMayMissAnAnswerAndChangeItsMind() {
        World world;
        world.topics.put("orders", 2);
        world.topics.put("bills", 1);
        QCOMPARE(beat(world, shareBeat("a", 0)).memberEpoch, 1);
        auto more = shareBeat("a", 1, std::vector<std::string>{"orders", "bills"});
        more.rackId = "r1";
        QCOMPARE(beat(world, more).memberEpoch, 2);
        // That answer did not arrive: the epoch before is fine, and the assignment comes again.
        const auto again = beat(world, shareBeat("a", 1, std::nullopt));
        QCOMPARE(again.error, GroupErrc::kNone);
        QCOMPARE(partitionCount(*again.assignment), 3U);
        const auto described = world.manager->describeShareGroup("g");
        QCOMPARE(described.members.at(0).rackId, std::optional<std::string>("r1"));
        QCOMPARE(described.members.at(0).subscribedTopics, (std::vector<std::string>{"bills", "orders"}));
    }
    void whatTheStoreDoesNotTakeOfAShareGroupIsSaid() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, shareBeat("a", 0)).error, GroupErrc::kNone);
        world.store.setBroken(true);
        QCOMPARE(beat(world, shareBeat("b", 0)).error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(beat(world, shareBeat("a", -1)).error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(prepare(world, "other"), GroupErrc::kCoordinatorNotAvailable);
    }
    void onlyAnIdleShareGroupIsPrepared() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(prepare(world, ""), GroupErrc::kInvalidGroupId);
        QCOMPARE(prepare(world, "g"), GroupErrc::kNone);
        QVERIFY(world.manager->hasShareGroup("g"));
        QCOMPARE(prepare(world, "g"), GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("a", 0)).error, GroupErrc::kNone);
        QCOMPARE(prepare(world, "g"), GroupErrc::kNonEmptyGroup);
        QCOMPARE(world.manager->checkIdleShareGroup("g"), GroupErrc::kNonEmptyGroup);
        QCOMPARE(world.manager->checkIdleShareGroup("none"), GroupErrc::kGroupIdNotFound);
        Consumer classic(world, "classic", "a");
        settle(world, {&classic});
        QCOMPARE(prepare(world, "classic"), GroupErrc::kGroupIdNotFound);
        QVERIFY(!world.manager->hasShareGroup("classic"));
        QVERIFY(!world.manager->hasShareGroup("none"));
    }
    /// One goes silent, the other does not.
    void aSilentShareMemberGoesAlone() {
        World world;
        world.topics.put("orders", 2);
        QCOMPARE(beat(world, shareBeat("a", 0)).error, GroupErrc::kNone);
        QCOMPARE(beat(world, shareBeat("b", 0)).error, GroupErrc::kNone);
        world.advance(30s);
        QCOMPARE(beat(world, shareBeat("b", 2, std::nullopt)).error, GroupErrc::kNone);
        world.advance(20s);
        QCOMPARE(world.manager->describeShareGroup("g").members.size(), std::size_t{1});
        QCOMPARE(partitionCount(*beat(world, shareBeat("b", 2, std::nullopt)).assignment), 2U);
        QCOMPARE(beat(world, shareBeat("a", 2, std::nullopt)).error, GroupErrc::kUnknownMemberId);
        QCOMPARE(world.manager->removeMember("g", "b"), GroupErrc::kNone);
        QCOMPARE(world.state("g"), GroupState::kDead);
        QCOMPARE(world.view("g")->state, GroupState::kEmpty);
    }
};

QTEST_APPLESS_MAIN(TstGroupsRefusals)
#include "tst_groups_refusals.moc"
