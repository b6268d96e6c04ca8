// SPDX-License-Identifier: GPL-3.0-or-later
// The topology of a streams application by itself: what is wrong with it, what it is on the topics there are, its
// bytes.
#include <QTest>

#include "broker/groups/streams/topology.h"
#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using weir::groups::testing::FakeTopics;

namespace {

using Sources = std::map<std::string, std::int32_t>;

struct Parts {
    std::vector<std::string> sources{};
    std::vector<std::string> patterns{};
    std::vector<std::string> sinks{};
    std::vector<StreamsTopology::InternalTopic> repartitions{};
    std::vector<StreamsTopology::InternalTopic> changelogs{};
    std::vector<StreamsTopology::Copartition> copartitions{};
};

void add(StreamsTopology& topology, const std::string& id, const Parts& parts) {
    topology.subtopologies.push_back(
        {id, parts.sources, parts.patterns, parts.sinks, parts.repartitions, parts.changelogs, parts.copartitions});
}

/// One subtopology that has everything, and one that has nothing but its name.
StreamsTopology fullTopology() {
    StreamsTopology topology;
    topology.epoch = 7;
    add(topology, "all",
        {.sources = {"left", "right"},
         .patterns = {"in-[0-9]+"},
         .sinks = {"app-a", "app-b"},
         .repartitions = {{"app-a", 4, 1, {{"cleanup.policy", "delete"}, {"k", ""}}}},
         .changelogs = {{"app-log", 0, 3, {}}},
         .copartitions = {{{0, 1}, {0}, {0}}, {{1}, {}, {}}}});
    add(topology, "none", {});
    return topology;
}

Bytes bytesOf(const StreamsTopology& topology) {
    ByteWriter writer;
    writeTopology(writer, topology);
    return writer.take();
}

/// source -> first -> second, each through a repartition topic.
StreamsTopology chain(std::int32_t first, std::int32_t second) {
    StreamsTopology topology;
    add(topology, "0", {.sources = {"in"}, .sinks = {"first"}});
    add(topology, "1", {.sinks = {"second"}, .repartitions = {{"first", first, 0, {}}}});
    add(topology, "2", {.repartitions = {{"second", second, 0, {}}}, .changelogs = {{"log", 0, 0, {}}}});
    return topology;
}

void expectTrouble(const ConfiguredTopology& made, StreamsStatus status, const std::string& word) {
    QCOMPARE(made.trouble, std::optional(status));
    QVERIFY2(made.detail.find(word) != std::string::npos, made.detail.c_str());
    QVERIFY2(made.tasks.empty(), "tasks are given out in spite of the trouble");
}

}  // namespace

class TstGroupsTopology : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsReadBack() {
        for (const auto& topology : {fullTopology(), chain(0, 5), StreamsTopology{}}) {
            const Bytes bytes = bytesOf(topology);
            ByteReader reader(bytes);
            QVERIFY(readTopology(reader) == topology);
            QVERIFY(reader.ok());
        }
    }
    /// A record that is cut anywhere, or whose counts lie, is noticed; nothing is made of bytes that are not there.
    void aBrokenRecordIsNoticed() {
        const Bytes whole = bytesOf(fullTopology());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            ByteReader reader(ByteView(whole).first(length));
            (void)readTopology(reader);
            QVERIFY2(!reader.ok(), qPrintable(QString("cut at %1").arg(length)));
        }
        for (std::size_t at = 4; at + 4 <= whole.size(); ++at) {
            for (const std::int32_t lie : {-1, 1 << 20, 0x7fffffff}) {
                Bytes broken = whole;
                storeBigEndian<std::int32_t>(broken.data() + at, lie);
                ByteReader reader(broken);
                QVERIFY(readTopology(reader).subtopologies.size() <= whole.size());
            }
        }
    }
    void faultsAreSaid() {
        QCOMPARE(faultOf(fullTopology()), std::string());
        const auto faulty = [](auto&& change) {
            auto topology = fullTopology();
            change(topology.subtopologies);
            return !faultOf(topology).empty();
        };
        using Subs = std::vector<StreamsTopology::Subtopology>;
        QVERIFY(faulty([](Subs& subs) { subs[0].id.clear(); }));
        QVERIFY(faulty([](Subs& subs) { subs[1].id = subs[0].id; }));
        QVERIFY(faulty([](Subs& subs) { subs[0].patterns = {"in-["}; }));
        QVERIFY(faulty([](Subs& subs) { subs[0].copartitions[0].sources = {-1}; }));
        QVERIFY(faulty([](Subs& subs) { subs[0].copartitions[0].sources = {2}; }));
        QVERIFY(faulty([](Subs& subs) { subs[0].copartitions[0].patterns = {1}; }));
        QVERIFY(faulty([](Subs& subs) { subs[0].copartitions[0].repartitions = {1}; }));
    }
    void patternsFindTheirTopics() {
        FakeTopics topics;
        topics.put("in-1", 2);
        topics.put("in-22", 5);
        topics.put("in-x", 9);
        StreamsTopology topology;
        add(topology, "0", {.patterns = {"in-[0-9]+"}});
        auto made = configure(topology, topics);
        QVERIFY(!made.trouble);
        QVERIFY((made.sources.at("0") == Sources{{"in-1", 2}, {"in-22", 5}}));
        QCOMPARE(made.tasks.at("0"), 5);

        topology.subtopologies[0].patterns = {"out-.*", "in-[0-9]+"};
        topology.subtopologies[0].sources = {"gone", "lost"};
        made = configure(topology, topics);
        expectTrouble(made, StreamsStatus::kMissingSourceTopics, "gone, lost, out-.*");
    }
    void everySubtopologyHasItsOwnPatterns() {
        FakeTopics topics;
        topics.put("in-1", 2);
        topics.put("out-1", 3);
        StreamsTopology topology;
        add(topology, "0", {.patterns = {"in-.*"}});
        add(topology, "1", {.patterns = {"out-.*"}});
        const auto made = configure(topology, topics);
        QVERIFY(!made.trouble);
        QVERIFY((made.tasks == Sources{{"0", 2}, {"1", 3}}));
    }
    void oneOfTwoTroublesLessIsAnotherConfiguration() {
        FakeTopics topics;
        StreamsTopology topology;
        add(topology, "0", {.sources = {"left", "right"}});
        const auto both = configure(topology, topics);
        topics.put("left", 1);
        const auto one = configure(topology, topics);
        expectTrouble(one, StreamsStatus::kMissingSourceTopics, "right");
        QVERIFY(one.detail.find("left") == std::string::npos);
        QVERIFY(!(one == both));
        QVERIFY(one == configure(topology, topics));
    }
    /// What is written to it is of no size yet when its turn comes first.
    void sizesDoNotDependOnTheOrderOfNames() {
        FakeTopics topics;
        topics.put("in", 3);
        StreamsTopology topology;
        add(topology, "0", {.sources = {"in"}, .sinks = {"z-first"}});
        add(topology, "1", {.sinks = {"a-second"}, .repartitions = {{"z-first", 0, 0, {}}}});
        add(topology, "2", {.repartitions = {{"a-second", 0, 0, {}}}});
        const auto made = configure(topology, topics);
        expectTrouble(made, StreamsStatus::kMissingInternalTopics, "z-first, a-second");
        for (const auto& topic : made.missing) {
            QCOMPARE(topic.partitions, 3);
        }
    }
    void aRepartitionTopicIsAsLargeAsWhatIsWrittenToIt() {
        FakeTopics topics;
        topics.put("in", 3);
        auto made = configure(chain(0, 0), topics);
        expectTrouble(made, StreamsStatus::kMissingInternalTopics, "first, second, log");
        QCOMPARE(made.missing.size(), 3U);
        for (const auto& topic : made.missing) {
            QCOMPARE(topic.partitions, 3);
        }
        made = configure(chain(1, 0), topics);
        QCOMPARE(made.missing.at(0).partitions, 1);
        QCOMPARE(made.missing.at(2).partitions, 1);
        // One that says its own size sets that of what comes behind it.
        made = configure(chain(8, 0), topics);
        QCOMPARE(made.missing.at(0).partitions, 8);
        QCOMPARE(made.missing.at(2).partitions, 8);
        topics.put("first", 8);
        topics.put("second", 6);
        topics.put("log", 6);
        made = configure(chain(8, 6), topics);
        QVERIFY(!made.trouble);
        QVERIFY((made.tasks == Sources{{"0", 3}, {"1", 8}, {"2", 6}}));
        QVERIFY((made.sources.at("1") == Sources{{"first", 8}}));

        topics.put("second", 7);
        expectTrouble(configure(chain(8, 6), topics), StreamsStatus::kIncorrectlyPartitioned, "second has 7");
        topics.put("second", 6);
        topics.put("log", 1);
        expectTrouble(configure(chain(8, 6), topics), StreamsStatus::kIncorrectlyPartitioned, "log has 1");

        auto nobodyWrites = chain(0, 0);
        nobodyWrites.subtopologies[1].sinks.clear();
        expectTrouble(configure(nobodyWrites, topics), StreamsStatus::kIncorrectlyPartitioned, "second");
    }
    void whatIsJoinedHasTheSameSize() {
        FakeTopics topics;
        topics.put("in", 4);
        topics.put("table", 6);
        StreamsTopology topology;
        add(topology, "0", {.sources = {"in"}, .sinks = {"first", "other"}});
        add(topology, "1",
            {.sources = {"table"},
             .repartitions = {{"first", 0, 0, {}}, {"other", 0, 0, {}}},
             .copartitions = {{{0}, {}, {0}}}});
        // One that may have any size takes that of the source it is joined with.
        auto made = configure(topology, topics);
        QCOMPARE(made.missing.at(0).partitions, 6);
        QCOMPARE(made.missing.at(1).partitions, 4);
        // Two that may are made as large as the larger.
        topology.subtopologies[1].copartitions = {{{}, {}, {0, 1}}};
        add(topology, "2", {.sources = {"table"}, .sinks = {"other"}});
        made = configure(topology, topics);
        QCOMPARE(made.missing.at(0).partitions, 6);
        QCOMPARE(made.missing.at(1).partitions, 6);
        // One that says its own does not fit.
        topology.subtopologies[1].copartitions = {{{0}, {}, {0}}};
        topology.subtopologies[1].repartitions[0].partitions = 5;
        made = configure(topology, topics);
        expectTrouble(made, StreamsStatus::kIncorrectlyPartitioned, "table");
    }
};

QTEST_APPLESS_MAIN(TstGroupsTopology)
#include "tst_groups_topology.moc"
