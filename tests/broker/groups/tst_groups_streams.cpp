// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>

#include "tests/broker/groups/streams_client.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

using Member = StreamsClient;

}  // namespace

class TstGroupsStreams : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void internalTopicsAreAskedForWithTheirSizes() {
        World world;
        world.topics.put("in", 3);
        Member a(world, "a");
        const auto answer = a.beat();
        QCOMPARE(answer.error, GroupErrc::kNone);
        QCOMPARE(answer.status.size(), 1U);
        QCOMPARE(answer.status.front().code, StreamsStatus::kMissingInternalTopics);
        QCOMPARE(answer.missingTopics.size(), 2U);
        QCOMPARE(answer.missingTopics[0].name, std::string("app-repartition"));
        QCOMPARE(answer.missingTopics[0].partitions, 3);
        QCOMPARE(answer.missingTopics[1].configs.at("cleanup.policy"), std::string("compact"));
        QCOMPARE(world.view("app")->state, GroupState::kNotReady);
    }
    void tasksComeOnceTheTopicsAreThere() {
        World world;
        world.topics.put("in", 2);
        Member a(world, "a");
        a.beat();
        makeTopics(world, 2);
        world.manager->topicsChanged();
        world.advance(3s);
        a.beat();
        QCOMPARE(a.active, tasks({{"0", 0}, {"0", 1}, {"1", 0}, {"1", 1}}));
        QCOMPARE(world.view("app")->state, GroupState::kStable);
        QCOMPARE(world.view("app")->type, GroupType::kStreams);
    }
    void missingSourceIsSaidByName() {
        World world;
        Member a(world, "a");
        const auto answer = a.beat();
        QCOMPARE(answer.status.front().code, StreamsStatus::kMissingSourceTopics);
        QVERIFY(answer.status.front().detail.find("in") != std::string::npos);
        QVERIFY(answer.missingTopics.empty());
    }
    void internalTopicOfAnotherSizeIsRefused() {
        World world;
        makeTopics(world, 2);
        world.topics.put("app-changelog", 5);
        Member a(world, "a");
        QCOMPARE(a.beat().status.front().code, StreamsStatus::kIncorrectlyPartitioned);
    }
    void sourcesThatMustFitDoNot() {
        World world;
        world.topics.put("left", 2);
        world.topics.put("right", 3);
        Member a(world, "a");
        a.topology = {};
        auto& sub = a.topology.subtopologies.emplace_back();
        sub.id = "0";
        sub.sources = {"left", "right"};
        sub.copartitions.push_back({{0, 1}, {}, {}});
        const auto answer = a.beat();
        QCOMPARE(answer.status.front().code, StreamsStatus::kIncorrectlyPartitioned);
        sub.copartitions.front().sources = {0, 2};
        Member b(world, "b");
        b.topology = a.topology;
        QCOMPARE(b.send(0).error, GroupErrc::kStreamsInvalidTopology);
    }
    void newGroupWaitsForItsMembers() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        Member b(world, "b");
        QCOMPARE(a.beat().status.front().code, StreamsStatus::kAssignmentDelayed);
        QVERIFY(a.active.empty());
        b.beat();
        world.advance(3s);
        a.beat();
        b.beat();
        QCOMPARE(partitionCount(a.active), 2U);
        QCOMPARE(partitionCount(b.active), 2U);
    }
    void taskMovesOnlyWhenItsOwnerGaveItUp() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        QCOMPARE(partitionCount(a.active), 4U);
        Member b(world, "b");
        QCOMPARE(world.view("app")->state, GroupState::kStable);
        b.beat();
        QVERIFY(b.active.empty());
        QCOMPARE(world.view("app")->state, GroupState::kReconciling);
        const auto before = a.active;
        a.beat();  // is told to give two up
        QCOMPARE(partitionCount(a.active), 2U);
        b.beat();
        QVERIFY2(b.active.empty(), "b got tasks that a has not given up");
        a.beat();  // says that it has
        b.beat();
        QCOMPARE(partitionCount(b.active), 2U);
        QVERIFY(!intersects(a.active, b.active));
        QVERIFY(isSubset(a.active, before));
        QCOMPARE(world.view("app")->state, GroupState::kStable);
    }
    void standbysLiveInOtherProcesses() {
        World world;
        makeTopics(world, 2);
        const std::map<std::string, TaskMember> members{{"a", {"p1", {}}}, {"b", {"p1", {}}}, {"c", {"p2", {}}}};
        const auto target = assignTasks(members, {{"0", 2}, {"1", 2}}, {"1"}, 1);
        std::size_t standbys = 0;
        for (const auto& [id, assignment] : target) {
            standbys += partitionCount(assignment.standby);
            for (const auto& [other, theirs] : target) {
                const bool sameProcess = members.at(id).processId == members.at(other).processId;
                QVERIFY2(!sameProcess || !intersects(assignment.standby, theirs.active), "standby beside its task");
            }
            QVERIFY2(!assignment.standby.contains("0"), "a standby of a task without state");
        }
        QCOMPARE(standbys, 2U);
    }
    void survivorTakesWhatItHasAStandbyOf() {
        const auto first = assignTasks({{"a", {"p1", {}}}, {"b", {"p2", {}}}, {"c", {"p3", {}}}}, {{"0", 6}}, {"0"}, 1);
        std::map<std::string, TaskMember> left{{"a", {"p1", first.at("a")}}, {"b", {"p2", first.at("b")}}};
        const auto second = assignTasks(left, {{"0", 6}}, {"0"}, 1);
        QVERIFY2(isSubset(first.at("a").active, second.at("a").active), "a task moved without need");
        QVERIFY2(isSubset(first.at("b").active, second.at("b").active), "a task moved without need");
        QCOMPARE(partitionCount(second.at("a").active), 3U);
    }
    void silentMemberLosesItsTasksAndCommitsAreFenced() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        OffsetCommitRequest commit;
        commit.groupId = "app";
        commit.memberId = "a";
        commit.generationOrEpoch = GenerationId(a.epoch);
        commit.topics = {{TopicId{}, "in", {{PartitionId(0), Offset(7), kNoLeaderEpoch, ""}}}};
        QCOMPARE(onlyError(*world.commit(commit)), GroupErrc::kNone);
        commit.generationOrEpoch = GenerationId(a.epoch - 1);
        QCOMPARE(onlyError(*world.commit(commit)), GroupErrc::kStaleMemberEpoch);
        world.advance(46s);
        QCOMPARE(onlyError(*world.commit(commit)), GroupErrc::kUnknownMemberId);
        QCOMPARE(world.view("app")->state, GroupState::kEmpty);
    }
    void otherTopologyOfTheSameEpochIsRefused() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        a.beat();
        b.topology.subtopologies.front().sources = {"other"};
        QCOMPARE(b.send(0).error, GroupErrc::kStreamsInvalidTopology);
        b.topology.epoch = 1;
        QCOMPARE(b.send(0).error, GroupErrc::kStreamsInvalidTopologyEpoch);
    }
    void wrongEpochIsFencedAndALostAnswerForgiven() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.beat();
        world.advance(3s);
        QCOMPARE(a.send(99).error, GroupErrc::kFencedMemberEpoch);
        const auto old = a.epoch;
        a.beat();
        a.active.clear();
        QCOMPARE(a.send(old).error, GroupErrc::kNone);
        QCOMPARE(a.send(-1).error, GroupErrc::kNone);
        QCOMPARE(a.send(a.epoch).error, GroupErrc::kUnknownMemberId);
    }
    void fullGroupTakesNobodyAndAStrangerIsNotKnown() {
        World world;
        world.options.broker.streamsMaxSize = 1;
        world.restart();
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        QCOMPARE(b.send(0).error, GroupErrc::kGroupMaxSizeReached);
        QCOMPARE(b.send(3).error, GroupErrc::kUnknownMemberId);
        QCOMPARE(b.send(-1).error, GroupErrc::kUnknownMemberId);
        // A member that starts over is none more.
        QCOMPARE(a.send(0).error, GroupErrc::kNone);
    }
    void olderTopologyIsToldSoAndOneAloneBringsAnother() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.topology.epoch = 2;
        a.beat();
        Member b(world, "b");
        const auto answer = b.beat();
        QCOMPARE(answer.error, GroupErrc::kNone);
        QVERIFY(
            std::ranges::any_of(answer.status, [](const auto& s) { return s.code == StreamsStatus::kStaleTopology; }));
        QCOMPARE(world.manager->describeStreamsGroup("app").topology->epoch, 2);
        QCOMPARE(b.send(-1).error, GroupErrc::kNone);
        a.topology.epoch = 3;
        QCOMPARE(a.send(0).error, GroupErrc::kNone);
        QCOMPARE(world.manager->describeStreamsGroup("app").topology->epoch, 3);
    }
    void oneMemberShutsTheApplicationDown_data() {
        QTest::addColumn<bool>("leaves");
        QTest::newRow("and stays") << false;
        QTest::newRow("and leaves") << true;
    }
    void oneMemberShutsTheApplicationDown() {
        QFETCH(bool, leaves);
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        a.beat();
        b.beat();
        world.advance(3s);
        a.beat();
        b.asks = [](StreamsGroupHeartbeatRequest& request) { request.shutdownApplication = true; };
        QCOMPARE(b.send(leaves ? -1 : b.epoch).error, GroupErrc::kNone);
        const auto status = a.beat().status;
        const auto told = std::ranges::find(status, StreamsStatus::kShutdownApplication,
                                            &StreamsGroupHeartbeatResponse::Status::code);
        QVERIFY(told != status.end());
        QVERIFY(told->detail.find(" b ") != std::string::npos);
    }
    void endpointsAreToldOnceToEachAndWhatAMemberSaysIsDescribed() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.asks = [](StreamsGroupHeartbeatRequest& request) {
            request.rackId = "r1";
            request.endpoint = StreamsEndpoint{"host-a", 8080};
            request.tags = std::map<std::string, std::string>{{"zone", "z"}};
        };
        a.settle();
        Member b(world, "b");
        std::int32_t known = 0;
        b.asks = [&known](StreamsGroupHeartbeatRequest& request) { request.endpointEpoch = known; };
        const auto first = b.beat();
        QVERIFY(first.endpoints.has_value());
        QCOMPARE(first.endpoints->size(), 1U);
        QCOMPARE(first.endpoints->front().endpoint.host, std::string("host-a"));
        QVERIFY(first.endpoints->front().active.contains("in"));
        known = first.endpointEpoch;
        QVERIFY(!b.beat().endpoints.has_value());
        a.asks = [](StreamsGroupHeartbeatRequest& request) { request.endpoint = StreamsEndpoint{"host-a", 9090}; };
        a.beat();
        const auto moved = b.beat();
        QVERIFY(moved.endpoints.has_value());
        QCOMPARE(moved.endpoints->front().endpoint.port, 9090);

        const auto described = world.manager->describeStreamsGroup("app");
        QCOMPARE(described.members.size(), 2U);
        const auto& member = described.members.front();
        QCOMPARE(member.rackId, std::optional<std::string>("r1"));
        QCOMPARE(member.endpoint, (std::optional<StreamsEndpoint>({"host-a", 9090})));
        QCOMPARE(member.tags.at("zone"), std::string("z"));
        QCOMPARE(member.processId, std::string("a"));
        const auto seen = world.view("app");
        QCOMPARE(seen->members.size(), 2U);
        QCOMPARE(seen->members.front().subscribed, (std::vector<std::string>{"app-repartition", "in"}));
    }
    void whatTheStoreDidNotTakeIsNotAnswered() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        world.store.setBroken(true);
        QCOMPARE(a.send(0).error, GroupErrc::kCoordinatorNotAvailable);
        world.store.setBroken(false);
        QCOMPARE(a.send(0).error, GroupErrc::kNone);
    }
    void topicsThatGoTakeTheTasksWithThem() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        QCOMPARE(partitionCount(a.active), 4U);
        world.topics.remove("in");
        world.manager->topicsChanged();
        const auto answer = a.beat();
        QCOMPARE(answer.status.front().code, StreamsStatus::kMissingSourceTopics);
        QVERIFY(a.active.empty());
        world.topics.put("in", 2);
        world.manager->topicsChanged();
        a.beat();
        a.beat();
        QCOMPARE(partitionCount(a.active), 4U);
    }
    void restartKeepsTopologyMembersAndTasks() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        const auto before = a.active;
        world.restart();
        const auto answer = a.beat();
        QCOMPARE(answer.error, GroupErrc::kNone);
        QCOMPARE(a.active, before);
        QCOMPARE(*world.manager->describeStreamsGroup("app").topology, countingTopology());
        QCOMPARE(world.view("app")->state, GroupState::kStable);
    }
};

QTEST_APPLESS_MAIN(TstGroupsStreams)
#include "tst_groups_streams.moc"
