// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>

#include "broker/io/files.h"
#include "broker/storage/transaction_index.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::DiskCall;
using weir::testing::DiskFault;
using weir::testing::FaultyFileSystem;
using weir::testing::MemoryFileSystem;

namespace {

const io::Path kFolder = "/data/orders-0";
const io::Path kFirstFile = kFolder / "00000000000000000000.txnindex";

AbortedTransaction aborted(std::int64_t producer, std::int64_t first, std::int64_t last, std::int64_t stable) {
    return {ProducerId(producer), Offset(first), Offset(last), Offset(stable)};
}

struct Fixture {
    MemoryFileSystem memory;
    FaultyFileSystem disk{memory};
    Fixture() { (void)memory.createDirectories(kFolder); }
    TransactionIndex make() { return {disk, kFolder}; }
};

}  // namespace

class TestTransactionIndex : public QObject {
    Q_OBJECT

private slots:
    void bytesAreKafkas() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(0x0102, 5, 9, 7));
        const auto bytes = io::readWholeFile(f.memory, kFirstFile);
        QVERIFY(bytes.ok());
        const QByteArray expected = QByteArray::fromHex(
            "0000"
            "0000000000000102"
            "0000000000000005"
            "0000000000000009"
            "0000000000000007");
        QCOMPARE(QByteArray(reinterpret_cast<const char*>(bytes->data()), static_cast<qsizetype>(bytes->size())),
                 expected);
    }
    void onlyWhatOverlapsIsFoundAndByFirstOffset() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        // 2 runs from 4 to 30 around 1 (0 to 10) and 3 (12 to 20), whose markers come first.
        index.add(Offset(0), aborted(1, 0, 10, 4));
        index.add(Offset(0), aborted(3, 12, 20, 4));
        index.add(Offset(25), aborted(2, 4, 30, 31));
        index.add(Offset(25), aborted(4, 40, 41, 42));
        const auto all = index.within({Offset(0), Offset(100)});
        QCOMPARE(all.size(), std::size_t{4});
        QCOMPARE(all[1].producerId, ProducerId(2));
        QCOMPARE(index.within({Offset(0), Offset(4)}).size(), std::size_t{1});
        const auto middle = index.within({Offset(11), Offset(13)});
        QCOMPARE(middle.size(), std::size_t{2});
        QCOMPARE(middle[0].producerId, ProducerId(2));
        QCOMPARE(middle[1].producerId, ProducerId(3));
        QCOMPARE(index.within({Offset(31), Offset(40)}).size(), std::size_t{0});
        QCOMPARE(index.within({Offset(42), Offset(90)}).size(), std::size_t{0});
    }
    void whatWasAddedIsThereAfterARestart() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(25), aborted(2, 26, 30, 31));
        TransactionIndex next(f.disk, kFolder);
        QVERIFY(next.load().ok());
        QVERIFY(next.within({Offset(0), Offset(99)}) == index.within({Offset(0), Offset(99)}));
        // And goes on where the file ends.
        next.add(Offset(25), aborted(3, 31, 32, 33));
        TransactionIndex last(f.disk, kFolder);
        QVERIFY(last.load().ok());
        QCOMPARE(last.size(), std::size_t{3});
    }
    void cutTailLeavesTheRestOnDisk() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(0), aborted(2, 11, 12, 13));
        index.add(Offset(25), aborted(3, 26, 30, 31));
        QVERIFY(index.cutFrom(Offset(12)).ok());
        QCOMPARE(index.size(), std::size_t{1});
        TransactionIndex next(f.disk, kFolder);
        QVERIFY(next.load().ok());
        QCOMPARE(next.size(), std::size_t{1});
        QVERIFY(!f.memory.exists(kFolder / "00000000000000000025.txnindex"));
    }
    void nonsenseOnDiskIsFound_data() {
        QTest::addColumn<QByteArray>("content");
        const QByteArray good =
            QByteArray::fromHex("0000000000000000000100000000000000000000000000000009000000000000000a");
        QByteArray newer = good;
        newer[1] = 1;
        QTest::newRow("half an entry") << good.left(20);
        QTest::newRow("unknown version") << newer;
        QTest::newRow("markers fall") << good + good;
        QTest::newRow("the marker before the first record")
            << QByteArray::fromHex("0000000000000000000100000000000000090000000000000000000000000000000a");
        QTest::newRow("a first offset below all")
            << QByteArray::fromHex("00000000000000000001ffffffffffffffff0000000000000009000000000000000a");
    }
    void nonsenseOnDiskIsFound() {
        QFETCH(QByteArray, content);
        Fixture f;
        auto file = f.memory.open(kFirstFile, io::OpenMode::kCreate);
        QVERIFY(file.ok());
        QVERIFY(
            (*file)->write({0}, asBytes(std::string_view(content.data(), static_cast<std::size_t>(content.size())))));
        TransactionIndex index(f.disk, kFolder);
        QVERIFY(!index.load().ok());
        QVERIFY(index.cutFrom(Offset(0)).ok());
        QCOMPARE(index.size(), std::size_t{0});
        QVERIFY(!f.memory.exists(kFirstFile));
    }
    void diskFullIsMadeUpForLater() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        f.disk.failAlways(DiskCall::kWrite, DiskFault{.code = io::IoErrc::kDiskFull, .bytesThrough = 13});
        index.add(Offset(0), aborted(2, 11, 12, 13));
        QCOMPARE(index.size(), std::size_t{2});
        QVERIFY(!index.sync().ok());
        f.disk.heal();
        QVERIFY(index.sync().ok());
        TransactionIndex next(f.disk, kFolder);
        QVERIFY(next.load().ok());
        QCOMPARE(next.size(), std::size_t{2});
    }
    void syncedEntriesSurviveAPowerCut() {
        Fixture f;
        (void)f.memory.syncDirectory(kFolder.parent_path());
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        QVERIFY(index.sync().ok());
        f.memory.powerCut();
        TransactionIndex next(f.disk, kFolder);
        QVERIFY(next.load().ok());
        QCOMPARE(next.size(), std::size_t{1});
    }
    // Entries that a crash left behind the log's end would hide what others committed there since.
    void whatACutLeavesGoesBeforeASync() {
        for (const std::int64_t cutFrom : {5, 15}) {
            Fixture f;
            (void)f.memory.syncDirectory(kFolder.parent_path());
            {
                TransactionIndex index(f.disk, kFolder);
                index.add(Offset(0), aborted(1, 0, 10, 11));
                index.add(Offset(0), aborted(1, 12, 20, 21));
                index.add(Offset(0), aborted(2, 22, 30, 31));
                QVERIFY(index.sync().ok());
            }
            TransactionIndex index(f.disk, kFolder);
            QVERIFY(index.load().ok());
            f.disk.setPlan([](DiskCall call, const io::Path&) {
                const bool fails = call == DiskCall::kRemove || call == DiskCall::kRename || call == DiskCall::kWrite ||
                                   call == DiskCall::kTruncate;
                return fails ? std::optional(DiskFault{}) : std::nullopt;
            });
            QVERIFY(!index.cutFrom(Offset(cutFrom)).ok());
            index.add(Offset(0), aborted(3, 16, 25, 26));
            QVERIFY(!index.sync().ok());
            f.disk.heal();
            QVERIFY(index.sync().ok());
            f.memory.powerCut();
            TransactionIndex again(f.memory, kFolder);
            QVERIFY(again.load().ok());
            const auto known = again.within({Offset(0), Offset(100)});
            QCOMPARE(known, index.within({Offset(0), Offset(100)}));
            QCOMPARE(known.size(), std::size_t(cutFrom == 5 ? 1 : 2));
            QCOMPARE(known.back(), aborted(3, 16, 25, 26));
        }
    }
    void aRemovedFileStaysAwayAfterASync() {
        Fixture f;
        (void)f.memory.syncDirectory(kFolder.parent_path());
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        QVERIFY(index.sync().ok());
        QVERIFY(index.cutFrom(Offset(0)).ok());
        QVERIFY(index.sync().ok());
        f.memory.powerCut();
        TransactionIndex again(f.memory, kFolder);
        QVERIFY(again.load().ok());
        QCOMPARE(again.size(), std::size_t{0});
    }
    void aCutThatFailsHalfwayKeepsWhatStandsBefore() {
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kSync, DiskCall::kTruncate}) {
            Fixture f;
            (void)f.memory.syncDirectory(kFolder.parent_path());
            TransactionIndex index(f.disk, kFolder);
            index.add(Offset(0), aborted(1, 0, 10, 11));
            index.add(Offset(0), aborted(2, 12, 20, 21));
            QVERIFY(index.sync().ok());
            f.disk.failAlways(call, {});
            QVERIFY(!index.cutFrom(Offset(15)).ok());
            f.memory.powerCut();
            TransactionIndex again(f.memory, kFolder);
            QVERIFY(again.load().ok());
            QVERIFY(again.size() >= 1);
            QCOMPARE(again.within({Offset(0), Offset(5)}).size(), std::size_t{1});
        }
    }
    void aCutOfTheTailWritesNothingAnew() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(0), aborted(2, 12, 20, 21));
        QVERIFY(index.sync().ok());
        int syncs = 0;
        int writes = 0;
        f.disk.setPlan([&](DiskCall call, const io::Path&) {
            syncs += call == DiskCall::kSync || call == DiskCall::kSyncDirectory ? 1 : 0;
            writes += call == DiskCall::kWrite || call == DiskCall::kRename ? 1 : 0;
            return std::optional<DiskFault>();
        });
        QVERIFY(index.cutFrom(Offset(15)).ok());
        QCOMPARE(syncs, 1);
        QCOMPARE(writes, 0);
        TransactionIndex again(f.memory, kFolder);
        QVERIFY(again.load().ok());
        QCOMPARE(again.within({Offset(0), Offset(100)}), std::vector{aborted(1, 0, 10, 11)});
    }
    void whatWasWrittenAnewIsSyncedOnce() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(0), aborted(2, 12, 20, 21));
        int syncs = 0;
        f.disk.setPlan([&](DiskCall call, const io::Path&) {
            syncs += call == DiskCall::kSync ? 1 : 0;
            return std::optional<DiskFault>();
        });
        QVERIFY(index.forget({Offset(10)}).ok());
        QCOMPARE(syncs, 1);
        TransactionIndex again(f.memory, kFolder);
        QVERIFY(again.load().ok());
        QCOMPARE(again.within({Offset(0), Offset(100)}), std::vector{aborted(2, 12, 20, 21)});
    }
    // Segments 0, 25 and 40 became one; 60 is another, 80 is newer than what the caller knows.
    void entriesFollowTheirSegmentWhateverTheDiskDoes() {
        for (int step = 0; step < 40; ++step) {
            Fixture f;
            (void)f.memory.syncDirectory(kFolder.parent_path());
            TransactionIndex index(f.disk, kFolder);
            index.add(Offset(0), aborted(1, 0, 10, 11));
            index.add(Offset(25), aborted(2, 12, 30, 31));
            index.add(Offset(40), aborted(1, 31, 45, 46));
            index.add(Offset(60), aborted(2, 46, 61, 62));
            index.add(Offset(80), aborted(2, 70, 81, 82));
            QVERIFY(index.sync().ok());
            const auto known = index.within({Offset(0), Offset(100)});
            QCOMPARE(known.size(), std::size_t{5});
            int calls = 0;
            f.disk.setPlan([&](DiskCall call, const io::Path&) {
                const bool changes = call != DiskCall::kRead && call != DiskCall::kList;
                return changes && ++calls > step ? std::optional(DiskFault{.bytesThrough = 40}) : std::nullopt;
            });
            const bool done = index.arrange({Offset(0), Offset(60)}).ok();
            QCOMPARE(index.within({Offset(0), Offset(100)}), known);
            QCOMPARE(done, calls <= step);
            f.disk.heal();
            f.memory.powerCut();
            TransactionIndex again(f.disk, kFolder);
            QVERIFY2(again.load().ok(), qPrintable(QString::number(step)));
            QCOMPARE(again.within({Offset(0), Offset(100)}), known);
            QVERIFY(again.arrange({Offset(0), Offset(60), Offset(80)}).ok());
            QVERIFY(again.sync().ok());
            f.memory.powerCut();
            for (const char* gone : {"00000000000000000025.txnindex", "00000000000000000040.txnindex"}) {
                QVERIFY(!f.memory.exists(kFolder / gone));
            }
            QVERIFY(f.memory.exists(kFolder / "00000000000000000080.txnindex"));
            TransactionIndex last(f.disk, kFolder);
            QVERIFY(last.load().ok());
            QCOMPARE(last.within({Offset(0), Offset(100)}), known);
            if (done) {
                return;
            }
        }
        QFAIL("it never came to an end");
    }
    void entriesBeforeTheFirstSegmentGo() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(25), aborted(2, 26, 30, 31));
        QVERIFY(index.arrange({Offset(25)}).ok());
        QVERIFY(!f.memory.exists(kFirstFile));
        QCOMPARE(index.size(), std::size_t{1});
    }
    void oldSegmentsAreForgotten() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        index.add(Offset(25), aborted(2, 26, 30, 31));
        index.forgetBefore(Offset(25));
        QCOMPARE(index.size(), std::size_t{1});
        index.forgetBefore(Offset(100));
        QCOMPARE(index.size(), std::size_t{0});
    }
    // Kafka opens such a file before there is anything to put in.
    void anEmptyFileTellsOfNothing() {
        Fixture f;
        const io::Path empty = kFolder / "00000000000000000025.txnindex";
        TransactionIndex(f.disk, kFolder).add(Offset(0), aborted(1, 0, 10, 11));
        f.memory.setContents(empty, {});
        f.memory.setContents(kFolder / "00000000000000000025.log", Bytes(10));
        TransactionIndex index(f.disk, kFolder);
        QVERIFY(index.load().ok());
        QCOMPARE(index.size(), std::size_t{1});
        QVERIFY(index.cutFrom(Offset(20)).ok());
        QCOMPARE(index.size(), std::size_t{1});
        QVERIFY(f.memory.exists(kFirstFile));
        QVERIFY(!f.memory.exists(empty));
    }
    void aFailureWhileLoadingIsTold() {
        for (const DiskCall call : {DiskCall::kList, DiskCall::kOpen, DiskCall::kRead}) {
            Fixture f;
            TransactionIndex(f.disk, kFolder).add(Offset(0), aborted(1, 0, 10, 11));
            TransactionIndex index(f.disk, kFolder);
            f.disk.failNth(call, 1, {});
            const auto loaded = index.load();
            QVERIFY(!loaded.ok());
            QCOMPARE(loaded.error().code, StorageErrc::kIo);
            QVERIFY(index.load().ok());
            QCOMPARE(index.size(), std::size_t{1});
        }
    }
    void anEntryThatCouldNotBeWrittenIsMadeUpForByASync() {
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kWrite}) {
            Fixture f;
            (void)f.memory.syncDirectory(kFolder.parent_path());
            TransactionIndex index(f.disk, kFolder);
            f.disk.failNth(call, 1, {.bytesThrough = 5});
            index.add(Offset(0), aborted(1, 0, 10, 11));
            index.add(Offset(0), aborted(2, 3, 12, 13));
            QVERIFY(index.sync().ok());
            f.memory.powerCut();
            TransactionIndex again(f.disk, kFolder);
            QVERIFY(again.load().ok());
            QCOMPARE(again.size(), std::size_t{2});
        }
    }
    void aSyncThatFailsIsMadeUpForByTheNext() {
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kSync, DiskCall::kSyncDirectory}) {
            Fixture f;
            (void)f.memory.syncDirectory(kFolder.parent_path());
            TransactionIndex index(f.disk, kFolder);
            index.add(Offset(0), aborted(1, 0, 10, 11));
            f.disk.failNth(call, 1, {});
            QVERIFY(!index.sync().ok());
            QVERIFY(index.sync().ok());
            f.memory.powerCut();
            TransactionIndex again(f.disk, kFolder);
            QVERIFY(again.load().ok());
            QCOMPARE(again.size(), std::size_t{1});
        }
    }
    // Retention renames the file away beside the index.
    void whatRetentionTookIsNoFailure() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        QVERIFY(f.memory.remove(kFirstFile).ok());
        QVERIFY(index.sync().ok());
        QVERIFY(index.cutFrom(Offset(0)).ok());
        QVERIFY(index.sync().ok());
        QCOMPARE(index.size(), std::size_t{0});
        QVERIFY(!f.memory.exists(kFirstFile));
    }
    void whatNamesNothingChangesNothing() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        f.disk.setPlan([](DiskCall, const io::Path&) { return std::optional(DiskFault{}); });
        QVERIFY(index.arrange({}).ok());
        QVERIFY(index.forget({}).ok());
        QVERIFY(index.forget({Offset(9)}).ok());
        QCOMPARE(index.size(), std::size_t{1});
    }
    // One whose file is still there would be read again at the next start.
    void aFileThatCouldNotGoIsKeptInMind() {
        Fixture f;
        TransactionIndex index(f.disk, kFolder);
        index.add(Offset(0), aborted(1, 0, 10, 11));
        QVERIFY(index.sync().ok());
        f.disk.failAlways(DiskCall::kRemove, {});
        QVERIFY(!index.cutFrom(Offset(5)).ok());
        index.forgetBefore(Offset(50));
        f.disk.heal();
        QVERIFY(f.memory.exists(kFirstFile));
        QVERIFY(index.sync().ok());
        QVERIFY(!f.memory.exists(kFirstFile));
    }
};

QTEST_GUILESS_MAIN(TestTransactionIndex)
#include "tst_transaction_index.moc"
