// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>
#include <algorithm>
#include <limits>

#include "broker/records/batch_header.h"

using namespace weir;
using namespace weir::records;

namespace {

/// The worked example of batch_header.h: one record "hi" without a key at offset 5, epoch 1, timestamp 1000.
Bytes exampleBatch() {
    const QByteArray raw = QByteArray::fromHex(
        "0000000000000005"
        "0000003a"
        "00000001"
        "02"
        "233dad44"
        "0000"
        "00000000"
        "00000000000003e8"
        "00000000000003e8"
        "ffffffffffffffff"
        "ffff"
        "ffffffff"
        "00000001"
        "1000000001046869"
        "00");
    return toBytes(std::string_view(raw.constData(), static_cast<std::size_t>(raw.size())));
}

Bytes repeated(const Bytes& one, int times) {
    Bytes all;
    for (int i = 0; i < times; ++i) {
        all.insert(all.end(), one.begin(), one.end());
    }
    return all;
}

}  // namespace

class TstBatchHeader : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFieldOfTheExampleIsRead() {
        const Bytes bytes = exampleBatch();
        const BatchView batch(bytes);
        QCOMPARE(batch.baseOffset(), Offset(5));
        QCOMPARE(batch.lastOffset(), Offset(5));
        QCOMPARE(batch.nextOffset(), Offset(6));
        QCOMPARE(batch.leaderEpoch(), LeaderEpoch(1));
        QCOMPARE(batch.maxTimestamp(), Timestamp(1000));
        QCOMPARE(batch.producerId(), kNoProducerId);
        QCOMPARE(batch.lastSequence(), kNoSequence);
        QCOMPARE(batch.recordCount(), 1);
        QVERIFY(batch.compression() == Compression::kNone);
        QVERIFY(batch.timestampType() == TimestampType::kCreateTime);
        QVERIFY(!batch.isControl() && !batch.isTransactional() && !batch.hasDeleteHorizon());
        QVERIFY(batch.checkCrc());
        QVERIFY(batch.isPlausible());
        QCOMPARE(batch.recordsPayload().size(), std::size_t{9});
    }
    void headerGoesThereAndBack() {
        const Bytes bytes = exampleBatch();
        Bytes copy(kBatchHeaderSize);
        writeHeader(copy, readHeader(bytes));
        QVERIFY(std::equal(copy.begin(), copy.end(), bytes.begin()));
    }
    void everyBitOutsideTheStampedFieldsIsGuardedByTheCrc() {
        const Bytes good = exampleBatch();
        for (std::size_t bit = 17 * 8; bit < good.size() * 8; ++bit) {
            Bytes bad = good;
            bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            QVERIFY2(!BatchView(bad).checkCrc(), qPrintable(QString("bit %1").arg(bit)));
        }
    }
    void offsetAndEpochAreStampedWithoutTouchingTheCrc() {
        Bytes bytes = exampleBatch();
        const std::uint32_t crc = BatchView(bytes).crc();
        stampBaseOffset(bytes, Offset(1'000'000'000'000));
        stampLeaderEpoch(bytes, LeaderEpoch(7));
        QCOMPARE(BatchView(bytes).baseOffset(), Offset(1'000'000'000'000));
        QCOMPARE(BatchView(bytes).leaderEpoch(), LeaderEpoch(7));
        QCOMPARE(BatchView(bytes).crc(), crc);
        QVERIFY(BatchView(bytes).checkCrc());
    }
    void logAppendTimeIsStampedWithANewCrc() {
        Bytes bytes = exampleBatch();
        stampLogAppendTime(bytes, Timestamp(123456789));
        const BatchView batch(bytes);
        QVERIFY(batch.timestampType() == TimestampType::kLogAppendTime);
        QCOMPARE(batch.maxTimestamp(), Timestamp(123456789));
        QCOMPARE(batch.baseTimestamp(), Timestamp(1000));
        QVERIFY(batch.checkCrc());
    }
    void sequencesWrapToZero() {
        constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
        QCOMPARE(advanceSequence(Sequence(kMax), 1), Sequence(0));
        QCOMPARE(advanceSequence(Sequence(kMax - 1), 4), Sequence(2));
        QCOMPARE(advanceSequence(Sequence(0), 5), Sequence(5));
        QCOMPARE(advanceSequence(kNoSequence, 5), kNoSequence);
    }
    void unknownCompressionCodesAreNoCodec() {
        for (int code = 5; code < 8; ++code) {
            Bytes bytes = exampleBatch();
            bytes[22] = static_cast<std::byte>(code);
            QVERIFY(!BatchView(bytes).compression().has_value());
        }
    }
    void nonsenseOffsetsDoNotOverflow() {
        BatchHeader header = readHeader(exampleBatch());
        Bytes bytes = exampleBatch();
        header.baseOffset = Offset(std::numeric_limits<std::int64_t>::max());
        header.lastOffsetDelta = std::numeric_limits<std::int32_t>::max();
        writeHeader(bytes, header);
        QVERIFY(BatchView(bytes).nextOffset() < Offset(0));
        QVERIFY(!BatchView(bytes).isPlausible());
        header = readHeader(exampleBatch());
        header.recordCount = 2;  // two records cannot share one offset
        writeHeader(bytes, header);
        QVERIFY(!BatchView(bytes).isPlausible());
        for (const auto& [base, delta, count] :
             {std::tuple{-1LL, 0, 1}, std::tuple{5LL, -1, 0}, std::tuple{5LL, -1, -1}, std::tuple{5LL, 3, -1}}) {
            header.baseOffset = Offset(base);
            header.lastOffsetDelta = delta;
            header.recordCount = count;
            writeHeader(bytes, header);
            QVERIFY(!BatchView(bytes).isPlausible());
        }
        header = readHeader(exampleBatch());
        header.recordCount = 0;  // what compaction leaves of a producer's last batch
        writeHeader(bytes, header);
        QVERIFY(BatchView(bytes).isPlausible());
    }
    void walkerStopsAtATruncatedTail() {
        const Bytes one = exampleBatch();
        const Bytes all = repeated(one, 3);
        for (std::size_t size = 0; size <= all.size(); ++size) {
            BatchWalker walker(ByteView(all).first(size));
            std::size_t count = 0;
            while (walker.next()) {
                ++count;
            }
            QCOMPARE(count, size / one.size());
            QCOMPARE(walker.position(), count * one.size());
            QVERIFY(walker.stop() == (size % one.size() == 0 ? Framing::kEnd : Framing::kPartial));
            QVERIFY(!walker.next().has_value());
        }
    }
    void walkerStopsAtWhatIsNoBatch() {
        for (const std::int32_t length : {std::numeric_limits<std::int32_t>::min(), -1, 0, 48}) {
            Bytes all = repeated(exampleBatch(), 2);
            const std::size_t second = all.size() / 2;
            storeBigEndian(all.data() + second + 8, length);
            BatchWalker walker(all);
            QVERIFY(walker.next().has_value());
            QVERIFY(!walker.next().has_value());
            QVERIFY(walker.stop() == Framing::kBadLength);
            QCOMPARE(walker.position(), second);
        }
        for (const int magic : {0, 1, 3, 9, 255}) {
            Bytes all = exampleBatch();
            all[16] = static_cast<std::byte>(magic);
            BatchWalker walker(all);
            QVERIFY(!walker.next().has_value());
            QVERIFY(walker.stop() == Framing::kOtherMagic);
        }
        const Bytes zeros(4096);  // a preallocated or torn tail
        BatchWalker walker(zeros);
        QVERIFY(!walker.next().has_value());
        QVERIFY(walker.stop() == Framing::kOtherMagic);
    }
};

QTEST_APPLESS_MAIN(TstBatchHeader)
#include "tst_batch_header.moc"
