// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <atomic>
#include <latch>

#include "broker/storage/commit_queue.h"

using namespace weir::storage;

namespace {

struct Counter final : Committable {
    std::atomic<int> commits{0};
    std::function<void()> during;
    void commit() override {
        ++commits;
        if (during) {
            during();
        }
    }
};

}  // namespace

class TestCommitQueue : public QObject {
    Q_OBJECT

private slots:
    void requestsBeforeASyncShareIt() {
        CommitQueue queue(0);
        auto target = std::make_shared<Counter>();
        for (int i = 0; i < 100; ++i) {
            queue.request(target);
        }
        QCOMPARE(queue.runPending(), std::size_t{1});
        QCOMPARE(target->commits.load(), 1);
        QCOMPARE(queue.runPending(), std::size_t{0});
    }
    void requestDuringASyncGetsItsOwn() {
        CommitQueue queue(0);
        auto target = std::make_shared<Counter>();
        target->during = [&] {
            if (target->commits == 1) {
                queue.request(target);
            }
        };
        queue.request(target);
        QCOMPARE(queue.runPending(), std::size_t{2});
    }
    void everyRequestIsFollowedByACommitThatBeganAfterIt() {
        constexpr int kRounds = 2000;
        auto target = std::make_shared<Counter>();
        std::atomic<int> written{0};
        std::atomic<int> covered{0};
        {
            CommitQueue queue(3);
            target->during = [&] {
                const int seen = written.load();
                int known = covered.load();
                while (known < seen && !covered.compare_exchange_weak(known, seen)) {
                }
            };
            for (int i = 0; i < kRounds; ++i) {
                ++written;
                queue.request(target);
            }
        }
        QCOMPARE(covered.load(), kRounds);
        QVERIFY(target->commits.load() <= kRounds);
    }
    void stopFinishesWhatWasAskedFor() {
        std::vector<std::shared_ptr<Counter>> targets;
        {
            CommitQueue queue(2);
            for (int i = 0; i < 50; ++i) {
                targets.push_back(std::make_shared<Counter>());
                queue.request(targets.back());
            }
        }
        for (const auto& target : targets) {
            QCOMPARE(target->commits.load(), 1);
        }
    }
};

QTEST_APPLESS_MAIN(TestCommitQueue)
#include "tst_commit_queue.moc"
