// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cctype>
#include <map>
#include <random>

#include "broker/base/hash.h"
#include "broker/topics/producer_state.h"
#include "tests/support/log_builder.h"
#include "tests/support/seed.h"

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

/// Every batch of every producer, and the rules of KIP-98 read off them.
class Model {
public:
    struct Batch {
        std::int16_t epoch = 0;
        std::int64_t first = 0;  // sequences without the wrap
        std::int64_t last = 0;
        std::int64_t offset = 0;
        bool transactional = false;
    };
    struct Producer {
        std::int16_t epoch = -1;
        std::vector<Batch> batches;  // of its epoch
        std::int64_t txnFirst = -1;
        std::int64_t seen = 0;
    };
    std::map<std::int64_t, Producer> producers;

    static std::int32_t wrapped(std::int64_t sequence) { return static_cast<std::int32_t>(sequence % (1LL << 31)); }

    /// "new", the offset of the batch that is stored already, or why it is refused.
    [[nodiscard]] std::string judge(std::int64_t id, const Batch& batch) const {
        const auto found = producers.find(id);
        if (found == producers.end()) {
            return "new";
        }
        const Producer& producer = found->second;
        if (batch.epoch < producer.epoch) {
            return "epoch";
        }
        const bool same = batch.epoch == producer.epoch;
        const auto kept = same ? std::min<std::size_t>(5, producer.batches.size()) : 0;
        for (std::size_t i = producer.batches.size() - kept; same && i < producer.batches.size(); ++i) {
            if (wrapped(producer.batches[i].first) == wrapped(batch.first) &&
                wrapped(producer.batches[i].last) == wrapped(batch.last)) {
                return std::to_string(producer.batches[i].offset);
            }
        }
        const auto next = same && !producer.batches.empty() ? producer.batches.back().last + 1 : 0;
        if (wrapped(batch.first) != wrapped(next)) {
            return "order";
        }
        return producer.txnFirst >= 0 && !batch.transactional ? "transaction" : "new";
    }
    void store(std::int64_t id, const Batch& batch, std::int64_t now) {
        Producer& producer = ofEpoch(id, batch.epoch, now);
        producer.batches.push_back(batch);
        if (batch.transactional && producer.txnFirst < 0) {
            producer.txnFirst = batch.offset;
        }
    }
    /// First offset of what the marker ends, or -1.
    std::int64_t end(std::int64_t id, std::int16_t epoch, std::int64_t now) {
        return std::exchange(ofEpoch(id, epoch, now).txnFirst, -1);
    }
    void expire(std::int64_t now, std::int64_t after) {
        std::erase_if(producers,
                      [&](const auto& entry) { return entry.second.txnFirst < 0 && now - entry.second.seen >= after; });
    }
    [[nodiscard]] std::optional<Offset> firstUnstable() const {
        std::optional<Offset> first;
        for (const auto& [id, producer] : producers) {
            if (producer.txnFirst >= 0 && (!first || producer.txnFirst < first->value)) {
                first = Offset(producer.txnFirst);
            }
        }
        return first;
    }

private:
    Producer& ofEpoch(std::int64_t id, std::int16_t epoch, std::int64_t now) {
        Producer& producer = producers[id];
        if (producer.epoch != epoch) {
            producer.batches.clear();
            producer.epoch = epoch;
        }
        producer.seen = now;
        return producer;
    }
};

std::string judgementOf(const ProducerState& state, const Bytes& bytes) {
    const auto verdict = state.check(records::BatchView(bytes));
    if (verdict) {
        return verdict->duplicate ? std::to_string(verdict->duplicate->firstOffset().value) : "new";
    }
    switch (verdict.error().code) {
        case SequenceErrc::kOutOfOrderSequence:
            return "order";
        case SequenceErrc::kInvalidProducerEpoch:
            return "epoch";
        case SequenceErrc::kInvalidTxnState:
            return "transaction";
    }
    return "";
}

/// What happens to one partition, by chance, told to the state and to the model.
class Walk {
public:
    Walk(std::mt19937& random, std::map<std::string, int>& told) : m_random(random), m_told(told) {}

    /// What the two disagree about, or nothing.
    QString step() {
        m_now += below(4);
        const std::int64_t id = 1 + below(3);
        const auto known = m_model.producers.find(id);
        const auto* producer = known == m_model.producers.end() ? nullptr : &known->second;
        QString fault;
        if (below(20) == 0) {
            fault = restart();
        } else if (below(15) == 0) {
            m_state.expire(Timestamp(m_now), 20);
            m_model.expire(m_now, 20);
        } else if (below(6) == 0) {
            fault = mark(id, static_cast<std::int16_t>((producer != nullptr ? producer->epoch : 0) + below(2)));
        } else {
            fault = write(id, anyBatch(producer));
        }
        if (fault.isEmpty() && m_state.firstUnstableOffset() != m_model.firstUnstable()) {
            fault = "another first unstable offset";
        }
        return fault.isEmpty() && m_state.size() != m_model.producers.size() ? "other producers" : fault;
    }

private:
    std::int64_t below(std::size_t bound) { return static_cast<std::int64_t>(m_random() % bound); }

    QString restart() {
        auto again = ProducerState::fromSnapshot(m_state.toSnapshot(), Timestamp(m_now));
        if (!again) {
            return "a snapshot is not read";
        }
        m_state = std::move(*again);
        for (auto& [id, producer] : m_model.producers) {
            producer.seen = m_now;
        }
        return {};
    }
    QString mark(std::int64_t id, std::int16_t epoch) {
        Bytes marker = records::buildEndMarker({.marker = {records::MarkerType::kAbort, 0},
                                                .producerId = ProducerId(id),
                                                .producerEpoch = ProducerEpoch(epoch),
                                                .now = Timestamp(m_now)});
        records::stampBaseOffset(marker, Offset(m_offset));
        const auto ended = m_state.apply(records::BatchView(marker), Timestamp(m_now));
        const auto first = m_model.end(id, epoch, m_now);
        const bool same = first < 0 ? !ended
                                    : ended && *ended == CompletedTransaction{.producerId = ProducerId(id),
                                                                              .firstOffset = Offset(first),
                                                                              .lastOffset = Offset(m_offset),
                                                                              .isAborted = true};
        ++m_offset;
        return same ? QString() : QStringLiteral("a marker ends something else");
    }
    Model::Batch anyBatch(const Model::Producer* producer) {
        const bool hasBatches = producer != nullptr && !producer->batches.empty();
        if (hasBatches && below(4) == 0) {
            const auto& old = producer->batches;
            return old[old.size() - 1 - static_cast<std::size_t>(below(std::min<std::size_t>(8, old.size())))];
        }
        Model::Batch batch;
        batch.epoch =
            static_cast<std::int16_t>(producer != nullptr ? producer->epoch - below(8) / 7 + below(8) / 7 : below(3));
        // A start near the wrap where any start is as good as another.
        const std::int64_t next = hasBatches            ? producer->batches.back().last + 1
                                  : producer != nullptr ? 0
                                                        : (1LL << 31) - 1 - below(30);
        batch.first = std::max<std::int64_t>(0, next + (below(3) == 0 ? below(12) - 8 : 0));
        batch.last = batch.first + below(5);
        batch.transactional = below(2) == 0;
        return batch;
    }
    QString write(std::int64_t id, Model::Batch batch) {
        const Bytes bytes = makeBatch({.records = static_cast<std::int32_t>(batch.last - batch.first + 1),
                                       .baseOffset = Offset(m_offset),
                                       .producerId = ProducerId(id),
                                       .producerEpoch = ProducerEpoch(batch.epoch),
                                       .baseSequence = Sequence(Model::wrapped(batch.first)),
                                       .transactional = batch.transactional});
        const std::string expected = m_model.judge(id, batch);
        const std::string judged = judgementOf(m_state, bytes);
        if (judged != expected) {
            return QString::fromStdString(judged + ", not " + expected);
        }
        ++m_told[std::isdigit(expected[0]) != 0 ? "stored already" : expected];
        if (expected == "new") {
            batch.offset = m_offset;
            m_model.store(id, batch, m_now);
            static_cast<void>(m_state.apply(records::BatchView(bytes), Timestamp(m_now)));
            m_offset += batch.last - batch.first + 1;
        }
        return {};
    }

    std::mt19937& m_random;
    std::map<std::string, int>& m_told;
    ProducerState m_state;
    Model m_model;
    std::int64_t m_offset = 0;
    std::int64_t m_now = 1000;
};

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
    /// Batches in and out of order, retries, new epochs, transactions, markers, expiry and restarts, with sequences
    /// that wrap: each is judged as someone does who remembers every batch.
    void everyBatchIsJudgedAsTheModelDoes() {
        std::mt19937 random(weir::testing::printedSeed());
        std::map<std::string, int> told;
        for (int round = 0; round < 100; ++round) {
            Walk walk(random, told);
            for (int step = 0; step < 200; ++step) {
                const QString fault = walk.step();
                QVERIFY2(fault.isEmpty(), qPrintable(QString("round %1, step %2: %3").arg(round).arg(step).arg(fault)));
            }
        }
        for (const char* verdict : {"new", "stored already", "order", "epoch", "transaction"}) {
            QVERIFY2(told[verdict] > 50, verdict);
        }
    }
};

QTEST_APPLESS_MAIN(TestProducerState)
#include "tst_producer_state.moc"
