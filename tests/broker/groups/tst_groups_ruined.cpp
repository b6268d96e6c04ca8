// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of groups that are cut short or flipped: the coordinator starts, keeps the offsets, and serves the group anew.
#include <QTest>

#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

const TopicPartition kPlace{"orders", PartitionId(0)};

/// Members with everything that a record can hold of them.
void makeClassic(World& world) {
    Consumer a(world, "g", "a");
    a.instanceId = "ia";
    a.assignors = {"range", "roundrobin"};
    Consumer b(world, "g", "b");
    settle(world, {&a, &b});
}

void makeConsumer(World& world) {
    NewConsumer a(world, "g", "a");
    a.instanceId = "ia";
    a.assignor = "range";
    NewConsumer b(world, "g", "b");
    b.regex = "or.*";
    b.topics.clear();
    Consumer classic(world, "g", "c");
    QCOMPARE(a.beat(), GroupErrc::kNone);
    QCOMPARE(b.beat(), GroupErrc::kNone);
    classic.join();
    // Somebody is about to give something up.
    QCOMPARE(a.beat(), GroupErrc::kNone);
}

GroupErrc joinShare(World& world, const std::string& name) {
    Answer<ShareGroupHeartbeatResponse> answer;
    world.manager->shareGroupHeartbeat(
        {{name, "/127.0.0.1"}, "g", name, kJoinEpoch, "rack", std::vector<std::string>{"orders", "bills"}},
        answer.expect());
    return answer->error;
}

void makeShare(World& world) {
    QCOMPARE(joinShare(world, "a"), GroupErrc::kNone);
    QCOMPARE(joinShare(world, "b"), GroupErrc::kNone);
}

/// With epoch 0 as it joins, later as it lives.
GroupErrc beatStreams(World& world, const std::string& name, std::int32_t epoch) {
    StreamsGroupHeartbeatRequest request;
    request.memberEpoch = epoch;
    request.client = {name, "/127.0.0.1"};
    request.groupId = "g";
    request.memberId = name;
    request.processId = name;
    request.rackId = "rack";
    request.endpoint = StreamsEndpoint{"host", 8080};
    request.tags.emplace()["zone"] = "east";
    request.rebalanceTimeout = 30s;
    auto& part = request.topology.emplace().subtopologies.emplace_back();
    part.id = "0";
    part.sources = {"orders"};
    part.patterns = {"bil.*"};
    part.sinks = {"again"};
    part.repartitions.push_back({"again", 0, 0, {}});
    part.changelogs.push_back({"log", 0, 0, {}});
    part.copartitions.emplace_back().sources = {0};
    auto& other = request.topology->subtopologies.emplace_back();
    other.id = "1";
    other.sources = {"bills"};
    request.active = request.standby = request.warmup = Tasks{};
    if (epoch != kJoinEpoch) {
        request.topology.reset();
    }
    Answer<StreamsGroupHeartbeatResponse> answer;
    world.manager->streamsGroupHeartbeat(std::move(request), answer.expect());
    return answer->error;
}

void makeStreams(World& world) {
    world.topics.put("again", 4);
    world.topics.put("log", 4);
    QCOMPARE(beatStreams(world, "a", kJoinEpoch), GroupErrc::kNone);
    QCOMPARE(beatStreams(world, "b", kJoinEpoch), GroupErrc::kNone);
    world.advance(3s);
    const auto members = world.manager->describeStreamsGroup("g").members;
    QCOMPARE(members.size(), std::size_t{2});
    for (const auto& member : members) {
        QCOMPARE(beatStreams(world, member.memberId, member.memberEpoch), GroupErrc::kNone);
    }
    for (const auto& member : world.manager->describeStreamsGroup("g").members) {
        QVERIFY(!member.assignment.active.empty());
    }
}

struct Kind {
    const char* name;
    void (*make)(World&);
};
constexpr std::array kKinds{Kind{"classic", makeClassic}, Kind{"consumer", makeConsumer}, Kind{"share", makeShare},
                            Kind{"streams", makeStreams}};

Bytes recordOf(const Kind& kind) {
    World world;
    world.topics.put("orders", 4);
    world.topics.put("bills", 2);
    kind.make(world);
    Answer<GroupStore::Loaded> rows;
    world.store.load([expect = std::make_shared<Completion<GroupStore::Loaded>>(rows.expect())](auto loaded) mutable {
        (*expect)(std::move(loaded));
    });
    for (const StoredGroup& group : **rows) {
        if (group.groupId == "g" && group.record) {
            return *group.record;
        }
    }
    return {};
}

/// Looks at the group in every way, and joins it as whatever it takes.
void useGroup(World& world) {
    static_cast<void>(world.view("g"));
    static_cast<void>(world.manager->describeGroup("g"));
    static_cast<void>(world.manager->describeConsumerGroup("g"));
    static_cast<void>(world.manager->describeShareGroup("g"));
    static_cast<void>(world.manager->describeStreamsGroup("g"));
    static_cast<void>(world.manager->listGroups({}));
    world.manager->topicsChanged();
    NewConsumer fresh(world, "g", "fresh");
    static_cast<void>(fresh.beat());
    static_cast<void>(joinShare(world, "fresh"));
    static_cast<void>(beatStreams(world, "fresh", kJoinEpoch));
    Consumer old(world, "g", "old");
    old.join();
    world.advance(5s);
    if (old.joined()) {
        old.sync({{old.id, "all"}});
        static_cast<void>(old.beat());
        static_cast<void>(old.commit(kPlace, 7));
    }
    static_cast<void>(fresh.beat());
    world.advance(100s);
    static_cast<void>(old.beat());
    static_cast<void>(world.manager->removeMember("g", "a"));
    static_cast<void>(world.view("g"));
}

/// A coordinator whose store has this record, and a commit of the group.
void startWith(World& world, const Bytes& record) {
    world.topics.put("orders", 4);
    world.topics.put("bills", 2);
    SetOffsetsRequest offsets;
    offsets.groupId = "g";
    offsets.offsets.push_back({kPlace, Offset(5), kNoLeaderEpoch, ""});
    QCOMPARE(*world.setOffsets(offsets), GroupErrc::kNone);
    world.store.putRecord("g", record);
    world.restart();
}

}  // namespace

class TstGroupsRuined : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRecordThatIsCutShortCostsTheGroupAndNoOffset_data() {
        QTest::addColumn<int>("kind");
        for (std::size_t i = 0; i < kKinds.size(); ++i) {
            QTest::newRow(kKinds.at(i).name) << int(i);
        }
    }
    void aRecordThatIsCutShortCostsTheGroupAndNoOffset() {
        QFETCH(int, kind);
        const Bytes whole = recordOf(kKinds.at(static_cast<std::size_t>(kind)));
        QVERIFY(whole.size() > 50);
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            World world;
            startWith(world, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
            const QByteArray place = QString("%1 of %2 bytes").arg(size).arg(whole.size()).toUtf8();
            // A share group, if it is one again, has no committed offsets to tell of.
            QVERIFY2(world.fetched("g", kPlace).has_value() || world.manager->hasShareGroup("g"), place);
            const bool isThere = !world.view("g")->members.empty();
            QVERIFY2(isThere == (size == whole.size()), place);
            useGroup(world);
        }
    }

    void aFlippedBitHarmsNobody_data() { aRecordThatIsCutShortCostsTheGroupAndNoOffset_data(); }
    void aFlippedBitHarmsNobody() {
        QFETCH(int, kind);
        const Bytes whole = recordOf(kKinds.at(static_cast<std::size_t>(kind)));
        for (std::size_t at = 0; at < whole.size(); ++at) {
            for (const std::byte flip : {std::byte{1}, std::byte{0x10}, std::byte{0x80}, std::byte{0xff}}) {
                Bytes flipped = whole;
                flipped[at] ^= flip;
                World world;
                startWith(world, flipped);
                QVERIFY2(world.fetched("g", kPlace).has_value() || world.manager->hasShareGroup("g"),
                         qPrintable(QString::number(at)));
                useGroup(world);
                world.restart();
                static_cast<void>(world.view("g"));
            }
        }
    }
};

QTEST_APPLESS_MAIN(TstGroupsRuined)
#include "tst_groups_ruined.moc"
