// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/broker/storage/log_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::LogFixture;
using weir::testing::makeBatch;

namespace {

constexpr const char* kFirstLog = "00000000000000000000.log";

/// `at`, or the first byte behind the base offset of a batch of `log` that it lies in.
std::size_t behindBaseOffset(const Bytes& log, std::size_t at) {
    records::BatchWalker walker(log);
    while (const auto batch = walker.next()) {
        const std::size_t start = walker.position() - batch->size();
        if (at >= start && at < start + sizeof(Offset)) {
            return start + sizeof(Offset);
        }
    }
    return at;
}

/// Starts, and counts how often a log file is read meanwhile.
bool startCountingReads(LogFixture& f, int& reads) {
    f.disk.setPlan([&reads](DiskCall call, const io::Path& path) {
        reads += call == DiskCall::kRead && path.extension() == ".log" ? 1 : 0;
        return std::nullopt;
    });
    const bool started = f.start();
    f.disk.heal();
    return started;
}

Bytes joined(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

class TestRecovery : public QObject {
    Q_OBJECT

private slots:
    void killLosesNothingThatWasWritten() {
        LogFixture f;
        f.options.segmentBytes = 5000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(100, {.records = 2, .valueBytes = 100}));
        const auto before = f.log->segments();
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.log->wasScanned());
        QCOMPARE(f.log->endOffset(), Offset(200));
        QVERIFY(f.readAll() == f.expected());
        QVERIFY(f.log->damage().empty());
        QCOMPARE(f.log->segments().size(), before.size());
        QVERIFY(f.appendMany(10));
        QVERIFY(f.readAll() == f.expected());
    }
    // T05: every byte of the last three batches.
    void tornTailIsCutAtLastValidBatch() {
        LogFixture origin;
        QVERIFY(origin.start());
        QVERIFY(origin.appendMany(5, {.records = 2, .valueBytes = 40}));
        const Bytes whole = origin.expected();
        const std::size_t last3 = whole.size() - origin.expected(2).size();
        for (std::size_t cut = last3; cut < whole.size(); ++cut) {
            for (int filler = 0; filler < 3; ++filler) {
                LogFixture f;
                f.written = origin.written;
                QVERIFY(f.disk.createDirectories(f.folder()).ok());
                Bytes torn(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
                // Cut short; zero-filled by the file system; or other bytes entirely.
                for (std::size_t i = 0; filler > 0 && i < 300; ++i) {
                    torn.push_back(filler == 1 ? std::byte{0} : static_cast<std::byte>((i * 167 + cut) & 255U));
                }
                f.memory.setContents(f.file(kFirstLog), torn);
                QVERIFY(f.start());
                std::size_t valid = 0;
                std::size_t validBytes = 0;
                // A batch that ends in zeros is whole again when zeros are filled in.
                while (valid < f.written.size() && std::equal(f.written[valid].begin(), f.written[valid].end(),
                                                              torn.begin() + static_cast<std::ptrdiff_t>(validBytes))) {
                    validBytes += f.written[valid++].size();
                    if (valid < f.written.size() && validBytes + f.written[valid].size() > torn.size()) {
                        break;
                    }
                }
                QCOMPARE(f.log->endOffset(), Offset(static_cast<std::int64_t>(valid) * 2));
                QVERIFY(f.readAll() == f.expected(0, valid));
                QVERIFY(joined(f.memory.contents(f.file(kFirstLog)), f.quarantined()) == torn);
                QCOMPARE(f.log->damage().size(), std::size_t{torn.size() > validBytes ? 1U : 0U});
                // And the log goes on from there.
                f.written.resize(valid);
                QVERIFY(f.appendMany(2));
                QVERIFY(f.readAll() == f.expected());
            }
        }
    }
    /// Records were deleted up to an offset that the log does not reach any more: what is written next comes behind.
    void aStartBehindTheEndIsWhereTheLogGoesOn() {
        for (const bool isEmpty : {true, false}) {
            LogFixture f;
            QVERIFY(f.start());
            QVERIFY(isEmpty || f.appendMany(5));
            QVERIFY(f.directory->setLogStart(f.kPartition, Offset(100)).ok());
            for (int start = 0; start < 2; ++start) {
                f.kill();
                QVERIFY(f.start());
                QCOMPARE(f.log->startOffset(), Offset(100));
                QCOMPARE(f.log->endOffset(), Offset(100));
            }
            f.written.clear();
            QVERIFY(f.appendMany(3));
            QVERIFY(f.readAll(Offset(100)) == f.expected());
            f.kill();
            QVERIFY(f.start());
            QVERIFY(f.readAll(Offset(100)) == f.expected());
        }
    }
    /// Compaction leaves them until all around them is gone; a folder is nothing of a log's.
    void whatTellsOfSegmentsThatAreGoneGoesToo() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(6, {.valueBytes = 900}));
        QVERIFY(f.log->deleteRecordsBefore(Offset(3), Timestamp(LogFixture::kNow)).ok());
        f.kill();
        for (const char* base : {"00000000000000000001", "00000000000000000003", "00000000000000000004"}) {
            f.memory.setContents(f.file(std::string(base) + ".txnindex"), Bytes());
        }
        QVERIFY(f.memory.createDirectories(f.file("00000000000000000002.log")).ok());
        QVERIFY(f.start());
        QVERIFY(f.readAll(Offset(3)) == f.expected(3));
        QCOMPARE(f.filesWith(".txnindex"),
                 (std::vector<std::string>{"00000000000000000003.txnindex", "00000000000000000004.txnindex"}));
    }
    void damagedMiddleBatchKeepsWhatFollows() {
        for (const std::size_t victim : {std::size_t{0}, std::size_t{3}, std::size_t{6}}) {
            for (const std::size_t at :
                 {std::size_t{3}, std::size_t{9}, std::size_t{16}, std::size_t{18}, std::size_t{26}, std::size_t{70}}) {
                LogFixture f;
                QVERIFY(f.start());
                QVERIFY(f.appendMany(10, {.records = 2, .valueBytes = 40}));
                f.kill();
                Bytes bytes = f.memory.contents(f.file(kFirstLog));
                const Bytes original = bytes;
                bytes[f.expected(0, victim).size() + at] ^= std::byte{0x20};
                f.memory.setContents(f.file(kFirstLog), bytes);
                QVERIFY(f.start());
                QCOMPARE(f.log->endOffset(), Offset(20));
                QCOMPARE(f.log->damage().size(), std::size_t{1});
                const auto report = f.log->damage().front();
                const Offset lost(static_cast<std::int64_t>(victim) * 2);
                QCOMPARE(report.offsets.begin, lost);
                QCOMPARE(report.offsets.end, lost + 2);
                QCOMPARE(f.quarantined().size(), f.written[victim].size());
                QVERIFY(f.readAll(f.log->startOffset()) == joined(f.expected(0, victim), f.expected(victim + 1)));
                // Reading the lost offsets goes on behind them, as in a compacted log.
                if (victim > 0) {
                    QVERIFY(f.readAt(lost, 1).bytes == f.written[victim + 1]);
                }
                // A second kill finds only sound segments.
                f.kill();
                QVERIFY(f.start());
                QVERIFY(f.log->damage().empty());
                QVERIFY(f.readAll(f.log->startOffset()) == joined(f.expected(0, victim), f.expected(victim + 1)));
            }
        }
    }
    void wrongBaseOffsetBehindDamageIsNoPlaceForWhatIsMissing() {
        // The fourth batch calls itself the third, which is damaged.
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(6, {.records = 2, .valueBytes = 40}));
        f.kill();
        Bytes bytes = f.memory.contents(f.file(kFirstLog));
        bytes[f.expected(0, 2).size() + 80] ^= std::byte{1};
        bytes[f.expected(0, 3).size() + 7] ^= std::byte{6 ^ 4};
        f.memory.setContents(f.file(kFirstLog), bytes);
        QVERIFY(f.start());
        QVERIFY(f.readAll() == joined(f.expected(0, 2), f.expected(4)));
        QCOMPARE(f.log->damage().size(), std::size_t{1});
        QCOMPARE(f.log->damage()[0].offsets, (OffsetRange{Offset(4), Offset(8)}));
    }
    void bytesThatAreNoBatchBetweenTwoAreLeftOut() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(6, {.records = 2, .valueBytes = 40}));
        f.kill();
        Bytes bytes = f.memory.contents(f.file(kFirstLog));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(f.expected(0, 3).size()), 70, std::byte{0x55});
        f.memory.setContents(f.file(kFirstLog), bytes);
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
        QCOMPARE(f.quarantined().size(), std::size_t{70});
    }
    void damagedSegmentInTheMiddleKeepsLaterSegments() {
        LogFixture f;
        f.options.segmentBytes = 1000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(6, {.valueBytes = 900}));
        f.kill();
        const std::string victim = "00000000000000000002.log";
        Bytes bytes = f.memory.contents(f.file(victim));
        bytes[100] ^= std::byte{1};
        f.memory.setContents(f.file(victim), bytes);
        QVERIFY(f.start());
        QCOMPARE(f.log->endOffset(), Offset(6));
        QVERIFY(f.readAll() == joined(f.expected(0, 2), f.expected(3)));
        QVERIFY(f.quarantined() == bytes);
        QVERIFY(f.memory.contents(f.file(victim)).empty());
        QCOMPARE(f.log->damage().front().offsets.end, Offset(3));
    }
    // A record may hold a batch (somebody mirrors logs through a topic); it must not come to life from a torn tail.
    void batchInsideATornRecordIsNotTakenForOne() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(2));
        f.kill();
        const Bytes inner = makeBatch({.records = 3, .baseOffset = Offset(10)});
        records::BatchBuilder builder;
        builder.start({.baseOffset = Offset(2), .leaderEpoch = LeaderEpoch(0)});
        Bytes value;
        for (int i = 0; i < 3; ++i) {
            value = joined(value, inner);
        }
        QVERIFY(builder.append({.timestamp = Timestamp(1), .value = ByteView(value)}));
        records::Codec codec;
        const Bytes outer = toBytes(builder.finish(codec));
        for (std::size_t cut = 62; cut < outer.size(); ++cut) {
            LogFixture g;
            QVERIFY(g.disk.createDirectories(g.folder()).ok());
            Bytes torn = f.expected();
            torn.insert(torn.end(), outer.begin(), outer.begin() + static_cast<std::ptrdiff_t>(cut));
            g.memory.setContents(g.file(kFirstLog), torn);
            QVERIFY(g.start());
            // The one cut that ends exactly behind an inner batch cannot be told from damage in front of real ones.
            const std::size_t innerStart = outer.size() - 1 - value.size();
            const bool ambiguous = cut > innerStart && (cut - innerStart) % inner.size() == 0;
            if (!ambiguous) {
                QCOMPARE(g.log->endOffset(), Offset(2));
                QVERIFY(g.readAll() == f.expected());
            }
        }
    }
    void cleanStopIsNotScanned() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(50, {.valueBytes = 300}));
        QVERIFY(f.stopCleanly());
        int reads = 0;
        QVERIFY(startCountingReads(f, reads));
        QVERIFY(!f.log->wasScanned());
        QVERIFY(reads < 5);
        QCOMPARE(f.log->endOffset(), Offset(50));
        QVERIFY(f.readAll() == f.expected());
    }
    void onlyWhatLiesBehindTheRecoveryPointIsScanned() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        f.options.indexIntervalBytes = 500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(50, {.valueBytes = 300}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.directory->writeCheckpoints().ok());
        QVERIFY(f.appendMany(3, {.valueBytes = 300}));
        f.kill();
        // Damage below the recovery point is not looked for: it is met when it is read.
        Bytes bytes = f.memory.contents(f.file(kFirstLog));
        bytes[100] ^= std::byte{1};
        f.memory.setContents(f.file(kFirstLog), bytes);
        std::set<std::string> scanned;
        f.disk.setPlan([&scanned](DiskCall call, const io::Path& path) {
            if (call == DiskCall::kRead && path.extension() == ".log") {
                scanned.insert(path.filename().string());
            }
            return std::nullopt;
        });
        QVERIFY(f.start());
        f.disk.heal();
        QVERIFY(scanned.size() <= 2);
        QVERIFY(f.log->damage().empty());
        QCOMPARE(f.log->endOffset(), Offset(53));
        QCOMPARE(f.readAt(Offset(0)).error, std::optional(StorageErrc::kCorrupt));
        QVERIFY(f.readAll(Offset(1)) == f.expected(1));
    }
    // A start after a kill waits for no sync of what the run before had synced: with a thousand quiet partitions that
    // was most of it.
    void whatWasSyncedIsNotSyncedAgain() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(50, {.valueBytes = 300}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.directory->writeCheckpoints().ok());
        f.kill();
        int syncs = 0;
        f.disk.setPlan([&](DiskCall call, const io::Path& path) {
            const bool isOfLog = path == f.folder() || path.parent_path() == f.folder();
            syncs += isOfLog && (call == DiskCall::kSync || call == DiskCall::kSyncDirectory) ? 1 : 0;
            return std::nullopt;
        });
        QVERIFY(f.start());
        QVERIFY(f.log->wasScanned());
        QCOMPARE(syncs, 0);
        QVERIFY(f.appendMany(1));
        f.kill();
        QVERIFY(f.start());
        QVERIFY(syncs > 0);
        f.powerCut();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
    }
    void aRecoveryPointBehindTheEndVouchesForNothingNew() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20, {.valueBytes = 300}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.directory->writeCheckpoints().ok());
        f.kill();
        Bytes bytes = f.memory.contents(f.file(kFirstLog));
        bytes.resize(f.expected(0, 10).size());
        f.memory.setContents(f.file(kFirstLog), bytes);
        f.written.resize(10);
        QVERIFY(f.start());
        QCOMPARE(f.log->endOffset(), Offset(10));
        QVERIFY(f.appendMany(5));
        f.kill();
        QVERIFY(f.start());
        f.powerCut();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
    }
    // The one thing that may be unsynced of a log that is synced to its end.
    void nameOfAnEmptySegmentIsSyncedWithWhatComesIntoIt() {
        LogFixture f;
        f.options.segmentBytes = 2000;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(12, {.valueBytes = 300}));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.directory->writeCheckpoints().ok());
        const std::size_t segments = f.filesWith(".log").size();
        f.memory.setCapacity(f.memory.usedBytes() + 40);
        QCOMPARE(f.append({.valueBytes = 1800}).error().code, StorageErrc::kDiskFull);
        QCOMPARE(f.filesWith(".log").size(), segments + 1);
        f.memory.setCapacity(1U << 20);
        f.kill();
        QVERIFY(f.start());
        QVERIFY(f.appendMany(2));
        QVERIFY(f.log->flush().ok());
        QVERIFY(f.directory->writeCheckpoints().ok());
        f.powerCut();
        QVERIFY(f.start());
        QVERIFY(f.readAll() == f.expected());
    }
    void largeBatchesAreReadOnce() {
        LogFixture f;
        f.options.segmentBytes = 64 * 1024 * 1024;
        constexpr int kBatches = 12;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(kBatches, {.valueBytes = 900'000}));
        f.kill();
        int reads = 0;
        QVERIFY(startCountingReads(f, reads));
        QVERIFY2(reads <= kBatches + 1, qPrintable(QString::number(reads)));
        QVERIFY(f.readAll() == f.expected());
    }
    void killDuringRecoveryStartsAgain() {
        // Fail the n-th call of each kind during the recovery of a split, then recover for real.
        for (const DiskCall call : {DiskCall::kOpen, DiskCall::kWrite, DiskCall::kSync, DiskCall::kTruncate,
                                    DiskCall::kRename, DiskCall::kSyncDirectory, DiskCall::kCreateDirectories}) {
            for (int nth = 1; nth <= 40; ++nth) {
                LogFixture f;
                QVERIFY(f.start());
                QVERIFY(f.appendMany(8, {.valueBytes = 40}));
                f.kill();
                Bytes bytes = f.memory.contents(f.file(kFirstLog));
                bytes[f.expected(0, 3).size() + 80] ^= std::byte{1};
                f.memory.setContents(f.file(kFirstLog), bytes);
                f.disk.failNth(call, nth, {.code = io::IoErrc::kIo, .bytesThrough = 10});
                auto directory = LogDirectory::open(f.disk, "/data", Logger());
                if (directory) {
                    auto log = Log::open({.directory = **directory, .partition = f.kPartition}, f.options,
                                         Timestamp(LogFixture::kNow));
                    static_cast<void>(log);
                    directory->reset();
                }
                f.disk.heal();
                QVERIFY(f.start());
                QCOMPARE(f.log->endOffset(), Offset(8));
                QVERIFY(f.readAll() == joined(f.expected(0, 3), f.expected(4)));
                const Bytes kept = f.quarantined();
                QVERIFY(std::search(kept.begin(), kept.end(),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(f.expected(0, 3).size()),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(f.expected(0, 4).size())) !=
                        kept.end());
            }
        }
    }
    void fullDiskDuringRecoveryDeletesNothing() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(4, {.valueBytes = 400}));
        f.kill();
        Bytes bytes = f.memory.contents(f.file(kFirstLog));
        bytes.resize(bytes.size() - 5);
        f.memory.setContents(f.file(kFirstLog), bytes);
        f.memory.setCapacity(f.memory.usedBytes() + 10);
        auto directory = LogDirectory::open(f.disk, "/data", Logger());
        QVERIFY(directory.ok());
        const auto log =
            Log::open({.directory = **directory, .partition = f.kPartition}, f.options, Timestamp(LogFixture::kNow));
        QCOMPARE(log.error().code, StorageErrc::kDiskFull);
        QVERIFY(f.memory.contents(f.file(kFirstLog)) == bytes);
    }
    void leaderEpochsAreFoundAgainInTheBatches() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(3, {.leaderEpoch = LeaderEpoch(0)}));
        QVERIFY(f.log->epochs().assign(LeaderEpoch(4), Offset(3)).ok());
        QVERIFY(f.appendMany(3, {.leaderEpoch = LeaderEpoch(4)}));
        f.kill();
        for (const char* content : {"", "garbage", "0\n7\n0 0\n"}) {
            f.memory.setContents(f.file("leader-epoch-checkpoint"), toBytes(content));
            QVERIFY(f.start());
            QCOMPARE(f.log->epochs().entries().size(), std::size_t{2});
            QCOMPARE(f.log->epochs().entries()[1].start, Offset(3));
            QCOMPARE(f.log->highestEpoch(), std::optional(LeaderEpoch(4)));
            f.kill();
        }
    }
    void randomDamageNeverYieldsWrongBytes() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 300; ++round) {
            LogFixture f;
            f.options.segmentBytes = 3000;
            QVERIFY(f.start());
            QVERIFY(f.appendMany(20, {.records = 2, .valueBytes = 30 + random() % 300}));
            f.kill();
            for (const std::string& name : f.filesWith(".log")) {
                Bytes bytes = f.memory.contents(f.file(name));
                std::vector<std::size_t> hits(bytes.empty() ? 0 : random() % 3);
                for (std::size_t& at : hits) {
                    at = random() % bytes.size();
                    // The base offset stands outside the CRC. One that is wrong is told by what is around it, as long
                    // as that is not damaged too.
                    at = hits.size() > 1 ? behindBaseOffset(bytes, at) : at;
                }
                // From behind, so that no hit moves the place of the next.
                std::sort(hits.rbegin(), hits.rend());
                for (const std::size_t at : hits) {
                    if (at >= bytes.size()) {
                        continue;
                    }
                    switch (random() % 3) {
                        case 0:
                            bytes[at] ^= static_cast<std::byte>(1U << (random() % 8));
                            break;
                        case 1:
                            bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
                            break;
                        default:
                            bytes.resize(at);
                            break;
                    }
                }
                f.memory.setContents(f.file(name), bytes);
            }
            QVERIFY(f.start());
            // Each batch that is served is one that was written, in order and at its offset.
            std::size_t next = 0;
            const Bytes all = f.readAll(f.log->startOffset());
            records::BatchWalker walker(all);
            while (const auto batch = walker.next()) {
                const auto index = static_cast<std::size_t>(batch->baseOffset().value / 2);
                QVERIFY(index >= next && index < f.written.size());
                QVERIFY(toBytes(batch->bytes()) == f.written[index]);
                next = index + 1;
            }
            QVERIFY(walker.position() == all.size());
            QVERIFY(f.appendMany(1));
            f.kill();
            QVERIFY(f.start());
            QVERIFY(f.log->damage().empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
