// SPDX-License-Identifier: GPL-3.0-or-later
// What single members of a consumer group may say in a heartbeat, and what follows from it.
#include <QTest>

#include "broker/groups/consumer/consumer_record.h"
#include "tests/broker/groups/hooked_world.h"
#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kOrders0{"orders", PartitionId(0)};
const TopicPartition kPayments0{"payments", PartitionId(0)};

struct OrdersWorld : World {
    OrdersWorld() {
        topics.put("orders", 4);
        topics.put("payments", 1);
    }
};

/// Says nothing but that the member is alive.
ConsumerGroupHeartbeatRequest briefly(const NewConsumer& member) {
    ConsumerGroupHeartbeatRequest request;
    request.client = {member.id, "/127.0.0.1"};
    request.groupId = member.groupId;
    request.memberId = member.id;
    request.memberEpoch = member.epoch;
    request.instanceId = member.instanceId;
    return request;
}

DescribedConsumerGroup::Member described(const World& world, const std::string& memberId) {
    for (auto& member : world.manager->describeConsumerGroup("g").members) {
        if (member.memberId == memberId) {
            return member;
        }
    }
    return {};
}

}  // namespace

class TstGroupsConsumerMembers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namelessMembersAreRefusedUnlessAVersion0ClientJoins() {
        OrdersWorld world;
        NewConsumer a(world, "g", "");
        a.apiVersion = 0;
        a.epoch = 1;
        QCOMPARE(a.beat(), GroupErrc::kInvalidRequest);
        a.apiVersion = 1;
        a.epoch = 0;
        QCOMPARE(a.beat(), GroupErrc::kInvalidRequest);
        NewConsumer b(world, "g", "b");
        b.regex = "";  // none, beside the topics
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QVERIFY(!described(world, "b").subscribedRegex);
    }
    /// The epoch before is forgiven only to who shows that its answer was lost.
    void theEpochBeforeNeedsWhatWasOwned() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.topics.put("orders", 8);
        world.manager->topicsChanged();
        const auto before = a.request();
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.epoch, 2);
        auto request = before;
        request.owned.reset();
        QCOMPARE(a.send(request)->error, GroupErrc::kFencedMemberEpoch);
        request.owned = Assignment{{world.topics.byName("payments")->id, {PartitionId(0)}}};
        QCOMPARE(a.send(request)->error, GroupErrc::kFencedMemberEpoch);
        QCOMPARE(a.send(before)->error, GroupErrc::kNone);
    }
    void staticMembersAreFencedByTheirEpochToo() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        a.instanceId = "ia";
        QCOMPARE(a.beat(), GroupErrc::kNone);
        auto request = a.request();
        request.memberEpoch = 7;
        QCOMPARE(a.send(request)->error, GroupErrc::kFencedMemberEpoch);
        request.instanceId = "nobody";
        QCOMPARE(a.send(request)->error, GroupErrc::kUnknownMemberId);
        QCOMPARE(a.beat(), GroupErrc::kNone);
    }
    void onlyTheHolderOfAnInstanceIdLeavesWithIt() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        a.instanceId = "ia";
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        for (const auto epoch : {kLeaveEpoch, kStaticLeaveEpoch}) {
            b.instanceId = "nobody";
            QCOMPARE(b.leave(epoch), GroupErrc::kUnknownMemberId);
            b.instanceId = "ia";
            QCOMPARE(b.leave(epoch), GroupErrc::kFencedInstanceId);
        }
        b.instanceId.reset();
        converge({&a, &b});
        QCOMPARE(a.leave(), GroupErrc::kNone);
        QCOMPARE(world.view("g")->members.size(), std::size_t{1});
    }

    void theAssignmentComesWithAWholeHeartbeatOnly_data() {
        QTest::addColumn<bool>("timeout");
        QTest::addColumn<bool>("names");
        QTest::addColumn<bool>("pattern");
        QTest::addColumn<bool>("owned");
        QTest::addColumn<bool>("comes");
        QTest::newRow("whole") << true << true << false << true << true;
        QTest::newRow("whole with a pattern") << true << false << true << true << true;
        QTest::newRow("no timeout") << false << true << false << true << false;
        QTest::newRow("no subscription") << true << false << false << true << false;
        QTest::newRow("nothing owned") << true << true << false << false << false;
    }
    void theAssignmentComesWithAWholeHeartbeatOnly() {
        QFETCH(bool, timeout);
        QFETCH(bool, names);
        QFETCH(bool, pattern);
        QFETCH(bool, owned);
        QFETCH(bool, comes);
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        if (pattern) {
            a.topics.clear();
            a.regex = "ord.*";
        }
        QCOMPARE(a.beat(), GroupErrc::kNone);
        auto request = briefly(a);
        if (timeout) {
            request.rebalanceTimeout = 30s;
        }
        if (names) {
            request.subscribedTopics = a.topics;
        }
        if (pattern) {
            request.subscribedRegex = a.regex;
        }
        if (owned) {
            request.owned = a.owned;
        }
        const auto answer = a.send(request);
        QCOMPARE(answer->error, GroupErrc::kNone);
        QCOMPARE(answer->assignment.has_value(), comes);
    }
    void anAssignmentThatChangedComesUnasked() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.topics.put("orders", 8);
        world.manager->topicsChanged();
        QCOMPARE(partitionCount(*a.send(briefly(a))->assignment), std::size_t{8});
    }
    /// Whatever a member tells of itself outlives the broker, and only what is new is written.
    void whatAMemberSaysOfItselfIsStored_data() {
        QTest::addColumn<int>("what");
        QTest::newRow("nothing") << 0;
        QTest::newRow("client id") << 1;
        QTest::newRow("client host") << 2;
        QTest::newRow("rack") << 3;
        QTest::newRow("rebalance timeout") << 4;
        QTest::newRow("assignor") << 5;
    }
    void whatAMemberSaysOfItselfIsStored() {
        QFETCH(int, what);
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        auto request = briefly(a);
        request.client.clientId = what == 1 ? "renamed" : "a";
        request.client.clientHost = what == 2 ? "/10.0.0.9" : "/127.0.0.1";
        if (what == 3) {
            request.rackId = "r1";
        } else if (what == 4) {
            request.rebalanceTimeout = 31s;
        } else if (what == 5) {
            request.serverAssignor = "range";
        }
        const auto before = world.store.writes();
        QCOMPARE(a.send(request)->error, GroupErrc::kNone);
        QCOMPARE(world.store.writes() - before, what == 0 ? std::size_t{0} : std::size_t{1});
        world.restart();
        const auto kept = described(world, "a");
        QCOMPARE(kept.clientId, request.client.clientId);
        QCOMPARE(kept.clientHost, request.client.clientHost);
        QCOMPARE(kept.rackId, request.rackId);
        QCOMPARE(world.manager->describeConsumerGroup("g").assignor, std::string(what == 5 ? "range" : "uniform"));
    }
    void partitionsThatComeFreeOneByOneAreStored() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        NewConsumer c(world, "g", "c");
        world.topics.put("orders", 6);
        converge({&a, &b});
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QVERIFY(c.owned.empty());
        const auto giveUp = [](NewConsumer& member) {
            QCOMPARE(member.beat(), GroupErrc::kNone);  // told to
            QCOMPARE(member.beat(), GroupErrc::kNone);  // has done so
        };
        giveUp(a);
        const auto before = world.store.writes();
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(c.partitionsOf("orders").size(), std::size_t{1});
        QCOMPARE(world.store.writes() - before, std::size_t{1});
        QCOMPARE(world.view("g")->state, GroupState::kReconciling);
        giveUp(b);
        QCOMPARE(c.beat(), GroupErrc::kNone);
        QCOMPARE(c.partitionsOf("orders").size(), std::size_t{2});
        QCOMPARE(world.view("g")->state, GroupState::kStable);
    }
    void whoDoesNotSayWhatItHoldsStillHoldsIt() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        NewConsumer b(world, "g", "b");
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QCOMPARE(partitionCount(*a.send(briefly(a))->assignment), std::size_t{2});
        QCOMPARE(a.send(briefly(a))->memberEpoch, 1);
        QCOMPARE(b.beat(), GroupErrc::kNone);
        QVERIFY(b.owned.empty());
    }

    void patternsAreSharedAndMixed() {
        OrdersWorld world;
        world.topics.put("log-a", 2);
        world.topics.put("log-b", 2);
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        NewConsumer c(world, "g", "c");
        a.topics = b.topics = c.topics = {};
        a.regex = b.regex = "log-.*";
        c.regex = "pay.*";
        converge({&a, &b, &c});
        QCOMPARE(a.partitionsOf("log-a").size() + a.partitionsOf("log-b").size(), std::size_t{2});
        QCOMPARE(b.partitionsOf("log-a").size() + b.partitionsOf("log-b").size(), std::size_t{2});
        QCOMPARE(c.partitionsOf("payments").size(), std::size_t{1});
        QVERIFY(!intersects(a.owned, b.owned));
    }
    void aDirectoryThatCountsItsChangesNeedsNobodyToTellOfThem() {
        HookedWorld world;
        world.topics.put("orders", 2);
        world.startHooked();
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.topics.put("orders", 3);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), std::size_t{2});
        ++world.hookedTopics.versionNow;
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(a.partitionsOf("orders").size(), std::size_t{3});
    }
    void offsetsOfTopicsInUseNeitherExpireNorGo() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        for (const auto& partition : {kOrders0, kPayments0}) {
            OffsetCommitRequest request;
            request.groupId = "g";
            request.memberId = "a";
            request.generationOrEpoch = GenerationId(a.epoch);
            request.retention = 0ms;
            request.topics = {{TopicId{}, partition.topic, {{partition.partition, Offset(7), kNoLeaderEpoch, ""}}}};
            QCOMPARE(onlyError(*world.commit(request)), GroupErrc::kNone);
        }
        world.manager->expireOffsets();
        QVERIFY(world.fetched("g", kOrders0));
        QVERIFY(!world.fetched("g", kPayments0));
        QCOMPARE(world.deleteOffsets({"g", {kOrders0, kPayments0}})->partitions[1].error, GroupErrc::kNone);
        QCOMPARE(a.leave(), GroupErrc::kNone);
        world.manager->expireOffsets();
        QVERIFY(!world.fetched("g", kOrders0));
    }
    void everyOffsetIsForMembersInTheirEpochOnly() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        OffsetFetchRequest fetch;
        fetch.groupId = "g";
        fetch.memberId = "a";
        fetch.memberEpoch = a.epoch + 1;
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kStaleMemberEpoch);
        QVERIFY(world.manager->fetchOffsets(fetch).topics.empty());
        fetch.memberEpoch = a.epoch;
        QCOMPARE(world.manager->fetchOffsets(fetch).error, GroupErrc::kNone);
    }
    /// What its group knows and the disk does not is lost with the broker only.
    void aMemberThatDiesIsGoneThoughItCannotBeStored() {
        OrdersWorld world;
        NewConsumer a(world, "g", "a");
        NewConsumer b(world, "g", "b");
        converge({&a, &b});
        world.advance(44s);
        QCOMPARE(a.beat(), GroupErrc::kNone);
        world.store.setBroken(true);
        world.advance(1s);
        QCOMPARE(world.view("g")->members.size(), std::size_t{1});
        world.store.setBroken(false);
        converge({&a});
        QCOMPARE(a.partitionsOf("orders").size(), std::size_t{4});
        world.restart();
        QCOMPARE(world.view("g")->members.size(), std::size_t{1});
    }
    void aRecordWithClassicMembersIsWholeOrNothing() {
        ConsumerRecord record;
        ConsumerMember member;
        member.id = "m";
        member.classic = ClassicFace{6s, {{"cooperative-sticky", toBytes("one")}, {"range", toBytes("two")}}};
        record.members = {{member, {}}};
        const auto bytes = encodeRecord(record);
        const auto read = decodeConsumerRecord(bytes);
        QVERIFY(read);
        QCOMPARE(read->members.at(0).member.classic->protocols, member.classic->protocols);
        QCOMPARE(read->members.at(0).member.classic->sessionTimeout, std::chrono::milliseconds(6s));
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            QVERIFY(!decodeConsumerRecord(ByteView(bytes).first(length)));
        }
    }
};

QTEST_APPLESS_MAIN(TstGroupsConsumerMembers)
#include "tst_groups_consumer_members.moc"
