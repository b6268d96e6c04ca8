// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/transactions/rules.h"

using namespace weir;
using namespace weir::transactions;

namespace {

constexpr Timestamp kNow{1000};
const TopicPartition kOrders{"orders", PartitionId(0)};

Transaction made(TxnState state, std::int16_t epoch, std::int16_t lastEpoch = -1) {
    Transaction values;
    values.producerId = ProducerId(7);
    values.epoch = ProducerEpoch(epoch);
    values.lastEpoch = ProducerEpoch(lastEpoch);
    values.state = state;
    if (state == TxnState::kOngoing || values.isPrepared()) {
        values.partitions.insert(kOrders);
        values.startedAt = Timestamp(500);
    }
    return values;
}

TxnErrc errorOf(const Decision& decision) {
    return std::holds_alternative<Settled>(decision) ? std::get<Settled>(decision).error : TxnErrc::kNone;
}
bool changes(const Decision& decision) {
    return std::holds_alternative<Transaction>(decision);
}

Decision end(const Transaction& current, std::int16_t epoch, Outcome outcome, TxnVersion version,
             std::optional<ProducerId> fresh = std::nullopt) {
    return decideEnd(current, {.producer = {ProducerId(7), ProducerEpoch(epoch)},
                               .outcome = outcome,
                               .version = version,
                               .fresh = fresh,
                               .now = kNow});
}

}  // namespace

class TestTransactionRules : public QObject {
    Q_OBJECT

private slots:
    void endOfEachState_data() {
        QTest::addColumn<int>("state");
        QTest::addColumn<bool>("commits");
        QTest::addColumn<bool>("second");
        QTest::addColumn<int>("expected");  // -99: a change
        const auto row = [](const char* name, TxnState state, bool commits, bool second, int expected) {
            QTest::newRow(name) << static_cast<int>(state) << commits << second << expected;
        };
        row("1 commit ongoing", TxnState::kOngoing, true, false, -99);
        row("1 abort ongoing", TxnState::kOngoing, false, false, -99);
        row("1 commit committed", TxnState::kCompleteCommit, true, false, 0);
        row("1 abort committed", TxnState::kCompleteCommit, false, false, 48);
        row("1 commit aborted", TxnState::kCompleteAbort, true, false, 48);
        row("1 abort aborted", TxnState::kCompleteAbort, false, false, 0);
        row("1 commit while committing", TxnState::kPrepareCommit, true, false, 51);
        row("1 abort while committing", TxnState::kPrepareCommit, false, false, 48);
        row("1 abort while aborting", TxnState::kPrepareAbort, false, false, 51);
        row("1 commit empty", TxnState::kEmpty, true, false, 48);
        row("1 abort empty", TxnState::kEmpty, false, false, 48);
        row("2 commit ongoing", TxnState::kOngoing, true, true, -99);
        row("2 abort ongoing", TxnState::kOngoing, false, true, -99);
        row("2 commit empty", TxnState::kEmpty, true, true, 48);
        row("2 abort empty", TxnState::kEmpty, false, true, -99);
        row("2 commit committed", TxnState::kCompleteCommit, true, true, 48);
        row("2 abort committed", TxnState::kCompleteCommit, false, true, -99);
        row("2 abort aborted", TxnState::kCompleteAbort, false, true, -99);
        row("2 commit aborted", TxnState::kCompleteAbort, true, true, 48);
        row("2 while committing", TxnState::kPrepareCommit, true, true, 90);
    }
    void endOfEachState() {
        QFETCH(int, state);
        QFETCH(bool, commits);
        QFETCH(bool, second);
        QFETCH(int, expected);
        const auto decision =
            end(made(static_cast<TxnState>(state), 3), 3, commits ? Outcome::kCommit : Outcome::kAbort,
                second ? TxnVersion::kSecond : TxnVersion::kFirst);
        QCOMPARE(changes(decision), expected == -99);
        if (expected != -99) {
            QCOMPARE(static_cast<int>(errorOf(decision)), expected);
        }
    }
    void repeatOfAnEndIsKnownByTheEpochBefore() {
        const auto second = TxnVersion::kSecond;
        const Transaction committed = made(TxnState::kCompleteCommit, 4, 3);
        QCOMPARE(errorOf(end(committed, 3, Outcome::kCommit, second)), TxnErrc::kNone);
        QVERIFY(!changes(end(committed, 3, Outcome::kCommit, second)));
        QCOMPARE(errorOf(end(committed, 3, Outcome::kAbort, second)), TxnErrc::kInvalidTxnState);
        QCOMPARE(errorOf(end(made(TxnState::kPrepareCommit, 4, 3), 3, Outcome::kCommit, second)),
                 TxnErrc::kConcurrentTransactions);
        QCOMPARE(errorOf(end(committed, 2, Outcome::kCommit, second)), TxnErrc::kProducerFenced);
    }
    void commitBehindATimeoutIsFencedAndNotWrong() {
        for (const TxnVersion version : {TxnVersion::kFirst, TxnVersion::kSecond}) {
            const Transaction aborted =
                completed(fenced(made(TxnState::kOngoing, 3, 2), TxnVersion::kSecond, kNow), kNow);
            QCOMPARE(aborted.state, TxnState::kCompleteAbort);
            QCOMPARE(aborted.epoch, ProducerEpoch(4));
            QCOMPARE(errorOf(end(aborted, 3, Outcome::kCommit, version)), TxnErrc::kProducerFenced);
        }
    }
    void epochsRunOutIntoANewProducerId() {
        const Transaction last = made(TxnState::kOngoing, kLastEpoch.value);
        QVERIFY(std::holds_alternative<NeedsProducerId>(
            end(last, kLastEpoch.value, Outcome::kCommit, TxnVersion::kSecond)));
        const auto decision = end(last, kLastEpoch.value, Outcome::kCommit, TxnVersion::kSecond, ProducerId(8));
        const auto& prepared = std::get<Transaction>(decision);
        QCOMPARE(prepared.epoch, ProducerEpoch(32767));
        QCOMPARE(prepared.producerId, ProducerId(7));
        const Transaction after = completed(prepared, kNow);
        QCOMPARE(after.producerId, ProducerId(8));
        QCOMPARE(after.epoch, ProducerEpoch(0));
        // The answer was lost: the same request again.
        const auto repeat = end(after, kLastEpoch.value, Outcome::kCommit, TxnVersion::kSecond);
        QVERIFY(!changes(repeat));
        QCOMPARE(errorOf(repeat), TxnErrc::kNone);
        // And an init of the old one.
        QVERIFY(changes(decideInit(
            after,
            {.timeoutMs = 1, .expected = ProducerIdAndEpoch{ProducerId(7), kLastEpoch}, .fresh = {}, .now = kNow})));
    }
    void initOfAnExhaustedIdTakesAFreshOne() {
        const Transaction idle = made(TxnState::kCompleteAbort, 32767);
        InitRequest request{.timeoutMs = 1, .expected = {}, .fresh = {}, .now = kNow};
        QVERIFY(std::holds_alternative<NeedsProducerId>(decideInit(idle, request)));
        request.fresh = ProducerId(8);
        const auto decision = decideInit(idle, request);
        QCOMPARE(std::get<Transaction>(decision).producerId, ProducerId(8));
        QCOMPARE(std::get<Transaction>(decision).epoch, ProducerEpoch(0));
    }
    void initWithAnEpochContinuesRepeatsOrIsFenced() {
        const auto init = [](const Transaction& current, std::int64_t id, std::int16_t epoch) {
            return decideInit(current, {.timeoutMs = 1,
                                        .expected = ProducerIdAndEpoch{ProducerId(id), ProducerEpoch(epoch)},
                                        .fresh = {},
                                        .now = kNow});
        };
        const Transaction idle = made(TxnState::kCompleteCommit, 5, -1);
        const auto next = init(idle, 7, 5);
        QCOMPARE(std::get<Transaction>(next).epoch, ProducerEpoch(6));
        QCOMPARE(std::get<Transaction>(next).lastEpoch, ProducerEpoch(5));
        const auto again = init(std::get<Transaction>(next), 7, 5);
        QCOMPARE(std::get<Transaction>(again).epoch, ProducerEpoch(6));
        QCOMPARE(errorOf(init(idle, 7, 4)), TxnErrc::kProducerFenced);
        QCOMPARE(errorOf(init(idle, 9, 5)), TxnErrc::kProducerFenced);
    }
    void addingKnowsWhoAsks() {
        const auto add = [](const Transaction& current, std::int64_t id, std::int16_t epoch) {
            return decideAdd(current, {.producer = {ProducerId(id), ProducerEpoch(epoch)},
                                       .partitions = {kOrders},
                                       .groups = {},
                                       .version = TxnVersion::kFirst,
                                       .now = kNow});
        };
        QCOMPARE(errorOf(add(made(TxnState::kEmpty, 3), 9, 3)), TxnErrc::kInvalidProducerIdMapping);
        QCOMPARE(errorOf(add(made(TxnState::kEmpty, 3), 7, 2)), TxnErrc::kProducerFenced);
        QCOMPARE(errorOf(add(made(TxnState::kPrepareAbort, 3), 7, 3)), TxnErrc::kConcurrentTransactions);
        QVERIFY(changes(add(made(TxnState::kEmpty, 3), 7, 3)));
        const auto there = add(made(TxnState::kOngoing, 3), 7, 3);
        QVERIFY(!changes(there));
        QCOMPARE(errorOf(there), TxnErrc::kNone);
    }
    void onlyWhatWasAddedIsLetIn() {
        const ProducerIdAndEpoch me{ProducerId(7), ProducerEpoch(3)};
        const Transaction open = made(TxnState::kOngoing, 3);
        QCOMPARE(verify(open, me, kOrders), TxnErrc::kNone);
        QCOMPARE(verify(open, me, TopicPartition{"orders", PartitionId(1)}), TxnErrc::kTransactionAbortable);
        QCOMPARE(verify(open, me, std::string("group")), TxnErrc::kTransactionAbortable);
        QCOMPARE(verify(made(TxnState::kPrepareCommit, 3), me, kOrders), TxnErrc::kConcurrentTransactions);
        QCOMPARE(verify(made(TxnState::kOngoing, 4), me, kOrders), TxnErrc::kProducerFenced);
    }
    void namesComeBack() {
        for (int i = 0; i < 8; ++i) {
            const auto state = static_cast<TxnState>(i);
            QVERIFY(stateNamed(stateName(state)) == state);
        }
        QVERIFY(!stateNamed("Nonsense"));
    }
};

QTEST_GUILESS_MAIN(TestTransactionRules)
#include "tst_transaction_rules.moc"
