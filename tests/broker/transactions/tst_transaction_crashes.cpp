// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/transactions/coordinator_fixture.h"

using namespace weir;
using namespace weir::transactions;
using records::MarkerType;
using weir::testing::CoordinatorFixture;

namespace {
const std::vector<TopicPartition> kPartitions{
    {"orders", PartitionId(0)}, {"orders", PartitionId(1)}, {"payments", PartitionId(0)}};
}  // namespace

/// The broker dies at every step from the first write to the last marker and after it; what it said and what it has
/// written must agree.
class TestTransactionCrashes : public QObject {
    Q_OBJECT

private slots:
    void outcomeIsTheSameEverywhere_data() {
        QTest::addColumn<bool>("commits");
        QTest::addColumn<bool>("second");
        QTest::addColumn<int>("steps");
        for (const bool commits : {false, true}) {
            for (const bool second : {false, true}) {
                // Prepare, three markers, two groups, the completion; and one beyond.
                for (int steps = 0; steps <= 8; ++steps) {
                    QTest::addRow("%s in version %d dies after %d steps", commits ? "commit" : "abort", second ? 2 : 1,
                                  steps)
                        << commits << second << steps;
                }
            }
        }
    }
    void outcomeIsTheSameEverywhere() {
        QFETCH(bool, commits);
        QFETCH(bool, second);
        QFETCH(int, steps);
        const TxnVersion version = second ? TxnVersion::kSecond : TxnVersion::kFirst;
        const Outcome outcome = commits ? Outcome::kCommit : Outcome::kAbort;
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        for (const auto& partition : kPartitions) {
            QCOMPARE(*f.add(producer, partition, version), TxnErrc::kNone);
        }
        QCOMPARE(*f.addGroup(producer, "readers"), TxnErrc::kNone);
        QCOMPARE(*f.addGroup(producer, "others"), TxnErrc::kNone);
        f.world.stepsLeft = steps;
        const auto answer = f.end(producer, outcome, version);
        const bool wasToldSo = answer && answer->error == TxnErrc::kNone;

        f.world.stepsLeft = 1'000'000;
        f.restart();
        const bool wasDecided = steps >= 1;
        QVERIFY(!wasToldSo || wasDecided);
        for (const auto& partition : kPartitions) {
            QCOMPARE(f.world.markers[partition].size(), wasDecided ? std::size_t{1} : std::size_t{0});
            if (wasDecided) {
                QCOMPARE(f.world.markers[partition].front().type, commits ? MarkerType::kCommit : MarkerType::kAbort);
            }
        }
        for (const char* group : {"readers", "others"}) {
            QCOMPARE(f.world.settled[group].size(), wasDecided ? std::size_t{1} : std::size_t{0});
        }
        QCOMPARE(f.state(), !wasDecided ? TxnState::kOngoing
                            : commits   ? TxnState::kCompleteCommit
                                        : TxnState::kCompleteAbort);
        // The client that got no answer asks again, and hears what happened.
        const auto again = f.end(producer, outcome, version);
        QCOMPARE(again->error, TxnErrc::kNone);
        for (const auto& partition : kPartitions) {
            QCOMPARE(f.world.markers[partition].size(), std::size_t{1});
        }
        // And the next transaction goes on from there.
        const auto next = second ? again->producer : producer;
        QCOMPARE(*f.add(next, kPartitions[0], version), TxnErrc::kNone);
        QCOMPARE(f.end(next, Outcome::kAbort, version)->error, TxnErrc::kNone);
        QCOMPARE(f.world.markers[kPartitions[0]].size(), std::size_t{2});
        QCOMPARE(f.world.markers[kPartitions[1]].size(), std::size_t{1});
    }
    void fencingThatWasCutShortIsFinished_data() {
        QTest::addColumn<int>("steps");
        for (int steps = 0; steps <= 5; ++steps) {
            QTest::addRow("dies after %d steps", steps) << steps;
        }
    }
    void fencingThatWasCutShortIsFinished() {
        QFETCH(int, steps);
        CoordinatorFixture f;
        const auto old = f.init()->producer;
        for (const auto& partition : kPartitions) {
            QCOMPARE(*f.add(old, partition), TxnErrc::kNone);
        }
        f.world.stepsLeft = steps;
        (void)f.init();
        f.world.stepsLeft = 1'000'000;
        f.restart();
        auto fresh = f.init();
        if (steps == 0) {
            QCOMPARE(fresh->error, TxnErrc::kConcurrentTransactions);
            fresh = f.init();
        }
        QCOMPARE(fresh->error, TxnErrc::kNone);
        QVERIFY(fresh->producer.epoch > old.epoch + 1);
        for (const auto& partition : kPartitions) {
            QCOMPARE(f.world.markers[partition].size(), std::size_t{1});
            QCOMPARE(f.world.markers[partition].front().type, MarkerType::kAbort);
        }
        QCOMPARE(f.end(old, Outcome::kCommit)->error, TxnErrc::kProducerFenced);
    }
};

QTEST_GUILESS_MAIN(TestTransactionCrashes)
#include "tst_transaction_crashes.moc"
