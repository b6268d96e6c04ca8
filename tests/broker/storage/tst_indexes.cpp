// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/records/record_iterator.h"
#include "broker/storage/indexes.h"
#include "tests/broker/storage/log_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::DiskCall;
using weir::testing::LogFixture;

namespace {

struct Stamp {
    Offset offset;
    Timestamp timestamp;
};

std::vector<Stamp> stampsOf(const LogFixture& f) {
    std::vector<Stamp> stamps;
    records::Codec codec;
    Bytes scratch;
    for (const Bytes& bytes : f.written) {
        const records::BatchView batch(bytes);
        auto records = records::RecordIterator::open(batch, codec, scratch);
        for (RecordView record; records->next(record);) {
            stamps.push_back({record.offset, record.timestamp});
        }
    }
    return stamps;
}

std::map<std::string, Bytes> indexFiles(LogFixture& f) {
    std::map<std::string, Bytes> files;
    for (const char* suffix : {".index", ".timeindex"}) {
        for (const std::string& name : f.filesWith(suffix)) {
            files[name] = f.memory.contents(f.file(name));
        }
    }
    return files;
}

}  // namespace

class TestIndexes : public QObject {
    Q_OBJECT

    static bool allLookupsHold(const LogFixture& f) {
        for (std::size_t i = 0; i < f.written.size(); ++i) {
            const records::BatchView batch(f.written[i]);
            if (f.readAt(batch.lastOffset(), 1).bytes != f.written[i]) {
                return false;
            }
        }
        const auto stamps = stampsOf(f);
        const OffsetRange whole{Offset(0), f.log->endOffset()};
        for (std::size_t i = 0; i < stamps.size(); i += 3) {
            for (const std::int64_t delta : {-1, 0, 1}) {
                const Timestamp target(stamps[i].timestamp.value + delta);
                const auto first = std::find_if(stamps.begin(), stamps.end(),
                                                [target](const Stamp& s) { return s.timestamp >= target; });
                const auto found = f.log->findByTime(target, whole);
                if (!found || found->has_value() != (first != stamps.end()) ||
                    (*found && ((*found)->offset != first->offset || (*found)->timestamp != first->timestamp))) {
                    return false;
                }
            }
        }
        return true;
    }

private slots:
    /// An index far larger than what is read of it at a time, most of it on the disk and the newest in memory.
    void aLargeIndexIsSearchedWhereItLies() {
        weir::testing::MemoryFileSystem memory;
        weir::testing::FaultyFileSystem disk(memory);
        OffsetIndex index(disk, "/large.index");
        QVERIFY(index.replaceAll({}).ok());
        constexpr std::uint32_t kEntries = 5000;
        for (std::uint32_t i = 0; i < kEntries; ++i) {
            index.append({.relativeOffset = 10 + i * 10, .position = i * 100});
            if (i % 1200 == 1199) {
                QVERIFY(index.write().ok());
            }
        }
        const auto floor = [&index](std::uint32_t target) {
            return index.floor([target](const OffsetEntry& entry) { return entry.relativeOffset <= target; });
        };
        for (std::uint32_t target = 0; target <= kEntries * 10 + 20; target += 5) {
            const auto found = floor(target);
            QVERIFY(found.ok());
            const std::uint32_t behind = std::min(target / 10, kEntries);
            QCOMPARE(found->has_value(), behind > 0);
            QVERIFY(behind == 0 || (*found)->position == (behind - 1) * 100);
        }
        // Whatever fails while it is looked for is told.
        for (int nth = 1; nth <= 3; ++nth) {
            disk.failNth(DiskCall::kRead, nth, {});
            QVERIFY(!floor(12'345).ok());
            disk.heal();
        }
        disk.failNth(DiskCall::kOpen, 1, {});
        QVERIFY(!floor(12'345).ok());
        disk.heal();
        // And that it became shorter.
        Bytes half = memory.contents("/large.index");
        half.resize(half.size() / 2);
        memory.setContents("/large.index", half);
        QCOMPARE(floor(kEntries * 9).error().code, StorageErrc::kCorrupt);
    }
    void entriesAreKafkas() {
        LogFixture f;
        f.options.indexIntervalBytes = 100;
        QVERIFY(f.start());
        // 3 batches of more than 100 bytes: the first gets no entry, the others one each.
        QVERIFY(f.append({.records = 2, .timestamp = 1000, .valueBytes = 60}).ok());
        QVERIFY(f.append({.records = 2, .timestamp = 900, .valueBytes = 60}).ok());
        QVERIFY(f.append({.records = 2, .timestamp = 2000, .valueBytes = 60}).ok());
        const auto size = static_cast<std::uint32_t>(f.written[0].size());
        QVERIFY(f.stopCleanly());
        Bytes index(16);
        storeBigEndian<std::uint32_t>(index.data(), 3);
        storeBigEndian<std::uint32_t>(index.data() + 4, size);
        storeBigEndian<std::uint32_t>(index.data() + 8, 5);
        storeBigEndian<std::uint32_t>(index.data() + 12, 2 * size);
        QVERIFY(f.memory.contents(f.file("00000000000000000000.index")) == index);
        Bytes times(24);
        storeBigEndian<std::int64_t>(times.data(), 1000);
        storeBigEndian<std::uint32_t>(times.data() + 8, 1);
        storeBigEndian<std::int64_t>(times.data() + 12, 2000);
        storeBigEndian<std::uint32_t>(times.data() + 20, 5);
        QVERIFY(f.memory.contents(f.file("00000000000000000000.timeindex")) == times);
    }
    void sealedSegmentEndsWithItsLargestTimestamp() {
        LogFixture f;
        f.options.segmentBytes = 500;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamp = 1000, .valueBytes = 100}).ok());
        QVERIFY(f.append({.timestamp = 7000, .valueBytes = 100}).ok());
        QVERIFY(f.append({.timestamp = 3000, .valueBytes = 400}).ok());
        Bytes times(12);
        storeBigEndian<std::int64_t>(times.data(), 7000);
        storeBigEndian<std::uint32_t>(times.data() + 8, 1);
        QVERIFY(f.memory.contents(f.file("00000000000000000000.timeindex")) == times);
        QVERIFY(f.memory.contents(f.file("00000000000000000000.index")).empty());
    }
    /// One entry that is not above the one before it, in either of its two numbers and at any place, is enough.
    void anIndexRisesOnlyIfEachEntryDoes() {
        const std::vector<OffsetEntry> offsets{{3, 100}, {5, 200}, {9, 300}, {12, 400}};
        const std::vector<TimeEntry> times{{1000, 3}, {1010, 5}, {1020, 9}, {1030, 12}};
        QVERIFY(rises(offsets, 401) && !rises(offsets, 400));
        QVERIFY(rises(times));
        QVERIFY(rises(std::vector<OffsetEntry>{}, 0) && rises(std::vector<TimeEntry>{}));
        for (std::size_t i = 1; i < offsets.size(); ++i) {
            auto wrongOffsets = offsets;
            wrongOffsets[i].relativeOffset = offsets[i - 1].relativeOffset;
            QVERIFY2(!rises(wrongOffsets, 401), qPrintable(QString("offset of entry %1").arg(i)));
            wrongOffsets = offsets;
            wrongOffsets[i].position = offsets[i - 1].position;
            QVERIFY2(!rises(wrongOffsets, 401), qPrintable(QString("position of entry %1").arg(i)));
            auto wrongTimes = times;
            wrongTimes[i].timestamp = times[i - 1].timestamp;
            QVERIFY2(!rises(wrongTimes), qPrintable(QString("time of entry %1").arg(i)));
            wrongTimes = times;
            wrongTimes[i].relativeOffset = times[i - 1].relativeOffset;
            QVERIFY2(!rises(wrongTimes), qPrintable(QString("offset of time entry %1").arg(i)));
        }
    }
    void timeLookupFindsTheFirstRecordNotTheBatch() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.append({.timestamps = {100, 105, 110}, .compression = Compression::kZstd}).ok());
        QVERIFY(f.append({.timestamps = {108, 90, 120}, .compression = Compression::kGzip}).ok());
        const OffsetRange whole{Offset(0), Offset(6)};
        QCOMPARE((*f.log->findByTime(Timestamp(101), whole))->offset, Offset(1));
        QCOMPARE((*f.log->findByTime(Timestamp(106), whole))->offset, Offset(2));
        QCOMPARE((*f.log->findByTime(Timestamp(111), whole))->offset, Offset(5));
        QCOMPARE((*f.log->findByTime(Timestamp(111), whole))->timestamp, Timestamp(120));
        QVERIFY(!f.log->findByTime(Timestamp(121), whole)->has_value());
        QCOMPARE((*f.log->findByTime(Timestamp(0), {Offset(2), Offset(6)}))->offset, Offset(2));
        QVERIFY(!f.log->findByTime(Timestamp(111), {Offset(0), Offset(5)})->has_value());
        QCOMPARE((*f.log->findLatestTime(whole))->offset, Offset(5));
        QCOMPARE((*f.log->findLatestTime({Offset(0), Offset(3)}))->offset, Offset(2));
    }
    void randomTimesAgainstBruteForce() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 15; ++round) {
            LogFixture f;
            f.options.segmentBytes = 4000 + static_cast<int>(random() % 10'000);
            f.options.indexIntervalBytes = 50 + static_cast<int>(random() % 2000);
            QVERIFY(f.start());
            std::int64_t time = 10'000;
            for (int i = 0; i < 120; ++i) {
                std::vector<std::int64_t> times;
                for (auto n = 1 + random() % 5; n > 0; --n) {
                    // Mostly forward, sometimes far back or ahead.
                    time += static_cast<int>(random() % 50);
                    times.push_back(random() % 10 == 0 ? time - static_cast<int>(random() % 3000) : time);
                }
                QVERIFY(f.append({.timestamps = times,
                                  .valueBytes = random() % 200,
                                  .compression = static_cast<Compression>(random() % 5)})
                            .ok());
            }
            QVERIFY(allLookupsHold(f));
            if (round % 2 == 0) {
                f.kill();
            } else {
                QVERIFY(f.stopCleanly());
            }
            QVERIFY(f.start());
            QVERIFY(allLookupsHold(f));
            const auto stamps = stampsOf(f);
            const auto latest = std::max_element(
                stamps.begin(), stamps.end(), [](const Stamp& a, const Stamp& b) { return a.timestamp < b.timestamp; });
            QCOMPARE((*f.log->findLatestTime({Offset(0), f.log->endOffset()}))->offset, latest->offset);
        }
    }
    // T07: every index in every kind of ruin, after a clean stop and after a kill.
    void ruinedIndexIsRebuiltIdentical_data() {
        QTest::addColumn<int>("ruin");
        QTest::addColumn<bool>("clean");
        const std::array names{"removed", "emptied", "zeroed", "garbled", "halved", "odd size", "swapped"};
        for (std::size_t i = 0; i < names.size(); ++i) {
            QTest::newRow(qPrintable(QString("%1, clean").arg(names.at(i)))) << static_cast<int>(i) << true;
            QTest::newRow(qPrintable(QString("%1, killed").arg(names.at(i)))) << static_cast<int>(i) << false;
        }
    }
    void ruinedIndexIsRebuiltIdentical() {
        QFETCH(int, ruin);
        QFETCH(bool, clean);
        LogFixture f;
        f.options.segmentBytes = 20'000;
        f.options.indexIntervalBytes = 500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(200, {.records = 2, .valueBytes = 150}));
        QVERIFY(f.stopCleanly());
        const auto whole = indexFiles(f);
        if (!clean) {
            QVERIFY(f.start());
            f.kill();
        }
        for (const char* victims : {".index", ".timeindex", "index"}) {
            Bytes previous = {std::byte{1}};
            for (const std::string& name : f.filesWith(victims)) {
                Bytes bytes = f.memory.contents(f.file(name));
                switch (ruin) {
                    case 0:
                        QVERIFY(f.memory.remove(f.file(name)).ok());
                        continue;
                    case 1:
                        bytes.clear();
                        break;
                    case 2:
                        std::fill(bytes.begin(), bytes.end(), std::byte{0});
                        break;
                    case 3:
                        for (std::size_t i = 0; i < bytes.size(); ++i) {
                            bytes[i] ^= static_cast<std::byte>(i * 37 + 5);
                        }
                        break;
                    case 4:
                        bytes.resize(bytes.size() / 24 / 2 * 24);
                        break;
                    case 5:
                        bytes.push_back(std::byte{7});
                        break;
                    default:
                        std::swap(bytes, previous);
                        break;
                }
                f.memory.setContents(f.file(name), bytes);
            }
            QVERIFY(f.start());
            QVERIFY(allLookupsHold(f));
            QVERIFY(f.stopCleanly());
            QVERIFY(indexFiles(f) == whole);
            if (!clean) {
                QVERIFY(f.start());
                f.kill();
            }
        }
    }
    void indexThatCannotBeWrittenWaitsInMemory() {
        LogFixture f;
        f.options.indexIntervalBytes = 1;
        QVERIFY(f.start());
        f.disk.setPlan([](DiskCall call, const io::Path& path) -> std::optional<weir::testing::DiskFault> {
            if (call == DiskCall::kWrite && path.extension() != ".log") {
                return weir::testing::DiskFault{.code = io::IoErrc::kDiskFull, .bytesThrough = 3};
            }
            return std::nullopt;
        });
        f.options.segmentBytes = 100'000'000;
        f.log->setOptions(f.options);
        QVERIFY(f.appendMany(2000));
        QVERIFY(f.readAt(Offset(1500), 1).bytes == f.written[1500]);
        f.disk.heal();
        QVERIFY(f.log->flush().ok());
        QCOMPARE(f.memory.contents(f.file("00000000000000000000.index")).size(), std::size_t{1999 * 8});
        QVERIFY(f.readAt(Offset(1500), 1).bytes == f.written[1500]);
    }
};

QTEST_APPLESS_MAIN(TestIndexes)
#include "tst_indexes.moc"
