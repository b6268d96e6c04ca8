// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <atomic>
#include <future>
#include <thread>

#include "tests/broker/groups/fixture.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

/// A store that answers from a thread of its own, in order.
class ThreadedStore final : public GroupStore {
public:
    explicit ThreadedStore(MemoryGroupStore& store) : m_store(store), m_thread([this] { run(); }) {}
    ~ThreadedStore() override {
        {
            const std::lock_guard lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_one();
        m_thread.join();
    }
    void load(Completion<Loaded> done) override { m_store.load(std::move(done)); }
    void write(StoreBatch batch, Completion<StoreStatus> done) override {
        {
            const std::lock_guard lock(m_mutex);
            m_waiting.emplace_back(std::move(batch), std::move(done));
        }
        m_wake.notify_one();
    }

private:
    void run() {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_stopping || !m_waiting.empty(); });
            if (m_waiting.empty()) {
                return;
            }
            auto waiting = std::move(m_waiting);
            m_waiting.clear();
            lock.unlock();
            for (auto& [batch, done] : waiting) {
                m_store.write(std::move(batch), std::move(done));
            }
            lock.lock();
        }
    }

    MemoryGroupStore& m_store;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::pair<StoreBatch, Completion<StoreStatus>>> m_waiting;
    bool m_stopping = false;
    std::thread m_thread;
};

template <class T>
T await(const std::function<void(Completion<T>)>& ask) {
    std::promise<T> promise;
    auto future = promise.get_future();
    ask([promise = std::move(promise)](T value) mutable { promise.set_value(std::move(value)); });
    return future.get();
}

struct Ground {
    ManualClock clock;
    ManualTimers timers{clock};
    SeededRandom random{1};
    MemoryGroupStore memory;
    FakeTopics topics;
};

JoinGroupRequest joinAs(const std::string& groupId, const std::string& memberId) {
    JoinGroupRequest request;
    request.apiVersion = 3;
    request.groupId = groupId;
    request.memberId = memberId;
    request.client = {"c", "/127.0.0.1"};
    request.sessionTimeout = 10s;
    request.rebalanceTimeout = 60s;
    request.protocolType = "consumer";
    request.protocols = {{"range", {}}};
    return request;
}

OffsetCommitRequest commitAs(const std::string& groupId, const std::string& memberId, GenerationId generation,
                             int partition, std::int64_t offset) {
    OffsetCommitRequest request;
    request.groupId = groupId;
    request.memberId = memberId;
    request.generationOrEpoch = generation;
    request.topics = {{TopicId{}, "orders", {{PartitionId(partition), Offset(offset), kNoLeaderEpoch, ""}}}};
    return request;
}

}  // namespace

class TstGroupsThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void membersOnManyThreadsShareOneGroup() {
        constexpr int kThreads = 6;
        Ground ground;
        ThreadedStore store(ground.memory);
        GroupOptions options;
        options.initialRebalanceDelay = 0ms;
        GroupManager manager(options, {ground.clock, ground.random, ground.timers, store, ground.topics, Logger()});
        manager.start([](const StoreStatus&) {});
        std::atomic<int> synced{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&manager, &synced] {
                std::string id;
                while (synced < 200) {
                    const auto joined = await<JoinGroupResponse>(
                        [&](auto done) { manager.joinGroup(joinAs("g", id), std::move(done)); });
                    id = joined.error == GroupErrc::kNone ? joined.memberId : "";
                    if (joined.error != GroupErrc::kNone) {
                        continue;
                    }
                    SyncGroupRequest sync;
                    sync.groupId = "g";
                    sync.memberId = id;
                    sync.generation = joined.generation;
                    for (const auto& member : joined.members) {
                        sync.assignments.push_back({member.memberId, toBytes(member.memberId)});
                    }
                    const auto answer =
                        await<SyncGroupResponse>([&](auto done) { manager.syncGroup(sync, std::move(done)); });
                    if (answer.error == GroupErrc::kNone) {
                        WEIR_ASSERT(asText(answer.assignment) == id);
                        ++synced;
                        (void)await<OffsetCommitResponse>([&](auto done) {
                            manager.commitOffsets(commitAs("g", id, joined.generation, 0, synced), std::move(done));
                        });
                    }
                    (void)manager.heartbeat({"g", joined.generation, id, std::nullopt});
                    (void)manager.snapshot();
                }
                LeaveGroupRequest leave;
                leave.groupId = "g";
                leave.members.push_back({id, std::nullopt, std::nullopt});
                (void)manager.leaveGroup(leave);
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(manager.describeGroup("g").state, GroupState::kEmpty);
        manager.stop();
    }
    void commitsOfManyGroupsRunInParallelAndKeepTheirOrder() {
        constexpr int kThreads = 4;
        constexpr int kCommits = 5'000;
        Ground ground;
        ThreadedStore store(ground.memory);
        GroupManager manager({}, {ground.clock, ground.random, ground.timers, store, ground.topics, Logger()});
        manager.start([](const StoreStatus&) {});
        std::atomic<int> acknowledged{0};
        QElapsedTimer timer;
        timer.start();
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                std::promise<void> last;
                for (int i = 1; i <= kCommits; ++i) {
                    auto request = commitAs("g" + std::to_string(t), "", kNoGeneration, 0, i);
                    manager.commitOffsets(std::move(request), [&, i](const OffsetCommitResponse& response) {
                        WEIR_ASSERT(onlyError(response) == GroupErrc::kNone);
                        ++acknowledged;
                        if (i == kCommits) {
                            last.set_value();
                        }
                    });
                }
                last.get_future().wait();
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(acknowledged.load(), kThreads * kCommits);
        qInfo("%d commits in %lld ms", kThreads * kCommits, static_cast<long long>(timer.elapsed()));
        for (int t = 0; t < kThreads; ++t) {
            const auto kept = ground.memory.offset("g" + std::to_string(t), {"orders", PartitionId(0)});
            QCOMPARE(kept->committed.offset, Offset(kCommits));
        }
        manager.stop();
    }
    void stopWhileRequestsComeInAnswersAll() {
        for (int round = 0; round < 20; ++round) {
            Ground ground;
            ThreadedStore store(ground.memory);
            GroupManager manager({}, {ground.clock, ground.random, ground.timers, store, ground.topics, Logger()});
            manager.start([](const StoreStatus&) {});
            std::atomic<bool> stopped{false};
            std::atomic<int> asked{0};
            std::atomic<int> answered{0};
            std::vector<std::thread> threads;
            for (int t = 0; t < 3; ++t) {
                threads.emplace_back([&, t] {
                    while (!stopped) {
                        ++asked;
                        manager.joinGroup(joinAs("g" + std::to_string(t), ""),
                                          [&](const JoinGroupResponse&) { ++answered; });
                        (void)manager.listGroups({});
                    }
                });
            }
            while (asked < 50) {
                std::this_thread::yield();
            }
            manager.stop();
            stopped = true;
            for (auto& thread : threads) {
                thread.join();
            }
            QCOMPARE(answered.load(), asked.load());
        }
    }
    void deletionsAndCommitsOfOneGroupNeverDisagreeWithTheDisk() {
        Ground ground;
        ThreadedStore store(ground.memory);
        GroupManager manager({}, {ground.clock, ground.random, ground.timers, store, ground.topics, Logger()});
        manager.start([](const StoreStatus&) {});
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 500; ++i) {
                    if (t == 0) {
                        (void)await<GroupErrc>([&](auto done) { manager.deleteGroup("g", std::move(done)); });
                        manager.expireOffsets();
                    } else if (t == 1) {
                        manager.topicDeleted("orders");
                    } else {
                        (void)await<OffsetCommitResponse>([&](auto done) {
                            manager.commitOffsets(commitAs("g", "", kNoGeneration, t, i), std::move(done));
                        });
                    }
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        // One more round trip to the disk: everything before it has been written.
        (void)await<OffsetCommitResponse>(
            [&](auto done) { manager.commitOffsets(commitAs("g", "", kNoGeneration, 9, 1), std::move(done)); });
        for (int partition : {2, 3, 9}) {
            OffsetFetchRequest fetch;
            fetch.groupId = "g";
            fetch.topics = {{TopicId{}, "orders", {PartitionId(partition)}}};
            const auto seen = manager.fetchOffsets(fetch).topics[0].partitions[0].offset;
            const auto kept = ground.memory.offset("g", {"orders", PartitionId(partition)});
            QCOMPARE(seen, kept ? kept->committed.offset : kNoOffset);
        }
        manager.stop();
    }
    /// Each refused join makes a group and takes it back: cells come and go under those that have just found them.
    void refusedJoinsOfManyThreadsLeaveNothingBehind() {
        Ground ground;
        GroupManager manager({}, {ground.clock, ground.random, ground.timers, ground.memory, ground.topics, Logger()});
        manager.start([](const StoreStatus&) {});
        std::atomic<int> wrong{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 20'000; ++i) {
                    auto request = joinAs("g", "");
                    request.protocols.clear();
                    manager.joinGroup(std::move(request), [&](const JoinGroupResponse& response) {
                        wrong += response.error == GroupErrc::kInconsistentGroupProtocol ? 0 : 1;
                    });
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(manager.listGroups({}).groups.empty());
        QCOMPARE(ground.memory.writes(), std::size_t{0});
        manager.stop();
    }
};

QTEST_APPLESS_MAIN(TstGroupsThreads)
#include "tst_groups_threads.moc"
