// SPDX-License-Identifier: GPL-3.0-or-later
// Damage that is met while reading: bits that flip under a running log.
#include <QTest>
#include <algorithm>
#include <random>

#include "tests/broker/storage/log_fixture.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::BatchSpec;
using weir::testing::LogFixture;

namespace {

constexpr const char* kFirstLog = "00000000000000000000.log";

/// Flips one bit in the file that the log has open.
void flip(LogFixture& f, std::size_t byte, unsigned bit) {
    auto file = f.memory.open(f.file(kFirstLog), io::OpenMode::kWrite);
    std::array<std::byte, 1> value{};
    QVERIFY((*file)->read(io::FilePosition{byte}, value).ok());
    value[0] ^= static_cast<std::byte>(1U << bit);
    QVERIFY((*file)->write(io::FilePosition{byte}, value).ok());
}

bool isFullForm() {
    return qEnvironmentVariable("WEIR_DAMAGE") == QStringLiteral("full");
}

}  // namespace

class TestDamage : public QObject {
    Q_OBJECT

private slots:
    // T06, all bits of all bytes: the batch that is hit gives an error, all others their own bytes.
    void everyFlippedBitIsFoundAndOnlyItsBatchIsLost() {
        LogFixture f;
        f.options.indexIntervalBytes = 250;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(8, {.records = 2, .valueBytes = 30}));
        const std::size_t size = f.expected().size();
        for (std::size_t byte = 0; byte < size; ++byte) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                flip(f, byte, bit);
                std::size_t position = 0;
                for (std::size_t i = 0; i < f.written.size(); ++i) {
                    const bool hit = byte >= position && byte < position + f.written[i].size();
                    position += f.written[i].size();
                    const Offset first(static_cast<std::int64_t>(i) * 2);
                    for (const Offset offset : {first, first + 1}) {
                        const auto out = f.readAt(offset, 1);
                        const QString where = QString("byte %1 bit %2 offset %3").arg(byte).arg(bit).arg(offset.value);
                        if (hit) {
                            QVERIFY2(out.error == StorageErrc::kCorrupt, qPrintable(where));
                        } else {
                            QVERIFY2(!out.error && out.bytes == f.written[i], qPrintable(where));
                        }
                    }
                }
                // A long read stops in front of the damage and never runs over it.
                const Bytes all = f.readAll();
                QVERIFY(all.size() < size);
                QVERIFY(std::equal(all.begin(), all.end(), f.expected().begin()));
                flip(f, byte, bit);
            }
        }
        QVERIFY(f.readAll() == f.expected());
    }
    // T06 over 64 KiB, 524,288 bits. The short form reads the batch that is hit, those beside it and one more; the long
    // one (WEIR_DAMAGE=full) reads all of them each time.
    void everyFlippedBitOfASegmentIsFound() {
        LogFixture f;
        f.options.segmentBytes = 1 << 20;
        f.options.indexIntervalBytes = 4096;
        QVERIFY(f.start());
        while (f.expected().size() < 64 * 1024) {
            QVERIFY(f.appendMany(1, {.records = 1, .valueBytes = 4000}));
        }
        const bool isFull = isFullForm();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        constexpr std::size_t kStep = 61;
#else
        constexpr std::size_t kStep = 1;
#endif
        const std::size_t batches = f.written.size();
        std::vector<std::size_t> ends;
        for (const Bytes& batch : f.written) {
            ends.push_back((ends.empty() ? 0 : ends.back()) + batch.size());
        }
        std::size_t flips = 0;
        std::size_t reads = 0;
        for (std::size_t bit = 0; bit < ends.back() * 8; bit += kStep) {
            const auto hit =
                static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), bit / 8) - ends.begin());
            flip(f, bit / 8, bit % 8);
            ++flips;
            for (std::size_t i = 0; i < batches; ++i) {
                if (!isFull && i + 1 != hit && i != hit && i != hit + 1 && i != bit % batches) {
                    continue;
                }
                ++reads;
                const auto out = f.readAt(Offset(static_cast<std::int64_t>(i)), 1);
                const bool isRight =
                    i == hit ? out.error == StorageErrc::kCorrupt : !out.error && out.bytes == f.written[i];
                if (!isRight) {
                    QFAIL(qPrintable(QString("bit %1, batch %2").arg(bit).arg(i)));
                }
            }
            flip(f, bit / 8, bit % 8);
        }
        QVERIFY(f.readAll() == f.expected());
        qInfo("T06: %zu of %zu bits flipped, each found; %zu reads, none of wrong bytes", flips, ends.back() * 8,
              reads);
    }
    // T06 in a large segment: ten thousand bits anywhere in a gigabyte.
    void flippedBitsInAGigabyteAreFound() {
        if (!isFullForm()) {
            QSKIP("takes 4 GiB of memory and a minute: WEIR_DAMAGE=full");
        }
        std::mt19937_64 random(weir::testing::printedSeed());
        LogFixture f;
        f.options.segmentBytes = (1U << 30) + (1U << 20);
        QVERIFY(f.start());
        constexpr std::size_t kBatches = 1024;
        QVERIFY(f.appendMany(kBatches, {.records = 1, .valueBytes = (1 << 20) - 200}));
        const std::size_t size = f.written.front().size();
        for (int i = 0; i < 10'000; ++i) {
            const std::size_t hit = random() % kBatches;
            const std::size_t byte = hit * size + random() % size;
            const auto bit = static_cast<unsigned>(random() % 8);
            flip(f, byte, bit);
            QVERIFY(f.readAt(Offset(static_cast<std::int64_t>(hit)), 1).error == StorageErrc::kCorrupt);
            const std::size_t other = (hit + 1 + random() % (kBatches - 1)) % kBatches;
            QVERIFY(f.readAt(Offset(static_cast<std::int64_t>(other)), 1).bytes == f.written[other]);
            flip(f, byte, bit);
        }
        qInfo("T06: 10000 bits flipped in %zu MiB, each found", kBatches * size >> 20);
    }
    void damageIsReportedOnce() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(5));
        flip(f, f.expected(0, 2).size() + 70, 3);
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(f.readAt(Offset(2)).error, std::optional(StorageErrc::kCorrupt));
        }
        QCOMPARE(f.log->damage().size(), std::size_t{1});
        QCOMPARE(f.log->damage().front().offsets.begin, Offset(2));
    }
    void sealedSegmentIsCheckedLikeTheActiveOne() {
        LogFixture f;
        f.options.segmentBytes = 2500;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(20, {.valueBytes = 500}));
        QVERIFY(f.stopCleanly());
        QVERIFY(f.start());
        flip(f, f.expected(0, 1).size() + 200, 0);
        QVERIFY(f.readAt(Offset(0), 1).bytes == f.written[0]);
        QCOMPARE(f.readAt(Offset(1), 1).error, std::optional(StorageErrc::kCorrupt));
        QVERIFY(f.readAll(Offset(2)) == f.expected(2));
    }
    void fileCutUnderARunningLogIsAnError() {
        LogFixture f;
        QVERIFY(f.start());
        QVERIFY(f.appendMany(5));
        auto file = f.memory.open(f.file(kFirstLog), io::OpenMode::kWrite);
        QVERIFY((*file)->truncate(io::FilePosition{f.expected(0, 3).size() + 10}).ok());
        QCOMPARE(f.readAt(Offset(3)).error, std::optional(StorageErrc::kCorrupt));
        QVERIFY(f.readAt(Offset(0), 1).bytes == f.written[0]);
    }
};

QTEST_APPLESS_MAIN(TestDamage)
#include "tst_damage.moc"
