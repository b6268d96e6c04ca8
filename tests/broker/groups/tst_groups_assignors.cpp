// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include "broker/base/random.h"
#include "broker/groups/consumer/assignor.h"
#include "broker/groups/share/share_assignor.h"
#include "broker/groups/streams/task_assignor.h"

using namespace weir;
using namespace weir::groups;

namespace {

TopicId topic(int number) {
    TopicId id;
    id.bytes[15] = static_cast<std::byte>(number);
    return id;
}

AssignorMembers membersOf(int count, const std::set<TopicId>& topics) {
    AssignorMembers members;
    for (int i = 0; i < count; ++i) {
        members["m" + std::to_string(i)].topics = topics;
    }
    return members;
}

/// Every partition of a subscribed topic has exactly one owner, and that one subscribes to the topic.
bool isComplete(const TargetAssignment& target, const AssignorMembers& members, const TopicSizes& sizes) {
    std::map<TopicId, std::set<PartitionId>> taken;
    for (const auto& [id, assignment] : target) {
        for (const auto& [topicId, partitions] : assignment) {
            if (!members.at(id).topics.contains(topicId)) {
                return false;
            }
            for (const auto partition : partitions) {
                if (!taken[topicId].insert(partition).second) {
                    return false;
                }
            }
        }
    }
    for (const auto& [topicId, size] : sizes) {
        const bool wanted =
            std::ranges::any_of(members, [&](const auto& m) { return m.second.topics.contains(topicId); });
        const auto it = taken.find(topicId);
        if ((it == taken.end() ? 0U : it->second.size()) != (wanted ? static_cast<std::size_t>(size) : 0U)) {
            return false;
        }
    }
    return target.size() == members.size();
}

std::size_t movedBetween(const TargetAssignment& before, const TargetAssignment& after) {
    std::size_t moved = 0;
    for (const auto& [id, assignment] : before) {
        const auto it = after.find(id);
        moved += partitionCount(it == after.end() ? assignment : difference(assignment, it->second));
    }
    return moved;
}

/// One task of subtopology "0" for each number.
Tasks tasks(std::initializer_list<int> numbers) {
    Tasks made;
    for (const int number : numbers) {
        made["0"].insert(PartitionId(number));
    }
    return made;
}

}  // namespace

class TstGroupsAssignors : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rangesAreContiguousAndTheFirstGetOneMore() {
        auto members = membersOf(3, {topic(1)});
        const auto target = assignRanges(members, {{topic(1), 7}});
        QCOMPARE(target.at("m0").at(topic(1)), (std::set{PartitionId(0), PartitionId(1), PartitionId(2)}));
        QCOMPARE(target.at("m1").at(topic(1)), (std::set{PartitionId(3), PartitionId(4)}));
        QCOMPARE(target.at("m2").at(topic(1)), (std::set{PartitionId(5), PartitionId(6)}));
    }
    void equalTopicsAreCoPartitioned() {
        const auto target = assignRanges(membersOf(4, {topic(1), topic(2)}), {{topic(1), 10}, {topic(2), 10}});
        for (const auto& entry : target) {
            QCOMPARE(entry.second.at(topic(1)), entry.second.at(topic(2)));
        }
    }
    void rangeOfAStaticMemberDoesNotDependOnItsMemberId() {
        AssignorMembers members;
        members["z"] = {"instance-1", {topic(1)}, {}};
        members["a"] = {"instance-2", {topic(1)}, {}};
        const auto before = assignRanges(members, {{topic(1), 2}}).at("z");
        members["b"] = members["z"];
        members.erase("z");
        QCOMPARE(assignRanges(members, {{topic(1), 2}}).at("b"), before);
    }
    void moreMembersThanPartitionsLeavesSomeIdle() {
        for (const auto assign : {&assignRanges, &assignUniformly}) {
            const auto members = membersOf(5, {topic(1)});
            const auto target = assign(members, {{topic(1), 2}});
            QVERIFY(isComplete(target, members, {{topic(1), 2}}));
            QCOMPARE(std::ranges::count_if(target, [](const auto& t) { return t.second.empty(); }), 3);
        }
    }
    void uniformLoadsDifferByOneAtMost() {
        const auto members = membersOf(7, {topic(1), topic(2)});
        const TopicSizes sizes{{topic(1), 3}, {topic(2), 50}};
        const auto target = assignUniformly(members, sizes);
        QVERIFY(isComplete(target, members, sizes));
        for (const auto& entry : target) {
            const auto load = partitionCount(entry.second);
            QVERIFY(load == 7 || load == 8);
        }
    }
    void uniformMovesNoMoreThanItMust() {
        auto members = membersOf(4, {topic(1)});
        const TopicSizes sizes{{topic(1), 20}};
        const auto before = assignUniformly(members, sizes);
        for (auto& [id, member] : members) {
            member.current = before.at(id);
        }
        members["new"].topics = {topic(1)};
        const auto after = assignUniformly(members, sizes);
        QVERIFY(isComplete(after, members, sizes));
        QCOMPARE(movedBetween(before, after), 4U);
        QCOMPARE(partitionCount(after.at("new")), 4U);
    }
    void anySubscriptionsAreServedCompletelyAndStably() {
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            SeededRandom random(seed);
            TopicSizes sizes;
            for (int t = 1; t <= 6; ++t) {
                sizes[topic(t)] = static_cast<std::int32_t>(random.next() % 12);
            }
            AssignorMembers members;
            for (std::uint64_t m = 0; m <= random.next() % 9; ++m) {
                auto& member = members["m" + std::to_string(m)];
                for (int t = 1; t <= 7; ++t) {
                    if (random.next() % 2 == 0) {
                        member.topics.insert(topic(t));
                    }
                }
            }
            for (const auto assign : {&assignRanges, &assignUniformly}) {
                const auto first = assign(members, sizes);
                QVERIFY2(isComplete(first, members, sizes), qPrintable(QString("seed %1").arg(seed)));
                auto again = members;
                for (auto& [id, member] : again) {
                    member.current = first.at(id);
                }
                QCOMPARE(assign(again, sizes), first);
            }
        }
    }
    void thousandMembersAreAssignedQuickly() {
        const auto members = membersOf(1'000, {topic(1)});
        QElapsedTimer timer;
        timer.start();
        const auto target = assignUniformly(members, {{topic(1), 5'000}});
        qInfo("5,000 partitions to 1,000 members in %lld ms", static_cast<long long>(timer.elapsed()));
        QVERIFY(std::ranges::all_of(target, [](const auto& t) { return partitionCount(t.second) == 5; }));
    }
    void aNewShareMemberTakesFromTheFullest() {
        AssignorMembers members = membersOf(3, {topic(1), topic(9)});
        members["m0"].current = members["m1"].current = {{topic(1), {PartitionId(0), PartitionId(1)}}};
        const auto target = assignShares(members, {{topic(1), 2}});
        std::map<PartitionId, int> sharers;
        for (const auto& [id, assignment] : target) {
            QVERIFY2(!assignment.contains(topic(9)), "a topic that is not there was assigned");
            QVERIFY(!assignment.at(topic(1)).empty());
            for (const auto partition : assignment.at(topic(1))) {
                ++sharers[partition];
            }
        }
        QCOMPARE(sharers, (std::map<PartitionId, int>{{PartitionId(0), 2}, {PartitionId(1), 2}}));
        QCOMPARE(target.at("m1"), members["m1"].current);
    }
    void withoutMembersThereIsNothingToRun() { QVERIFY(assignTasks({}, {{"0", 3}}, {"0"}, 1).empty()); }
    void aNewProcessGetsTheTaskWhoseStandbyItHas() {
        const std::map<std::string, TaskMember> members{
            {"a", {"p1", {tasks({0, 1}), {}}}}, {"b", {"p2", {tasks({2, 3}), {}}}}, {"c", {"p3", {{}, tasks({0})}}}};
        const auto target = assignTasks(members, {{"0", 4}}, {}, 0);
        QCOMPARE(target.at("a").active, tasks({1}));
        QCOMPARE(target.at("b").active, tasks({2, 3}));
        QCOMPARE(target.at("c").active, tasks({0}));
    }
    void aNewProcessWithoutAStandbyGetsOneTaskAllTheSame() {
        const std::map<std::string, TaskMember> members{
            {"a", {"p1", {tasks({0, 1}), {}}}}, {"b", {"p2", {tasks({2, 3}), {}}}}, {"c", {"p3", {}}}};
        const auto target = assignTasks(members, {{"0", 4}}, {}, 0);
        QCOMPARE(partitionCount(target.at("a").active), 1U);
        QVERIFY(isSubset(target.at("a").active, tasks({0, 1})));
        QCOMPARE(target.at("b").active, tasks({2, 3}));
        QCOMPARE(target.at("c").active, difference(tasks({0, 1}), target.at("a").active));
    }
    void whoLosesATaskKeepsItsStateAsAStandby() {
        const std::map<std::string, TaskMember> members{
            {"a", {"p1", {}}}, {"b", {"p2", {tasks({0, 1, 2, 3}), {}}}}, {"c", {"p3", {}}}};
        const auto target = assignTasks(members, {{"0", 4}}, {"0"}, 1);
        QCOMPARE(partitionCount(target.at("b").active), 2U);
        QVERIFY(isSubset(difference(tasks({0, 1, 2, 3}), target.at("b").active), target.at("b").standby));
    }
    /// Each process has a task once at most, and as many standbys as there are other processes.
    void standbysAreInAsManyProcessesAsThereAre() {
        const std::map<std::string, TaskMember> members{
            {"a", {"p1", {}}}, {"b", {"p2", {}}}, {"c", {"p3", {}}}, {"d", {"p3", {}}}};
        for (const int standbys : {1, 2, 5}) {
            const auto target = assignTasks(members, {{"0", 4}}, {"0"}, standbys);
            for (int task = 0; task < 4; ++task) {
                std::multiset<std::string> processes;
                for (const auto& [id, assignment] : target) {
                    for (const auto* some : {&assignment.active, &assignment.standby}) {
                        if (contains(*some, std::string("0"), PartitionId(task))) {
                            processes.insert(members.at(id).processId);
                        }
                    }
                }
                QCOMPARE(processes.size(), static_cast<std::size_t>(std::min(standbys + 1, 3)));
                QCOMPARE((std::set<std::string>{processes.begin(), processes.end()}.size()), processes.size());
            }
        }
    }
    /// A topic may have gone since the last target, or have come anew with fewer partitions, and a damaged record may
    /// give one partition to two.
    void whatIsNoLongerThereIsNotKept() {
        const std::map<TopicId, std::int32_t> sizes{{topic(1), 2}};
        auto members = membersOf(2, {topic(1), topic(2)});
        members["m0"].current = {{topic(1), {PartitionId(0), PartitionId(1), PartitionId(7)}}};
        members["m1"].current = {{topic(1), {PartitionId(0)}}, {topic(2), {PartitionId(0)}}};
        const auto target = assignUniformly(members, sizes);
        QVERIFY(isComplete(target, members, sizes));
        QCOMPARE(partitionCount(target.at("m0")), std::size_t{1});
        QCOMPARE(partitionCount(target.at("m1")), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TstGroupsAssignors)
#include "tst_groups_assignors.moc"
