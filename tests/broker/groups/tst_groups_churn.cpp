// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>
#include <set>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

constexpr int kPartitions = 60;
constexpr int kMembers = 50;

/// A consumer that behaves: it joins, syncs, beats, commits what it owns, and starts over when it is told to.
/// It may also crash, or lose the answer to a request.
class Actor {
public:
    Actor(World& world, SeededRandom& random, int number)
        : consumer(world, "g", "m" + std::to_string(number)), m_world(world), m_random(random) {
        if (number % 5 == 0) {
            consumer.instanceId = consumer.name;
        }
        consumer.sessionTimeout = 10s;
        consumer.rebalanceTimeout = 20s;
    }

    Consumer consumer;
    enum class Mood { kAway, kJoining, kSyncing, kMember } mood = Mood::kAway;
    std::vector<int> owned;

    void start() {
        forget();
        rejoin();
    }
    void crash() { forget(); }
    void leave() {
        if (mood == Mood::kMember) {
            (void)consumer.leave();
        }
        forget();
    }
    void step(std::map<std::pair<int, int>, std::string>& owners) {
        switch (mood) {
            case Mood::kAway:
                return;
            case Mood::kJoining:
                return pollJoin();
            case Mood::kSyncing:
                return pollSync(owners);
            case Mood::kMember:
                return beat();
        }
    }
    void commit(std::map<int, std::int64_t>& acknowledged) {
        if (mood != Mood::kMember || owned.empty()) {
            return;
        }
        const int partition = owned[m_random.next() % owned.size()];
        const auto next = acknowledged[partition] + 1;
        const auto answer = consumer.commit({"orders", PartitionId(partition)}, next);
        if (answer.here() && onlyError(*answer) == GroupErrc::kNone) {
            acknowledged[partition] = next;
        }
    }

private:
    void forget() {
        mood = Mood::kAway;
        consumer.id.clear();
        consumer.generation = kNoGeneration;
        owned.clear();
    }
    void rejoin() {
        consumer.join();
        mood = Mood::kJoining;
    }
    void pollJoin() {
        if (!consumer.joinAnswer.here()) {
            return;
        }
        if (!consumer.joined()) {
            consumer.id.clear();
            return rejoin();
        }
        std::map<std::string, std::string> assignments;
        if (consumer.isLeader() && !consumer.joinAnswer->skipAssignment) {
            const auto& members = consumer.joinAnswer->members;
            std::map<std::string, ConsumerAssignment> shares;
            for (int partition = 0; partition < kPartitions; ++partition) {
                const auto& member = members[static_cast<std::size_t>(partition) % members.size()];
                shares[member.memberId].partitions.push_back({"orders", PartitionId(partition)});
            }
            for (const auto& [id, share] : shares) {
                assignments[id] = std::string(asText(writeAssignment(share)));
            }
        }
        consumer.sync(std::move(assignments));
        mood = Mood::kSyncing;
    }
    void pollSync(std::map<std::pair<int, int>, std::string>& owners) {
        if (!consumer.syncAnswer.here()) {
            return;
        }
        if (consumer.syncAnswer->error != GroupErrc::kNone) {
            if (consumer.syncAnswer->error == GroupErrc::kUnknownMemberId ||
                consumer.syncAnswer->error == GroupErrc::kFencedInstanceId) {
                consumer.id.clear();
            }
            return rejoin();
        }
        owned.clear();
        if (!consumer.syncAnswer->assignment.empty()) {
            const auto assignment = parseAssignment(consumer.syncAnswer->assignment);
            for (const auto& partition : assignment->partitions) {
                owned.push_back(partition.partition.value);
                // One owner per partition and generation, static members under the name that stays.
                const auto me = consumer.instanceId.value_or(consumer.id);
                const auto key = std::pair(consumer.generation.value, partition.partition.value);
                const auto [it, isFirst] = owners.emplace(key, me);
                WEIR_ASSERT(isFirst || it->second == me);
            }
        }
        mood = Mood::kMember;
    }
    void beat() {
        switch (consumer.beat()) {
            case GroupErrc::kNone:
                return;
            case GroupErrc::kRebalanceInProgress:
                owned.clear();
                return rejoin();
            default:
                forget();
                return rejoin();
        }
    }

    World& m_world;
    SeededRandom& m_random;
};

}  // namespace

class TstGroupsChurn : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fiftyMembersThatComeAndGoConverge_data() {
        QTest::addColumn<quint64>("seed");
        // WEIR_CHURN=1000 is the long form of T20.
        const auto seeds = static_cast<quint64>(qMax(20, qEnvironmentVariableIntValue("WEIR_CHURN")));
        for (quint64 seed = 1; seed <= seeds; ++seed) {
            QTest::addRow("seed %llu", static_cast<unsigned long long>(seed)) << seed;
        }
    }
    void fiftyMembersThatComeAndGoConverge() {
        QFETCH(quint64, seed);
        SeededRandom random(seed);
        World world;
        std::vector<Actor> actors;
        for (int i = 0; i < kMembers; ++i) {
            actors.emplace_back(world, random, i);
        }
        std::map<std::pair<int, int>, std::string> owners;
        std::map<int, std::int64_t> acknowledged;
        std::map<int, std::int64_t> lastSeen;
        GenerationId lastGeneration{0};
        for (int round = 0; round < 600; ++round) {
            auto& actor = actors[random.next() % actors.size()];
            switch (random.next() % 12) {
                case 0:
                    actor.crash();
                    break;
                case 1:
                    actor.leave();
                    break;
                case 2:
                    world.store.hold();
                    break;
                case 3:
                    world.store.release();
                    break;
                case 4:
                    if (random.next() % 10 == 0) {
                        world.store.release();
                        world.restart();
                    }
                    break;
                default:
                    if (actor.mood == Actor::Mood::kAway) {
                        actor.start();
                    }
            }
            for (auto& each : actors) {
                each.step(owners);
            }
            actors[random.next() % actors.size()].commit(acknowledged);
            world.advance(std::chrono::milliseconds(random.next() % 2'000));
            checkNothingWentBack(world, acknowledged, lastSeen, lastGeneration);
        }
        world.store.release();
        converge(world, actors, owners);
        QVERIFY2(!acknowledged.empty(), "nobody ever committed");
        m_generations += world.view("g")->generation.value;
        for (const auto& [partition, commits] : acknowledged) {
            m_commits += commits;
        }
    }
    void cleanupTestCase() {
        qInfo("T20: %d members, %lld generations of one owner each, %lld commits, none went back", kMembers,
              static_cast<long long>(m_generations), static_cast<long long>(m_commits));
    }

private:
    std::int64_t m_generations = 0;
    std::int64_t m_commits = 0;

    void checkNothingWentBack(World& world, const std::map<int, std::int64_t>& acknowledged,
                              std::map<int, std::int64_t>& lastSeen, GenerationId& lastGeneration) {
        for (const auto& [partition, offset] : acknowledged) {
            const auto fetched = world.fetched("g", {"orders", PartitionId(partition)});
            const auto now = fetched ? fetched->offset.value : 0;
            QVERIFY2(now >= offset, "an acknowledged offset is not there");
            QVERIFY2(now >= lastSeen[partition], "an offset went back");
            lastSeen[partition] = now;
        }
        if (const auto view = world.view("g")) {
            QVERIFY(view->generation >= lastGeneration);
            lastGeneration = view->generation;
        }
    }
    void converge(World& world, std::vector<Actor>& actors, std::map<std::pair<int, int>, std::string>& owners) {
        for (auto& actor : actors) {
            if (actor.mood == Actor::Mood::kAway) {
                actor.start();
            }
        }
        for (int round = 0; round < 200; ++round) {
            for (auto& actor : actors) {
                actor.step(owners);
            }
            world.advance(1s);
        }
        std::set<int> covered;
        for (auto& actor : actors) {
            QCOMPARE(actor.mood, Actor::Mood::kMember);
            QCOMPARE(actor.consumer.beat(), GroupErrc::kNone);
            for (const int partition : actor.owned) {
                QVERIFY2(covered.insert(partition).second, "two owners of one partition");
            }
        }
        QCOMPARE(covered.size(), static_cast<std::size_t>(kPartitions));
        QCOMPARE(world.state("g"), GroupState::kStable);
        QCOMPARE(world.view("g")->members.size(), static_cast<std::size_t>(kMembers));
        QVERIFY2(world.view("g")->generation > GenerationId(10), "hardly anything happened");
    }
};

QTEST_APPLESS_MAIN(TstGroupsChurn)
#include "tst_groups_churn.moc"
