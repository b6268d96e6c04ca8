// SPDX-License-Identifier: GPL-3.0-or-later
// Damage that is met while reading: bits that flip under a running log.
#include <QTest>

#include "tests/broker/storage/log_fixture.h"

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
