// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/base/hash.h"
#include "broker/topics/producer_state.h"
#include "tests/support/log_builder.h"

using namespace weir;
using namespace weir::topics;
using weir::testing::BatchSpec;
using weir::testing::makeBatch;

namespace {

constexpr Timestamp kNow{5000};

Bytes batchOf(std::int64_t producer, std::int32_t sequence, std::int64_t offset, std::int32_t records = 1) {
    return makeBatch({.records = records,
                      .timestamp = 777,
                      .baseOffset = Offset(offset),
                      .producerId = ProducerId(producer),
                      .producerEpoch = ProducerEpoch(2),
                      .baseSequence = Sequence(sequence)});
}

}  // namespace

class TestProducerState : public QObject {
    Q_OBJECT

private slots:
    void snapshotOfOneProducerIsKafkasByteForByte() {
        ProducerState state;
        const Bytes bytes = batchOf(77, 3, 100, 4);
        state.apply(records::BatchView(bytes), kNow);
        const Bytes snapshot = state.toSnapshot();
        const std::byte* at = snapshot.data();
        QCOMPARE(loadBigEndian<std::int16_t>(at), std::int16_t{1});
        QCOMPARE(loadBigEndian<std::uint32_t>(at + 2), crc32c(ByteView(snapshot).subspan(6)));
        QCOMPARE(loadBigEndian<std::int32_t>(at + 6), 1);
        QCOMPARE(loadBigEndian<std::int64_t>(at + 10), std::int64_t{77});
        QCOMPARE(loadBigEndian<std::int16_t>(at + 18), std::int16_t{2});
        QCOMPARE(loadBigEndian<std::int32_t>(at + 20), 6);
        QCOMPARE(loadBigEndian<std::int64_t>(at + 24), std::int64_t{103});
        QCOMPARE(loadBigEndian<std::int32_t>(at + 32), 3);
        QCOMPARE(loadBigEndian<std::int64_t>(at + 36), std::int64_t{777});
        QCOMPARE(loadBigEndian<std::int32_t>(at + 44), -1);
        QCOMPARE(loadBigEndian<std::int64_t>(at + 48), std::int64_t{-1});
    }
    void snapshotBringsBackAllFiveBatches() {
        ProducerState state;
        for (int i = 0; i < 8; ++i) {
            const Bytes bytes = batchOf(77, i, 10 + i);
            state.apply(records::BatchView(bytes), kNow);
        }
        const Bytes other = batchOf(88, 0, 18);
        state.apply(records::BatchView(other), kNow);
        const auto back = ProducerState::fromSnapshot(state.toSnapshot(), kNow);
        QVERIFY(back.has_value());
        QCOMPARE(back->size(), std::size_t{2});
        QCOMPARE(back->find(ProducerId(77))->size(), std::size_t{5});
        for (int i = 3; i < 8; ++i) {
            const Bytes retry = batchOf(77, i, 0);
            const auto verdict = back->check(records::BatchView(retry));
            QVERIFY(verdict.ok() && verdict->duplicate);
            QCOMPARE(verdict->duplicate->firstOffset(), Offset(10 + i));
        }
    }
    void snapshotThatKafkaWroteIsRead() {
        ProducerState state;
        const Bytes bytes = batchOf(77, 3, 100, 4);
        state.apply(records::BatchView(bytes), kNow);
        Bytes kafkas = state.toSnapshot();
        kafkas.resize(56);
        storeBigEndian(kafkas.data() + 2, crc32c(ByteView(kafkas).subspan(6)));
        const auto back = ProducerState::fromSnapshot(kafkas, kNow);
        QVERIFY(back.has_value());
        QCOMPARE(back->find(ProducerId(77))->last().lastOffset, Offset(103));
    }
    void everyDamagedSnapshotIsRefused() {
        ProducerState state;
        for (int i = 0; i < 3; ++i) {
            const Bytes bytes = batchOf(77, i, i);
            state.apply(records::BatchView(bytes), kNow);
        }
        const Bytes good = state.toSnapshot();
        for (std::size_t i = 0; i < good.size(); ++i) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                Bytes bad = good;
                bad[i] ^= static_cast<std::byte>(1U << bit);
                QVERIFY(!ProducerState::fromSnapshot(bad, kNow));
            }
            QVERIFY(!ProducerState::fromSnapshot(ByteView(good).first(i), kNow));
        }
        // A count that promises more than there is, with a CRC that holds.
        Bytes lying = good;
        storeBigEndian<std::int32_t>(lying.data() + 6, 0x7fffffff);
        storeBigEndian(lying.data() + 2, crc32c(ByteView(lying).subspan(6)));
        QVERIFY(!ProducerState::fromSnapshot(lying, kNow));
    }
    void newEpochForgetsTheOldBatches() {
        ProducerState state;
        const Bytes old = batchOf(77, 0, 0, 5);
        state.apply(records::BatchView(old), kNow);
        const Bytes fresh = makeBatch({.baseOffset = Offset(5),
                                       .producerId = ProducerId(77),
                                       .producerEpoch = ProducerEpoch(3),
                                       .baseSequence = Sequence(0)});
        QVERIFY(state.check(records::BatchView(fresh)).ok());
        state.apply(records::BatchView(fresh), kNow);
        QCOMPARE(state.find(ProducerId(77))->size(), std::size_t{1});
        QCOMPARE(state.check(records::BatchView(old)).error().code, SequenceErrc::kInvalidProducerEpoch);
    }
    void openTransactionIsNeverForgotten() {
        ProducerState state;
        const Bytes bytes = makeBatch({.baseOffset = Offset(5),
                                       .producerId = ProducerId(77),
                                       .producerEpoch = ProducerEpoch(3),
                                       .baseSequence = Sequence(0),
                                       .transactional = true});
        state.apply(records::BatchView(bytes), kNow);
        QCOMPARE(state.firstUnstableOffset(), std::optional(Offset(5)));
        QCOMPARE(state.expire(kNow + 1'000'000, 10), std::size_t{0});
        const auto back = ProducerState::fromSnapshot(state.toSnapshot(), kNow);
        QCOMPARE(back->firstUnstableOffset(), std::optional(Offset(5)));
        const Bytes plain = batchOf(77, 1, 6);
        QVERIFY(!state.check(records::BatchView(plain)).ok());
    }
};

QTEST_APPLESS_MAIN(TestProducerState)
#include "tst_producer_state.moc"
