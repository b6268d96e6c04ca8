// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a `.snapshot` file; the grammar is at ProducerState::toSnapshot.
#include <utility>

#include "broker/base/hash.h"
#include "broker/topics/producer_state.h"

namespace weir::topics {

namespace {

constexpr std::int16_t kVersion = 1;
constexpr std::int32_t kOlderBatches = 0x57504231;  // "WPB1"
constexpr std::size_t kCrcAt = 2;
constexpr std::size_t kBodyAt = 6;

class Writer {
public:
    template <class Int>
    void put(Int value) {
        const std::size_t at = m_bytes.size();
        m_bytes.resize(at + sizeof(Int));
        storeBigEndian(m_bytes.data() + at, value);
    }
    [[nodiscard]] Bytes finish() && {
        storeBigEndian(m_bytes.data() + kCrcAt, crc32c(ByteView(m_bytes).subspan(kBodyAt)));
        return std::move(m_bytes);
    }

private:
    Bytes m_bytes;
};

class Reader {
public:
    explicit Reader(ByteView bytes) : m_left(bytes) {}
    template <class Int>
    Int take() {
        if (m_left.size() < sizeof(Int)) {
            m_short = true;
            return 0;
        }
        const Int value = loadBigEndian<Int>(m_left.data());
        m_left = m_left.subspan(sizeof(Int));
        return value;
    }
    [[nodiscard]] bool ranShort() const { return m_short; }
    [[nodiscard]] bool atEnd() const { return m_left.empty(); }

private:
    ByteView m_left;
    bool m_short = false;
};

ProducerBatch takeBatch(Reader& reader) {
    const Sequence lastSequence(reader.take<std::int32_t>());
    const Offset lastOffset(reader.take<std::int64_t>());
    const auto offsetDelta = reader.take<std::int32_t>();
    return {.lastSequence = lastSequence,
            .lastOffset = lastOffset,
            .offsetDelta = offsetDelta,
            .timestamp = Timestamp(reader.take<std::int64_t>())};
}

}  // namespace

Bytes ProducerState::toSnapshot() const {
    Writer writer;
    writer.put(kVersion);
    writer.put(std::uint32_t{0});
    writer.put(static_cast<std::int32_t>(m_producers.size()));
    for (const auto& [id, entry] : m_producers) {
        const bool empty = entry.empty();
        writer.put(id.value);
        writer.put(entry.epoch.value);
        writer.put(empty ? kNoSequence.value : entry.last().lastSequence.value);
        writer.put(empty ? kNoOffset.value : entry.last().lastOffset.value);
        writer.put(empty ? std::int32_t{0} : entry.last().offsetDelta);
        writer.put(entry.lastTimestamp.value);
        writer.put(entry.coordinatorEpoch);
        writer.put(entry.txnFirstOffset.value);
    }
    writer.put(kOlderBatches);
    for (const auto& [id, entry] : m_producers) {
        const std::size_t older = entry.empty() ? 0 : entry.size() - 1;
        writer.put(static_cast<std::int8_t>(older));
        for (std::size_t i = 0; i < older; ++i) {
            const ProducerBatch& batch = entry.batch(i);
            writer.put(batch.lastSequence.value);
            writer.put(batch.lastOffset.value);
            writer.put(batch.offsetDelta);
            writer.put(batch.timestamp.value);
        }
    }
    return std::move(writer).finish();
}

std::optional<ProducerState> ProducerState::fromSnapshot(ByteView bytes, Timestamp now) {
    Reader reader(bytes);
    const auto version = reader.take<std::int16_t>();
    const auto crc = reader.take<std::uint32_t>();
    const auto count = reader.take<std::int32_t>();
    if (reader.ranShort() || version != kVersion || count < 0 || crc != crc32c(bytes.subspan(kBodyAt))) {
        return std::nullopt;
    }
    struct Loaded {
        ProducerId id;
        ProducerEntry entry;
        std::optional<ProducerBatch> last;
    };
    std::vector<Loaded> loaded;
    for (std::int32_t i = 0; i < count && !reader.ranShort(); ++i) {
        Loaded one;
        one.id = ProducerId(reader.take<std::int64_t>());
        one.entry.epoch = ProducerEpoch(reader.take<std::int16_t>());
        const ProducerBatch last = takeBatch(reader);
        one.entry.lastTimestamp = last.timestamp;
        one.entry.coordinatorEpoch = reader.take<std::int32_t>();
        one.entry.txnFirstOffset = Offset(reader.take<std::int64_t>());
        one.entry.lastSeen = now;
        if (last.lastOffset.value >= 0) {
            one.last = last;
        }
        loaded.push_back(one);
    }
    if (reader.ranShort()) {
        return std::nullopt;
    }
    // One that Kafka wrote ends here.
    if (!reader.atEnd() && reader.take<std::int32_t>() == kOlderBatches) {
        for (Loaded& one : loaded) {
            for (auto older = reader.take<std::int8_t>(); older > 0; --older) {
                one.entry.add(takeBatch(reader));
            }
        }
        if (reader.ranShort()) {
            return std::nullopt;
        }
    }
    ProducerState state;
    for (Loaded& one : loaded) {
        if (one.last) {
            one.entry.add(*one.last);
        }
        if (one.entry.txnFirstOffset != kNoOffset) {
            state.m_openTxns.emplace(one.entry.txnFirstOffset, one.id);
        }
        state.m_producers.emplace(one.id, one.entry);
    }
    return state;
}

}  // namespace weir::topics
