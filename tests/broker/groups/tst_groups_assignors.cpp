// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include "broker/base/random.h"
#include "broker/groups/consumer/assignor.h"

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
};

QTEST_APPLESS_MAIN(TstGroupsAssignors)
#include "tst_groups_assignors.moc"
