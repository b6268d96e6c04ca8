// SPDX-License-Identifier: GPL-3.0-or-later
// Heartbeats of streams members where something goes wrong: answers that were lost, timers that come late, records that
// make no sense, members that do not give up what they should.
#include <QTest>
#include <algorithm>

#include "broker/groups/streams/streams_record.h"
#include "tests/broker/groups/streams_client.h"

Q_DECLARE_METATYPE(std::function<void(weir::groups::StreamsGroupHeartbeatRequest&)>)

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

using Member = StreamsClient;
using Request = StreamsGroupHeartbeatRequest;

bool tells(const StreamsGroupHeartbeatResponse& answer, StreamsStatus code, const std::string& word) {
    return std::ranges::any_of(answer.status, [&](const auto& status) {
        return status.code == code && status.detail.find(word) != std::string::npos;
    });
}

/// One stateful subtopology over "in".
StreamsTopology statefulTopology() {
    StreamsTopology topology;
    auto& sub = topology.subtopologies.emplace_back();
    sub.id = "0";
    sub.sources = {"in"};
    sub.changelogs.push_back({"app-changelog", 0, 0, {}});
    return topology;
}

StreamsRecord recordOf(std::int32_t epoch, StreamsMember member) {
    StreamsRecord record;
    record.groupEpoch = record.assignmentEpoch = epoch;
    record.topology = countingTopology();
    TaskAssignment target{member.assigned, member.standby};
    record.members.push_back({std::move(member), std::move(target)});
    return record;
}

StreamsMember storedMember(std::int32_t epoch, std::int32_t previousEpoch) {
    StreamsMember member;
    member.id = member.processId = "a";
    member.epoch = epoch;
    member.previousEpoch = previousEpoch;
    member.rebalanceTimeout = 30s;
    return member;
}

void startWith(World& world, const StreamsRecord& record) {
    world.store.putRecord("app", encodeRecord(record));
    world.restart();
}

GroupErrc fetchError(World& world, std::optional<std::string> member, std::int32_t epoch) {
    OffsetFetchRequest request;
    request.groupId = "app";
    request.memberId = std::move(member);
    request.memberEpoch = epoch;
    request.topics = {{TopicId{}, "in", {PartitionId(0)}}};
    return world.manager->fetchOffsets(request).topics.at(0).partitions.at(0).error;
}

OffsetCommitRequest commitOf(const std::string& member, std::int32_t epoch, const std::string& topic) {
    OffsetCommitRequest commit;
    commit.groupId = "app";
    commit.memberId = member;
    commit.generationOrEpoch = GenerationId(epoch);
    commit.topics = {{TopicId{}, topic, {{PartitionId(0), Offset(7), kNoLeaderEpoch, ""}}}};
    return commit;
}

}  // namespace

class TstGroupsStreamsHeartbeat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyWhoSaysAllThatItRunsIsToldAllAgain() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        QVERIFY(a.send(a.epoch).assignment.has_value());
        a.asks = [](Request& request) { request.active.reset(); };
        QVERIFY(!a.send(a.epoch).assignment.has_value());
        a.asks = [](Request& request) { request.standby.reset(); };
        QVERIFY(!a.send(a.epoch).assignment.has_value());
        a.asks = [](Request& request) { request.warmup.reset(); };
        QVERIFY(!a.send(a.epoch).assignment.has_value());
    }
    /// Kafka fences the previous epoch unless all three lists are there and within what was assigned.
    void lostAnswerIsForgivenToWhoRunsNothingElse_data() {
        using Change = std::function<void(Request&)>;
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("isFenced");
        QTest::newRow("its own") << Change([](Request&) {}) << false;
        QTest::newRow("less") << Change([](Request& r) { r.active->clear(); }) << false;
        QTest::newRow("no active said") << Change([](Request& r) { r.active.reset(); }) << true;
        QTest::newRow("no standbys said") << Change([](Request& r) { r.standby.reset(); }) << true;
        QTest::newRow("no warmups said") << Change([](Request& r) { r.warmup.reset(); }) << true;
        QTest::newRow("another's") << Change([](Request& r) { r.active = tasks({{"0", 9}}); }) << true;
        QTest::newRow("another's standby") << Change([](Request& r) { r.standby = tasks({{"1", 0}}); }) << true;
        QTest::newRow("a warmup") << Change([](Request& r) { r.warmup = tasks({{"1", 0}}); }) << true;
    }
    void lostAnswerIsForgivenToWhoRunsNothingElse() {
        QFETCH(const std::function<void(Request&)>, change);
        QFETCH(bool, isFenced);
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.beat();
        const auto old = a.epoch;
        world.advance(3s);
        a.beat();
        QVERIFY(a.epoch > old);
        a.asks = change;
        const auto answer = a.send(old);
        QCOMPARE(answer.error, isFenced ? GroupErrc::kFencedMemberEpoch : GroupErrc::kNone);
        QCOMPARE(answer.memberEpoch, isFenced ? 0 : a.epoch);
        QCOMPARE(answer.assignment.has_value(), !isFenced);
    }
    void aStoredEpochBeforeThatLiesAheadIsNoWayIn() {
        World world;
        makeTopics(world, 1);
        startWith(world, recordOf(3, storedMember(3, 9)));
        Member a(world, "a");
        QCOMPARE(a.send(9).error, GroupErrc::kFencedMemberEpoch);
        QCOMPARE(a.send(3).error, GroupErrc::kNone);
    }
    void aStoredGroupWithoutATopologyGetsItFromWhoJoins() {
        World world;
        makeTopics(world, 1);
        auto record = recordOf(3, storedMember(3, 2));
        record.topology.reset();
        startWith(world, record);
        Member a(world, "a");
        a.epoch = 3;
        const auto answer = a.beat();
        QCOMPARE(answer.error, GroupErrc::kNone);
        QVERIFY(answer.status.empty());
        QVERIFY(!world.manager->describeStreamsGroup("app").topology);
        // Another member without bringing one either: there is nothing to give to anybody.
        a.asks = [](Request& request) { request.processId = "another"; };
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        QVERIFY(a.active.empty());
        world.restart();
        a.asks = nullptr;
        a.epoch = 0;
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        QCOMPARE(a.active, tasks({{"0", 0}, {"1", 0}}));
    }
    void storedTasksOfNoSubtopologyAreOfNoTopic() {
        World world;
        makeTopics(world, 1);
        auto member = storedMember(3, 2);
        member.assigned = tasks({{"0", 0}, {"ghost", 0}});
        member.endpoint = StreamsEndpoint{"host", 1};
        startWith(world, recordOf(3, member));
        const auto seen = world.view("app")->members.front().assigned;
        QCOMPARE(seen, (std::vector<TopicPartition>{{"in", PartitionId(0)}}));
    }
    void taskBeyondASmallerSourceReadsOnlyTheLargerOne() {
        World world;
        world.topics.put("in", 2);
        world.topics.put("table", 1);
        Member a(world, "a");
        a.topology = {};
        auto& sub = a.topology.subtopologies.emplace_back();
        sub.id = "0";
        sub.sources = {"in", "table"};
        a.settle();
        QCOMPARE(a.active, tasks({{"0", 0}, {"0", 1}}));
        QCOMPARE(
            world.view("app")->members.front().assigned,
            (std::vector<TopicPartition>{{"in", PartitionId(0)}, {"in", PartitionId(1)}, {"table", PartitionId(0)}}));
    }
    void whoAsksFirstForAShutdownIsNamedUntilAllAreGone() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        Member c(world, "c");
        a.beat();
        b.beat();
        c.beat();
        const auto shutDown = [](Request& request) { request.shutdownApplication = true; };
        b.asks = c.asks = shutDown;
        b.beat();
        c.beat();
        QVERIFY(tells(a.beat(), StreamsStatus::kShutdownApplication, " b "));
        QCOMPARE(c.send(-1).error, GroupErrc::kNone);
        QVERIFY(tells(a.beat(), StreamsStatus::kShutdownApplication, " b "));
        QCOMPARE(b.send(-1).error, GroupErrc::kNone);
        QVERIFY(tells(a.beat(), StreamsStatus::kShutdownApplication, " b "));
        a.asks = shutDown;
        QCOMPARE(a.send(-1).error, GroupErrc::kNone);
        Member next(world, "next");
        QVERIFY(!tells(next.beat(), StreamsStatus::kShutdownApplication, ""));
    }
    void anotherTopologyOfOneAloneSurvivesARestart() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        a.topology.subtopologies[1].changelogs[0].configs["retention.ms"] = "1";
        a.epoch = 0;
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        world.restart();
        QCOMPARE(*world.manager->describeStreamsGroup("app").topology, a.topology);
        Member b(world, "b");
        b.topology = a.topology;
        QCOMPARE(b.beat().error, GroupErrc::kNone);
    }
    void aHeartbeatDoesWhatALateTimerHasNotDone() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.beat();
        world.clock.advance(4s);
        a.beat();
        QCOMPARE(a.active, tasks({{"0", 0}, {"1", 0}}));
        world.restart();
        const auto group = world.manager->describeStreamsGroup("app");
        QCOMPARE(group.assignmentEpoch, group.groupEpoch);
        QCOMPARE(group.members.front().assignment.active, a.active);
    }
    /// The alarm of a member that has gone rings while the group waits for others.
    void aGroupThatWaitsIsNotForgottenByAnotherAlarm() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        world.advance(7s);
        QCOMPARE(a.send(-1).error, GroupErrc::kNone);
        world.advance(33s);
        Member b(world, "b");
        QVERIFY(tells(b.beat(), StreamsStatus::kAssignmentDelayed, ""));
        world.advance(2s + 900ms);
        QVERIFY(world.manager->describeStreamsGroup("app").members.front().target.active.empty());
        world.advance(100ms);
        QCOMPARE(world.manager->describeStreamsGroup("app").members.front().target.active, tasks({{"0", 0}, {"1", 0}}));
    }
    void whoOnlyHasAStandbyIsToldAndKeepsIt() {
        World world;
        config::GroupConfig config;
        config.streamsStandbyReplicas = 1;
        const GroupSettings settings(config);
        world.settings = &settings;
        world.restart();
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        a.topology = b.topology = statefulTopology();
        a.beat();
        b.beat();
        world.advance(3s);
        a.beat();
        b.asks = [](Request& request) { request.active = request.standby = request.warmup = std::nullopt; };
        QVERIFY(b.beat().assignment.has_value());
        QCOMPARE(a.active, tasks({{"0", 0}}));
        QVERIFY(b.active.empty());
        QCOMPARE(b.standby, tasks({{"0", 0}}));
        QVERIFY(!b.beat().assignment.has_value());
        world.restart();
        QCOMPARE(world.manager->describeStreamsGroup("app").members.back().assignment.standby, b.standby);
    }
    void topicsAreNoticedBeforeAnybodyTells() {
        World world;
        Member a(world, "a");
        QVERIFY(tells(a.beat(), StreamsStatus::kMissingSourceTopics, "in"));
        makeTopics(world, 1);
        QVERIFY(tells(a.beat(), StreamsStatus::kMissingSourceTopics, "in"));
        ++world.topics.versionNow;
        QVERIFY(!tells(a.beat(), StreamsStatus::kMissingSourceTopics, "in"));
    }
    void whoDoesNotSayThatItGaveUpIsTakenToRunOn() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        Member b(world, "b");
        b.beat();
        a.asks = [](Request& request) { request.active = request.standby = request.warmup = std::nullopt; };
        QVERIFY(a.beat().assignment.has_value());
        QCOMPARE(partitionCount(a.active), 2U);
        a.beat();
        b.beat();
        QVERIFY(b.active.empty());
        a.asks = nullptr;
        a.beat();
        b.beat();
        QCOMPARE(partitionCount(b.active), 2U);
    }
    void heartbeatsDoNotPutOffWhatMustBeGivenUp() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        Member b(world, "b");
        b.beat();
        const auto all = a.active;
        a.beat();
        a.asks = [&all](Request& request) { request.active = all; };
        world.advance(15s);
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        world.advance(14s);
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        world.advance(1s);
        QCOMPARE(a.beat().error, GroupErrc::kUnknownMemberId);
        b.beat();
        QCOMPARE(b.active, all);
    }
    void whoGaveUpHasNewTimeForTheNext() {
        World world;
        makeTopics(world, 2);
        Member a(world, "a");
        a.settle();
        Member b(world, "b");
        b.beat();
        a.beat();
        QCOMPARE(partitionCount(a.active), 2U);
        Member c(world, "c");
        c.beat();
        world.advance(20s);
        a.beat();
        QCOMPARE(partitionCount(a.active), 1U);
        // Says that it still runs both.
        const auto one = a.active;
        a.asks = [](Request& request) { request.active = tasks({{"0", 0}, {"0", 1}, {"1", 0}, {"1", 1}}); };
        world.advance(20s);
        QCOMPARE(a.beat().error, GroupErrc::kNone);
        QCOMPARE(a.active, one);
        world.advance(10s);
        QCOMPARE(a.beat().error, GroupErrc::kUnknownMemberId);
    }
    void whoIsTakenOutByAPersonIsOutAfterARestartToo() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        Member b(world, "b");
        a.beat();
        b.beat();
        QCOMPARE(world.manager->removeMember("app", "a"), GroupErrc::kNone);
        QCOMPARE(world.manager->removeMember("app", "a"), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.send(a.epoch).error, GroupErrc::kUnknownMemberId);
        world.restart();
        const auto members = world.manager->describeStreamsGroup("app").members;
        QCOMPARE(members.size(), 1U);
        QCOMPARE(members.front().memberId, std::string("b"));
    }
    void whoIsNoMemberCommitsToAnEmptyGroupOnly() {
        World world;
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        QCOMPARE(onlyError(*world.commit(commitOf("", -1, "in"))), GroupErrc::kUnknownMemberId);
        QCOMPARE(fetchError(world, std::nullopt, -1), GroupErrc::kNone);
        QCOMPARE(fetchError(world, std::nullopt, a.epoch), GroupErrc::kUnknownMemberId);
        QCOMPARE(fetchError(world, "a", a.epoch), GroupErrc::kNone);
        QCOMPARE(fetchError(world, "a", a.epoch + 1), GroupErrc::kStaleMemberEpoch);
        QCOMPARE(a.send(-1).error, GroupErrc::kNone);
        QCOMPARE(onlyError(*world.commit(commitOf("", 3, "in"))), GroupErrc::kUnknownMemberId);
        QCOMPARE(onlyError(*world.commit(commitOf("", -1, "in"))), GroupErrc::kNone);
        QCOMPARE(world.fetched("app", {"in", PartitionId(0)})->offset, Offset(7));
    }
    void offsetsOfItsSourcesNeitherExpireNorAreDeleted() {
        World world;
        world.options.offsetsRetention = 60s;
        world.restart();
        makeTopics(world, 1);
        Member a(world, "a");
        a.settle();
        for (const char* topic : {"in", "elsewhere"}) {
            QCOMPARE(onlyError(*world.commit(commitOf("a", a.epoch, topic))), GroupErrc::kNone);
        }
        const TopicPartition in{"in", PartitionId(0)};
        const auto errorOf = [&] { return world.deleteOffsets({"app", {in}})->partitions.at(0).error; };
        QCOMPARE(errorOf(), GroupErrc::kGroupSubscribedToTopic);
        world.advance(40s);
        a.beat();
        world.advance(40s);
        world.manager->expireOffsets();
        QVERIFY(world.fetched("app", in).has_value());
        QVERIFY(!world.fetched("app", {"elsewhere", PartitionId(0)}).has_value());
        QCOMPARE(a.send(-1).error, GroupErrc::kNone);
        QCOMPARE(errorOf(), GroupErrc::kNone);
        QVERIFY(!world.fetched("app", in).has_value());
    }
};

QTEST_APPLESS_MAIN(TstGroupsStreamsHeartbeat)
#include "tst_groups_streams_heartbeat.moc"
