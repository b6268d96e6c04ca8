// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};
const TopicPartition kPayments0{"payments", PartitionId(0)};

GroupErrc setTo(World& world, const std::string& groupId, std::int64_t offset) {
    SetOffsetsRequest request;
    request.groupId = groupId;
    request.offsets = {{kOrders0, Offset(offset), kNoLeaderEpoch, ""}};
    return *world.setOffsets(std::move(request));
}

std::vector<std::string> listed(World& world, ListGroupsFilter filter) {
    std::vector<std::string> ids;
    for (const auto& group : world.manager->listGroups(filter).groups) {
        ids.push_back(group.groupId);
    }
    return ids;
}

}  // namespace

class TstGroupsAdmin : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listFiltersByStateAndTypeInAnyCase() {
        World world;
        Consumer a(world, "stable", "a");
        settle(world, {&a});
        Consumer b(world, "joining", "b");
        b.join();
        QCOMPARE(setTo(world, "offsets-only", 1), GroupErrc::kNone);
        QCOMPARE(listed(world, {}), (std::vector<std::string>{"joining", "offsets-only", "stable"}));
        QCOMPARE(listed(world, {{"stable"}, {}}), std::vector<std::string>{"stable"});
        QCOMPARE(listed(world, {{"EMPTY", "PreparingRebalance"}, {"Classic"}}),
                 (std::vector<std::string>{"joining", "offsets-only"}));
        QVERIFY(listed(world, {{}, {"consumer"}}).empty());
        const auto groups = world.manager->listGroups({}).groups;
        QCOMPARE(groups[1].protocolType, std::string());
        QCOMPARE(groups[2].protocolType, std::string("consumer"));
        QCOMPARE(groups[2].type, GroupType::kClassic);
    }
    void describeShowsMetadataOfStableGroupsOnly() {
        World world;
        Consumer a(world, "g", "a");
        a.instanceId = "one";
        settle(world, {&a});
        auto group = world.manager->describeGroup("g");
        QCOMPARE(group.error, GroupErrc::kNone);
        QCOMPARE(group.state, GroupState::kStable);
        QCOMPARE(group.protocolName, std::string("range"));
        QCOMPARE(group.members.size(), 1U);
        QCOMPARE(group.members[0].clientId, std::string("a"));
        QCOMPARE(group.members[0].clientHost, std::string("/127.0.0.1"));
        QCOMPARE(*group.members[0].instanceId, std::string("one"));
        QCOMPARE(asText(group.members[0].assignment), std::string_view("a"));
        QVERIFY(parseSubscription(group.members[0].metadata));
        Consumer b(world, "g", "b");
        b.join();
        group = world.manager->describeGroup("g");
        QCOMPARE(group.state, GroupState::kPreparingRebalance);
        QCOMPARE(group.protocolName, std::string());
        QVERIFY(group.members[0].metadata.empty());
    }
    void describeOfAnUnknownGroupIsDead() {
        World world;
        const auto group = world.manager->describeGroup("nobody");
        QCOMPARE(group.error, GroupErrc::kGroupIdNotFound);
        QCOMPARE(group.state, GroupState::kDead);
        QVERIFY(!group.errorMessage.empty());
        QVERIFY(group.members.empty());
    }
    void onlyEmptyGroupsAreDeleted() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 1)), GroupErrc::kNone);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kNonEmptyGroup);
        QCOMPARE(*world.deleteGroup("nobody"), GroupErrc::kGroupIdNotFound);
        QCOMPARE(*world.deleteGroup(""), GroupErrc::kGroupIdNotFound);
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kNone);
        QCOMPARE(*world.deleteGroup("g"), GroupErrc::kGroupIdNotFound);
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(!world.store.has("g"));
        QVERIFY(listed(world, {}).empty());
    }
    void commitAfterADeletionOutlivesIt() {
        World world;
        QCOMPARE(setTo(world, "g", 1), GroupErrc::kNone);
        world.store.hold();
        const auto deletion = world.deleteGroup("g");
        QVERIFY(!deletion.here());
        QVERIFY(!world.fetched("g", kOrders0));
        SetOffsetsRequest request;
        request.groupId = "g";
        request.offsets = {{kOrders0, Offset(2), kNoLeaderEpoch, ""}};
        const auto commit = world.setOffsets(request);
        world.store.release();
        QCOMPARE(*deletion, GroupErrc::kNone);
        QCOMPARE(*commit, GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(2));
        world.restart();
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(2));
    }
    void commitUnderWayDoesNotBringADeletedGroupBack() {
        World world;
        QCOMPARE(setTo(world, "g", 1), GroupErrc::kNone);
        world.store.hold();
        SetOffsetsRequest request;
        request.groupId = "g";
        request.offsets = {{kOrders0, Offset(2), kNoLeaderEpoch, ""}};
        const auto commit = world.setOffsets(request);
        const auto deletion = world.deleteGroup("g");
        world.store.release();
        QCOMPARE(*commit, GroupErrc::kNone);
        QCOMPARE(*deletion, GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        QVERIFY(!world.store.has("g"));
    }
    void offsetsOfSubscribedTopicsAreNotDeleted() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 1)), GroupErrc::kNone);
        QCOMPARE(onlyError(*a.commit(kPayments0, 1)), GroupErrc::kNone);
        auto answer = world.deleteOffsets({"g", {kOrders0, kPayments0}});
        QCOMPARE(answer->error, GroupErrc::kNone);
        QCOMPARE(answer->partitions[0].error, GroupErrc::kGroupSubscribedToTopic);
        QCOMPARE(answer->partitions[1].error, GroupErrc::kNone);
        QVERIFY(world.fetched("g", kOrders0));
        QVERIFY(!world.fetched("g", kPayments0));
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(world.deleteOffsets({"g", {kOrders0}})->partitions[0].error, GroupErrc::kNone);
        QVERIFY(!world.fetched("g", kOrders0));
        QCOMPARE(world.deleteOffsets({"nobody", {kOrders0}})->error, GroupErrc::kGroupIdNotFound);
    }
    void offsetsOfAnotherProtocolInUseAreNotDeleted() {
        World world;
        Consumer a(world, "g", "a");
        auto request = a.joinRequest();
        request.apiVersion = 3;
        request.protocolType = "connect";
        const auto joined = world.join(request);
        world.advance(3s);
        QCOMPARE(joined->error, GroupErrc::kNone);
        QCOMPARE(world.deleteOffsets({"g", {kOrders0}})->error, GroupErrc::kNonEmptyGroup);
    }
    void unreadableSubscriptionCountsAsEveryTopic() {
        World world;
        Consumer a(world, "g", "a");
        a.apiVersion = 3;
        auto request = a.joinRequest();
        request.protocols[0].metadata = toBytes("?");
        a.joinAnswer = world.join(request);
        world.advance(3s);
        QVERIFY(a.joined());
        a.sync({{a.id, "x"}});
        QCOMPARE(world.deleteOffsets({"g", {kPayments0}})->partitions[0].error, GroupErrc::kGroupSubscribedToTopic);
    }
    void offsetsAreSetInEmptyGroupsOnly() {
        World world;
        QCOMPARE(setTo(world, "new", 5), GroupErrc::kNone);
        QCOMPARE(world.fetched("new", kOrders0)->offset, Offset(5));
        Consumer a(world, "g", "a");
        settle(world, {&a});
        QCOMPARE(onlyError(*a.commit(kOrders0, 100)), GroupErrc::kNone);
        QCOMPARE(setTo(world, "g", 7), GroupErrc::kNonEmptyGroup);
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(setTo(world, "g", 7), GroupErrc::kNone);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(7));
    }
    void removedMemberIsOut() {
        World world;
        Consumer a(world, "g", "a");
        Consumer b(world, "g", "b");
        b.instanceId = "static-b";
        settle(world, {&a, &b});
        QCOMPARE(world.manager->removeMember("g", b.id), GroupErrc::kNone);
        QCOMPARE(b.beat(), GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kRebalanceInProgress);
        QCOMPARE(world.manager->removeMember("g", "nobody"), GroupErrc::kUnknownMemberId);
        QCOMPARE(world.manager->removeMember("nobody", "x"), GroupErrc::kUnknownMemberId);
    }
    void snapshotShowsMembersAssignmentsAndOffsets() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        a.join();
        QVERIFY(a.joined());
        ConsumerAssignment assignment;
        assignment.partitions = {kOrders0, {"orders", PartitionId(1)}};
        a.sync({{a.id, std::string(asText(writeAssignment(assignment)))}});
        QCOMPARE(onlyError(*a.commit(kOrders0, 11)), GroupErrc::kNone);
        const auto view = world.view("g");
        QCOMPARE(view->state, GroupState::kStable);
        QCOMPARE(view->leaderId, a.id);
        QCOMPARE(view->members.at(0).assigned, assignment.partitions);
        QCOMPARE(view->members.at(0).subscribed, std::vector<std::string>{"orders"});
        QCOMPARE(view->members.at(0).host, std::string("/127.0.0.1"));
        QCOMPARE(view->offsets.at(0).offset, Offset(11));
        QCOMPARE(view->offsets.at(0).committedAt, Timestamp(world.clock.wallNowMs()));
    }
    void unchangedGroupsKeepTheirSnapshot() {
        World world;
        Consumer a(world, "g", "a");
        settle(world, {&a});
        const auto before = world.view("g");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(world.view("g"), before);
        QCOMPARE(onlyError(*a.commit(kOrders0, 11)), GroupErrc::kNone);
        QVERIFY(world.view("g") != before);
        QVERIFY(before->offsets.empty());
    }
    void whatTheStoreDoesNotTakeFromATool() {
        World world;
        QCOMPARE(setTo(world, "g", 1), GroupErrc::kNone);
        QCOMPARE(*world.setOffsets({"g", {}}), GroupErrc::kNone);
        world.store.setBroken(true);
        QCOMPARE(setTo(world, "g", 2), GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.deleteOffsets({"g", {kOrders0}})->error, GroupErrc::kCoordinatorNotAvailable);
        QCOMPARE(world.fetched("g", kOrders0)->offset, Offset(1));
    }
    void typesAndStatesAreNamedAsKafkaNamesThem() {
        using enum GroupState;
        const std::vector<std::pair<GroupState, std::string_view>> states{
            {kUnknown, "Unknown"},     {kEmpty, "Empty"},
            {kDead, "Dead"},           {kPreparingRebalance, "PreparingRebalance"},
            {kStable, "Stable"},       {kCompletingRebalance, "CompletingRebalance"},
            {kAssigning, "Assigning"}, {kReconciling, "Reconciling"},
            {kNotReady, "NotReady"},   {static_cast<GroupState>(99), "Unknown"}};
        for (const auto& [state, name] : states) {
            QCOMPARE(stateName(state), name);
        }
        using enum GroupType;
        const std::vector<std::pair<GroupType, std::string_view>> types{{kClassic, "classic"},
                                                                        {kConsumer, "consumer"},
                                                                        {kShare, "share"},
                                                                        {kStreams, "streams"},
                                                                        {static_cast<GroupType>(99), "unknown"}};
        for (const auto& [type, name] : types) {
            QCOMPARE(typeName(type), name);
        }
    }
};

QTEST_APPLESS_MAIN(TstGroupsAdmin)
#include "tst_groups_admin.moc"
