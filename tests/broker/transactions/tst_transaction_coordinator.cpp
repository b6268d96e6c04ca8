// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/transactions/coordinator_fixture.h"

using namespace weir;
using namespace weir::transactions;
using namespace std::chrono_literals;
using records::MarkerType;
using weir::testing::CoordinatorFixture;

namespace {
const TopicPartition kOne{"orders", PartitionId(0)};
const TopicPartition kTwo{"orders", PartitionId(1)};
}  // namespace

class TestTransactionCoordinator : public QObject {
    Q_OBJECT

private slots:
    void commitMarksEverythingItHasTouched() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        QCOMPARE(producer.epoch, ProducerEpoch(0));
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        QCOMPARE(*f.add(producer, kTwo), TxnErrc::kNone);
        QCOMPARE(*f.addGroup(producer, "readers"), TxnErrc::kNone);
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kNone);
        QCOMPARE(f.state(), TxnState::kCompleteCommit);
        QVERIFY((f.world.markers[kOne] ==
                 std::vector{weir::testing::World::Marker{producer.id, producer.epoch, MarkerType::kCommit}}));
        QCOMPARE(f.world.markers[kTwo].size(), std::size_t{1});
        QCOMPARE(f.world.settled["readers"].size(), std::size_t{1});
        QVERIFY(f.world.stored["app"].state == TxnState::kCompleteCommit);
        QVERIFY(f.world.stored["app"].partitions.empty());
    }
    void secondGenerationGivesEveryTransactionItsEpoch() {
        CoordinatorFixture f;
        auto producer = f.init()->producer;
        for (std::int16_t i = 1; i <= 3; ++i) {
            QCOMPARE(*f.add(producer, kOne, TxnVersion::kSecond), TxnErrc::kNone);
            const auto answer = f.end(producer, Outcome::kCommit, TxnVersion::kSecond);
            QCOMPARE(answer->error, TxnErrc::kNone);
            QCOMPARE(answer->producer.epoch, ProducerEpoch(i));
            QCOMPARE(f.world.markers[kOne].back().epoch, ProducerEpoch(i));
            // Its answer was lost.
            QCOMPARE(f.end(producer, Outcome::kCommit, TxnVersion::kSecond)->producer.epoch, ProducerEpoch(i));
            producer = answer->producer;
        }
        QCOMPARE(f.world.markers[kOne].size(), std::size_t{3});
    }
    void anotherIncarnationAbortsAndFences() {
        CoordinatorFixture f;
        const auto old = f.init()->producer;
        QCOMPARE(*f.add(old, kOne), TxnErrc::kNone);
        QCOMPARE(f.init()->error, TxnErrc::kConcurrentTransactions);
        QVERIFY((f.world.markers[kOne] ==
                 std::vector{weir::testing::World::Marker{old.id, old.epoch + 1, MarkerType::kAbort}}));
        const auto fresh = f.init();
        QCOMPARE(fresh->error, TxnErrc::kNone);
        QCOMPARE(fresh->producer.epoch, old.epoch + 2);
        QCOMPARE(*f.add(old, kOne), TxnErrc::kProducerFenced);
        QCOMPARE(f.end(old, Outcome::kCommit)->error, TxnErrc::kProducerFenced);
    }
    void whatTakesTooLongIsAborted() {
        CoordinatorFixture f;
        const auto producer = f.init({}, 30'000)->producer;
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        f.after(29s);
        QCOMPARE(f.state(), TxnState::kOngoing);
        f.after(2s);
        f.after(10s);
        QCOMPARE(f.state(), TxnState::kCompleteAbort);
        QCOMPARE(f.world.markers[kOne].size(), std::size_t{1});
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kProducerFenced);
    }
    void idleIdsAreForgotten() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        f.after(24h * 8);
        QVERIFY(!f.coordinator->describe("app"));
        QVERIFY(f.world.stored.empty());
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kInvalidProducerIdMapping);
        QVERIFY(f.init()->producer.id != producer.id);
    }
    void openTransactionsAreNotForgotten() {
        CoordinatorFixture f;
        const auto producer = f.init({}, 900'000)->producer;
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        f.after(24h * 8);
        QVERIFY(f.coordinator->describe("app").has_value());
    }
    void timeoutsOutOfRangeAreRefused() {
        CoordinatorFixture f;
        QCOMPARE(f.init({}, 0)->error, TxnErrc::kInvalidTransactionTimeout);
        QCOMPARE(f.init({}, 900'001)->error, TxnErrc::kInvalidTransactionTimeout);
        QCOMPARE(f.init({}, 900'000)->error, TxnErrc::kNone);
    }
    void requestsWaitForTheChangeThatIsOnItsWay() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        std::vector<TxnErrc> answers;
        const auto note = [&](TxnErrc error) { answers.push_back(error); };
        f.coordinator->add({"app", producer, {kOne}, {}, TxnVersion::kFirst}, note);
        f.coordinator->add({"app", producer, {kTwo}, {}, TxnVersion::kFirst}, note);
        f.coordinator->end({"app", producer, Outcome::kCommit, TxnVersion::kFirst},
                           [&](const EndAnswer& answer) { answers.push_back(answer.error); });
        QVERIFY(answers.empty());
        f.run();
        QCOMPARE(answers.size(), std::size_t{3});
        QCOMPARE(answers[2], TxnErrc::kNone);
        QCOMPARE(f.world.markers.size(), std::size_t{2});
    }
    void nothingIsLetInOnceTheOutcomeIsDecided() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        QCOMPARE(f.coordinator->verify("app", producer, kOne), TxnErrc::kNone);
        f.world.offline.insert(kOne);
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kNone);
        QCOMPARE(f.coordinator->verify("app", producer, kOne), TxnErrc::kConcurrentTransactions);
        QCOMPARE(f.coordinator->verify("other", producer, kOne), TxnErrc::kInvalidProducerIdMapping);
    }
    void partitionThatIsDownGetsItsMarkerLater() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        QCOMPARE(*f.add(producer, kTwo), TxnErrc::kNone);
        f.world.offline.insert(kTwo);
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kNone);
        QCOMPARE(f.state(), TxnState::kPrepareCommit);
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kConcurrentTransactions);
        QCOMPARE(f.init()->error, TxnErrc::kConcurrentTransactions);
        f.world.offline.clear();
        f.after(1s);
        QCOMPARE(f.state(), TxnState::kCompleteCommit);
        QCOMPARE(f.world.markers[kOne].size(), std::size_t{1});
        QCOMPARE(f.world.markers[kTwo].size(), std::size_t{1});
    }
    /// A power cut may take back a marker that is not synced, and then somebody has to know that it is missing.
    void aTransactionIsCompleteWhenItsMarkersAreSafe() {
        CoordinatorFixture f;
        auto producer = f.init()->producer;
        for (const bool isLost : {true, false}) {
            QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
            QCOMPARE(*f.add(producer, kTwo), TxnErrc::kNone);
            f.world.hasSlowDisks = true;
            QVERIFY(!f.end(producer, Outcome::kCommit));
            QCOMPARE(f.world.unsynced.size(), std::size_t{2});
            f.world.unsynced[1](true);
            f.run();
            QCOMPARE(f.state(), TxnState::kPrepareCommit);
            QCOMPARE(f.world.stored["app"].state, TxnState::kPrepareCommit);
            f.world.unsynced[0](!isLost);
            f.run();
            f.world.unsynced.clear();
            QCOMPARE(f.state(), isLost ? TxnState::kPrepareCommit : TxnState::kCompleteCommit);
            f.world.hasSlowDisks = false;
            f.after(1s);
            QCOMPARE(f.world.stored["app"].state, TxnState::kCompleteCommit);
        }
    }
    void storeThatRefusesChangesNothing() {
        CoordinatorFixture f;
        const auto producer = f.init()->producer;
        QCOMPARE(*f.add(producer, kOne), TxnErrc::kNone);
        f.world.refusesWrites = true;
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kCoordinatorNotAvailable);
        QCOMPARE(*f.add(producer, kTwo), TxnErrc::kCoordinatorNotAvailable);
        QVERIFY(f.world.markers.empty());
        QCOMPARE(f.state(), TxnState::kOngoing);
        f.world.refusesWrites = false;
        QCOMPARE(f.end(producer, Outcome::kCommit)->error, TxnErrc::kNone);
        QCOMPARE(f.world.markers.size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestTransactionCoordinator)
#include "tst_transaction_coordinator.moc"
