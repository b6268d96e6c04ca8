// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/topics/partition_fixture.h"

using namespace weir;
using namespace weir::topics;
using records::MarkerType;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::PartitionFixture;
using weir::testing::ReadyBatch;

namespace {

constexpr ProducerId kOne{1};
constexpr ProducerId kTwo{2};

/// Lets in who was added.
class Gate final : public TransactionGate {
public:
    PartitionResult<void> admit(const TopicPartition&, ProducerId producerId, ProducerEpoch) const override {
        ++asked;
        return producerId == refused ? PartitionResult<void>(fail(PartitionErrc::kNotInTransaction, "not added"))
                                     : PartitionResult<void>();
    }
    bool startsAtZero() const override { return zero; }

    mutable int asked = 0;
    ProducerId refused = kNoProducerId;
    bool zero = false;
};

class Fixture : public PartitionFixture {
public:
    Gate gate;

    PartitionResult<Appended> write(ProducerId id, std::int32_t sequence, std::int16_t epoch = 0,
                                    std::int32_t records = 1) {
        ReadyBatch batch({.records = records,
                          .producerId = id,
                          .producerEpoch = ProducerEpoch(epoch),
                          .baseSequence = Sequence(sequence),
                          .transactional = true},
                         {.now = now()});
        return partition->append(batch.bytes(), batch.validated(), AppendOrigin::kClient, now(), &gate);
    }
    PartitionResult<Appended> end(ProducerId id, MarkerType type, std::int16_t epoch = 0,
                                  TransactionMarker::Write write = TransactionMarker::Write::kAlways) {
        return partition->endTransaction({.producerId = id,
                                          .producerEpoch = ProducerEpoch(epoch),
                                          .type = type,
                                          .coordinatorEpoch = 0,
                                          .write = write},
                                         now());
    }
    using PartitionFixture::end;
    [[nodiscard]] Offset stable() const { return partition->offsets().lastStable; }
    [[nodiscard]] std::vector<storage::AbortedTransaction> abortedIn(std::int64_t from, std::size_t* bytes = nullptr) {
        storage::ReadBuffer into;
        const auto fetched = fetch(Offset(from), into, Isolation::kReadCommitted);
        if (bytes != nullptr) {
            *bytes = fetched->bytes;
        }
        return fetched->aborted;
    }
};

class Sleeper final : public ParkedFetch {
public:
    void wake() override { ++woken; }
    int woken = 0;
};

}  // namespace

class TestPartitionTransactions : public QObject {
    Q_OBJECT

private slots:
    void nobodyReadsCommittedBeyondAnOpenTransaction() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.produce(kNoProducerId, -1, -1).ok());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.write(kOne, 1).ok());
        QVERIFY(f.produce(kNoProducerId, -1, -1).ok());
        QCOMPARE(f.stable(), Offset(1));
        QCOMPARE(f.partition->offsets().highWatermark, Offset(4));
        QCOMPARE(f.partition->offsetFor(OffsetQuery::kLatest, Isolation::kReadCommitted)->offset, Offset(1));
        QCOMPARE(f.partition->offsetFor(OffsetQuery::kLatest, Isolation::kReadUncommitted)->offset, Offset(4));
        storage::ReadBuffer into;
        QCOMPARE(f.fetch(Offset(0), into, Isolation::kReadCommitted)->next, Offset(1));
        into.clear();
        QCOMPARE(f.fetch(Offset(0), into)->next, Offset(4));
        const auto marker = f.end(kOne, MarkerType::kCommit);
        QCOMPARE(marker->baseOffset, Offset(4));
        QCOMPARE(f.stable(), Offset(5));
        QVERIFY(f.abortedIn(0).empty());
    }
    void oldestOpenTransactionHoldsTheRest() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.write(kTwo, 0).ok());
        QVERIFY(f.end(kTwo, MarkerType::kAbort).ok());
        QCOMPARE(f.stable(), Offset(0));
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        QCOMPARE(f.stable(), Offset(4));
        const auto aborted = f.abortedIn(0);
        QCOMPARE(aborted.size(), std::size_t{1});
        QVERIFY(aborted[0] == (storage::AbortedTransaction{kTwo, Offset(1), Offset(2), Offset(0)}));
    }
    void abortedRecordsAreReadAndNamed() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kTwo, 0).ok());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.end(kOne, MarkerType::kAbort).ok());
        QVERIFY(f.end(kTwo, MarkerType::kAbort).ok());
        std::size_t bytes = 0;
        const auto aborted = f.abortedIn(0, &bytes);
        QVERIFY(bytes > 0);
        QCOMPARE(aborted.size(), std::size_t{2});
        QCOMPARE(aborted[0].producerId, kTwo);
        QCOMPARE(aborted[1].firstOffset, Offset(1));
        // Behind a transaction's marker nobody needs to hear of it.
        QCOMPARE(f.abortedIn(3).size(), std::size_t{1});
        QVERIFY(f.abortedIn(4).empty());
    }
    void waitersForCommittedDataWakeWithTheMarkerOnly() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        const auto sleeper = std::make_shared<Sleeper>();
        QVERIFY(f.partition->park(sleeper, Isolation::kReadCommitted, f.stable()));
        QVERIFY(f.write(kOne, 1).ok());
        QCOMPARE(sleeper->woken, 0);
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        QCOMPARE(sleeper->woken, 1);
    }
    void gateIsAskedOnceForEachTransaction() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.write(kOne, 1).ok());
        QCOMPARE(f.gate.asked, 1);
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        QVERIFY(f.write(kOne, 2).ok());
        QCOMPARE(f.gate.asked, 2);
    }
    void recordsOfAStrangerToTheTransactionAreRefused() {
        Fixture f;
        QVERIFY(f.start());
        f.gate.refused = kOne;
        QVERIFY(f.write(kOne, 0).error().code == PartitionErrc::kNotInTransaction);
        QCOMPARE(f.end(), Offset(0));
        f.gate.refused = kNoProducerId;
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        // Late records of it come behind the marker, where the gate has shut.
        f.gate.refused = kOne;
        QVERIFY(f.write(kOne, 1).error().code == PartitionErrc::kNotInTransaction);
        // A retry of what is there is answered all the same.
        QVERIFY(f.write(kOne, 0)->duplicate);
    }
    void fencedProducerHearsOfItsEpochAndNotOfTheTransaction() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0, 3).ok());
        QVERIFY(f.end(kOne, MarkerType::kAbort, 4).ok());
        f.gate.refused = kOne;
        QVERIFY(f.write(kOne, 1, 3).error().code == PartitionErrc::kInvalidProducerEpoch);
    }
    void secondGenerationStartsAtZero() {
        Fixture f;
        QVERIFY(f.start());
        f.gate.zero = true;
        QVERIFY(f.write(kOne, 7).error().code == PartitionErrc::kOutOfOrderSequence);
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.end(kOne, MarkerType::kCommit, 1).ok());
        QVERIFY(f.write(kOne, 1, 1).error().code == PartitionErrc::kOutOfOrderSequence);
        QVERIFY(f.write(kOne, 0, 1).ok());
    }
    void plainRecordsDoNotMixIntoATransaction() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.produce(kOne, 0, 1).error().code == PartitionErrc::kInvalidTxnState);
    }
    void markerOfTheFencedIsRefused() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0, 5).ok());
        QVERIFY(f.end(kOne, MarkerType::kCommit, 4).error().code == PartitionErrc::kInvalidProducerEpoch);
        QCOMPARE(f.stable(), Offset(0));
    }
    void markerOfAnEarlierCoordinatorIsRefused() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        const auto end = [&](std::int32_t coordinator) {
            return f.partition->endTransaction({.producerId = kOne,
                                                .producerEpoch = ProducerEpoch(0),
                                                .type = MarkerType::kCommit,
                                                .coordinatorEpoch = coordinator},
                                               f.now());
        };
        QVERIFY(end(3).ok());
        QVERIFY(f.write(kOne, 1).ok());
        QVERIFY(end(2).error().code == PartitionErrc::kCoordinatorFenced);
        QVERIFY(end(3).ok());
    }
    void repeatedMarkerIsWrittenOnce() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        constexpr auto kIfOpen = TransactionMarker::Write::kOnlyIfOpen;
        QCOMPARE(f.end(kOne, MarkerType::kCommit, 0, kIfOpen)->baseOffset, Offset(1));
        QVERIFY(f.end(kOne, MarkerType::kCommit, 0, kIfOpen)->duplicate);
        QCOMPARE(f.PartitionFixture::end(), Offset(2));
    }
    void aMarkerIsNoSaferForBeingAskedForAgain() {
        Fixture f;
        f.options.log.flushPolicy = storage::FlushPolicy::kDurable;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        constexpr auto kIfOpen = TransactionMarker::Write::kOnlyIfOpen;
        QVERIFY(!f.end(kOne, MarkerType::kCommit, 0, kIfOpen)->committed);
        const auto again = f.end(kOne, MarkerType::kCommit, 0, kIfOpen);
        QVERIFY(again->duplicate && !again->committed);
        std::optional<bool> isSafe;
        f.partition->whenCommitted(again->lastOffset, [&](bool safe) { isSafe = safe; });
        QVERIFY(!isSafe);
        QVERIFY(f.commits->runPending() > 0);
        QVERIFY(isSafe.value_or(false));
        QVERIFY(f.end(kOne, MarkerType::kCommit, 0, kIfOpen)->committed);
    }
    void openTransactionSurvivesEveryKindOfStop_data() {
        QTest::addColumn<bool>("clean");
        QTest::newRow("clean") << true;
        QTest::newRow("killed") << false;
    }
    void openTransactionSurvivesEveryKindOfStop() {
        QFETCH(bool, clean);
        Fixture f;
        f.options.log.segmentBytes = 600;
        QVERIFY(f.start());
        QVERIFY(f.produce(kNoProducerId, -1, -1).ok());
        QVERIFY(f.write(kTwo, 0).ok());
        QVERIFY(f.end(kTwo, MarkerType::kAbort).ok());
        QVERIFY(f.write(kOne, 0).ok());
        for (int i = 1; i < 30; ++i) {
            QVERIFY(f.write(kOne, i).ok());
        }
        QVERIFY(f.partition->segmentCount() > 3);
        if (clean) {
            QVERIFY(f.stopCleanly());
        } else {
            f.kill();
        }
        QVERIFY(f.start());
        QCOMPARE(f.stable(), Offset(3));
        QCOMPARE(f.abortedIn(0).size(), std::size_t{1});
        // It goes on in the same transaction, without the gate, and ends.
        f.gate.asked = 0;
        QVERIFY(f.write(kOne, 30).ok());
        QCOMPARE(f.gate.asked, 0);
        QVERIFY(f.end(kOne, MarkerType::kAbort).ok());
        QCOMPARE(f.partition->abortedWithin({Offset(0), Offset(99)}).size(), std::size_t{2});
        QCOMPARE(f.stable(), Offset(35));
    }
    void abortedListSurvivesWhateverHappensToItsFiles_data() {
        QTest::addColumn<QString>("what");
        QTest::newRow("nothing") << "";
        QTest::newRow("index files gone") << ".txnindex";
        QTest::newRow("snapshots gone") << ".snapshot";
        QTest::newRow("half an entry") << "half";
        QTest::newRow("power cut") << "power";
    }
    void abortedListSurvivesWhateverHappensToItsFiles() {
        QFETCH(QString, what);
        Fixture f;
        f.options.log.segmentBytes = 700;
        QVERIFY(f.start());
        for (int i = 0; i < 12; ++i) {
            QVERIFY(f.write(kOne, 2 * i).ok());
            QVERIFY(f.write(kTwo, i).ok());
            QVERIFY(f.end(kOne, i % 3 == 0 ? MarkerType::kCommit : MarkerType::kAbort).ok());
            QVERIFY(f.write(kOne, 2 * i + 1).ok());
            QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
            QVERIFY(f.end(kTwo, i % 2 == 0 ? MarkerType::kCommit : MarkerType::kAbort).ok());
        }
        const auto before = f.partition->abortedWithin({Offset(0), Offset(1000)});
        QCOMPARE(before.size(), std::size_t{14});
        QVERIFY(f.partition->flush().ok());
        f.kill();
        const io::Path folder = "/data/orders-0";
        const auto files = f.memory.list(folder);
        for (const auto& file : *files) {
            if (what.startsWith('.') && file.name.ends_with(what.toStdString())) {
                // An index that is gone as a whole cannot be told from one that never was: with it goes the snapshot.
                QVERIFY(f.memory.remove(folder / file.name).ok());
            }
            if (what == ".txnindex" && file.name.ends_with(".snapshot")) {
                QVERIFY(f.memory.remove(folder / file.name).ok());
            }
            if (what == "half" && file.name.ends_with(".txnindex")) {
                auto opened = f.memory.open(folder / file.name, io::OpenMode::kWrite);
                QVERIFY((*opened)->truncate({17}).ok());
            }
        }
        if (what == "power") {
            f.memory.powerCut();
        }
        QVERIFY(f.start());
        QVERIFY(f.partition->abortedWithin({Offset(0), Offset(1000)}) == before);
        QCOMPARE(f.stable(), f.PartitionFixture::end());
    }
    void startThatFailsWhileItFindsTheAbortedAgainDeceivesNoLaterOne() {
        bool failed = true;
        for (int calls = 0; failed; ++calls) {
            QVERIFY(calls < 400);
            Fixture f;
            f.options.log.segmentBytes = 700;
            QVERIFY(f.start());
            for (int i = 0; i < 6; ++i) {
                QVERIFY(f.write(kOne, i).ok());
                QVERIFY(f.end(kOne, MarkerType::kAbort).ok());
            }
            const auto before = f.partition->abortedWithin({Offset(0), Offset(1000)});
            QCOMPARE(before.size(), std::size_t{6});
            QVERIFY(f.partition->flush().ok());
            f.kill();
            for (const std::string& path : f.memory.paths()) {
                if (path.ends_with(".txnindex")) {
                    Bytes bytes = f.memory.contents(path);
                    bytes.resize(17);
                    f.memory.setContents(path, std::move(bytes));
                }
            }

            failed = false;
            int left = calls;
            f.disk.setPlan([&](DiskCall call, const io::Path&) -> std::optional<DiskFault> {
                const bool reads = call == DiskCall::kRead || call == DiskCall::kOpen || call == DiskCall::kList;
                if (reads || left-- > 0) {
                    return std::nullopt;
                }
                failed = true;
                return DiskFault{};
            });
            if (f.start()) {
                QVERIFY(f.partition->abortedWithin({Offset(0), Offset(1000)}) == before);
            }
            f.kill();
            f.disk.heal();
            f.memory.powerCut();
            QVERIFY(f.start());
            QVERIFY2(f.partition->abortedWithin({Offset(0), Offset(1000)}) == before,
                     qPrintable(QString::number(calls)));
        }
    }
    void snapshotOfALogThatWasLongerIsGoneForGood() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        const std::size_t kept = f.memory.contents("/data/orders-0/00000000000000000000.log").size();
        QVERIFY(f.write(kTwo, 0).ok());
        QVERIFY(f.end(kTwo, MarkerType::kCommit).ok());
        QVERIFY(f.stopCleanly());
        const io::Path snapshot = "/data/orders-0/00000000000000000004.snapshot";
        f.memory.setContents(snapshot, f.memory.contents(snapshot));
        QVERIFY(f.memory.syncDirectory("/data/orders-0").ok());
        Bytes log = f.memory.contents("/data/orders-0/00000000000000000000.log");
        log.resize(kept);
        f.memory.setContents("/data/orders-0/00000000000000000000.log", std::move(log));
        QVERIFY(f.memory.remove("/data/.kafka_cleanshutdown").ok());

        QVERIFY(f.start());
        QCOMPARE(f.PartitionFixture::end(), Offset(2));
        QVERIFY(f.write(kOne, 1).ok());
        QVERIFY(f.end(kOne, MarkerType::kAbort).ok());
        QVERIFY(f.write(kOne, 2).ok());
        QVERIFY(f.partition->flush().ok());
        const auto before = f.partition->abortedWithin({Offset(0), Offset(1000)});
        QCOMPARE(before.size(), std::size_t{1});
        f.kill();
        f.memory.powerCut();
        QVERIFY(f.start());
        QCOMPARE(f.PartitionFixture::end(), Offset(5));
        QVERIFY(f.partition->abortedWithin({Offset(0), Offset(1000)}) == before);
        QCOMPARE(f.stable(), Offset(4));
    }
    void fullDiskKeepsTheTransactionOpen() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0).ok());
        f.disk.failNth(DiskCall::kWrite, 1, DiskFault{.code = io::IoErrc::kDiskFull, .bytesThrough = 20});
        QVERIFY(f.end(kOne, MarkerType::kCommit).error().code == PartitionErrc::kStorage);
        QCOMPARE(f.stable(), Offset(0));
        f.disk.heal();
        QVERIFY(f.end(kOne, MarkerType::kCommit).ok());
        QCOMPARE(f.stable(), Offset(2));
    }
    void producersTellWhatTheyHaveOpen() {
        Fixture f;
        QVERIFY(f.start());
        QVERIFY(f.write(kOne, 0, 4).ok());
        auto producers = f.partition->producers();
        QCOMPARE(producers.size(), std::size_t{1});
        QCOMPARE(producers[0].txnFirstOffset, Offset(0));
        QCOMPARE(producers[0].coordinatorEpoch, -1);
        QVERIFY(f.end(kOne, MarkerType::kCommit, 5).ok());
        producers = f.partition->producers();
        QCOMPARE(producers[0].txnFirstOffset, kNoOffset);
        QCOMPARE(producers[0].coordinatorEpoch, 0);
        QCOMPARE(producers[0].epoch, ProducerEpoch(5));
    }
};

QTEST_GUILESS_MAIN(TestPartitionTransactions)
#include "tst_partition_transactions.moc"
