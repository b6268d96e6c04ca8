// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/key_offsets.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weir::storage {

namespace {

constexpr std::size_t kFirstSlots = 1024;

/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein: "SipHash: a fast short-input PRF").
class SipHash {
public:
    explicit SipHash(const KeySecret& secret) {
        const auto [k0, k1] = secret.words;
        m_state = {k0 ^ 0x736f6d6570736575ULL, k1 ^ 0x646f72616e646f6dULL ^ 0xee, k0 ^ 0x6c7967656e657261ULL,
                   k1 ^ 0x7465646279746573ULL};
    }

    void update(ByteView bytes) {
        std::size_t at = 0;
        for (; at + 8 <= bytes.size(); at += 8) {
            absorb(littleEndian(bytes.subspan(at, 8)));
        }
        absorb(littleEndian(bytes.subspan(at)) | (static_cast<std::uint64_t>(bytes.size()) << 56));
    }
    std::uint64_t first() {
        m_state[2] ^= 0xee;
        return finish();
    }
    std::uint64_t second() {
        m_state[1] ^= 0xdd;
        return finish();
    }

private:
    static std::uint64_t littleEndian(ByteView bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
        }
        return value;
    }
    void absorb(std::uint64_t word) {
        m_state[3] ^= word;
        rounds(2);
        m_state[0] ^= word;
    }
    std::uint64_t finish() {
        rounds(4);
        return m_state[0] ^ m_state[1] ^ m_state[2] ^ m_state[3];
    }
    void rounds(int count) {
        auto& [v0, v1, v2, v3] = m_state;
        for (int i = 0; i < count; ++i) {
            v0 += v1;
            v1 = std::rotl(v1, 13) ^ v0;
            v0 = std::rotl(v0, 32);
            v2 += v3;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1;
            v1 = std::rotl(v1, 17) ^ v2;
            v2 = std::rotl(v2, 32);
        }
    }

    std::array<std::uint64_t, 4> m_state{};
};

}  // namespace

KeyOffsets::KeyOffsets(std::size_t memoryBytes, double loadFactor, KeySecret secret)
    : m_secret(secret), m_loadFactor(std::clamp(loadFactor, 0.1, 0.95)) {
    const std::size_t slots = std::max(memoryBytes / kBytesPerSlot, kFirstSlots);
    m_capacity = static_cast<std::size_t>(static_cast<double>(slots) * m_loadFactor);
}

KeyOffsets::Slot KeyOffsets::hashOf(ByteView key) const {
    SipHash hash(m_secret);
    hash.update(key);
    Slot slot;
    slot.high = hash.first();
    slot.low = hash.second();
    return slot;
}

std::size_t KeyOffsets::placeOf(const Slot& hash) const {
    std::size_t at = static_cast<std::size_t>(hash.high % m_slots.size());
    while (m_slots[at].offset >= 0 && (m_slots[at].high != hash.high || m_slots[at].low != hash.low)) {
        at = at + 1 == m_slots.size() ? 0 : at + 1;
    }
    return at;
}

void KeyOffsets::grow() {
    // Doubling, but never past what the limit allows for: a full table is what the limit speaks of.
    const auto most = static_cast<std::size_t>(static_cast<double>(m_capacity) / m_loadFactor) + 1;
    std::size_t wanted = std::max(m_slots.size() * 2, kFirstSlots);
    if (m_size < m_capacity) {
        wanted = std::min(wanted, most);
    }
    std::vector<Slot> old(wanted);
    old.swap(m_slots);
    for (const Slot& slot : old) {
        if (slot.offset >= 0) {
            m_slots[placeOf(slot)] = slot;
        }
    }
}

void KeyOffsets::put(ByteView key, Offset offset) {
    if (static_cast<double>(m_size + 1) > static_cast<double>(m_slots.size()) * m_loadFactor) {
        grow();
    }
    Slot slot = hashOf(key);
    slot.offset = offset.value;
    Slot& place = m_slots[placeOf(slot)];
    m_size += place.offset < 0 ? 1 : 0;
    place = slot;
}

Offset KeyOffsets::find(ByteView key) const {
    return m_slots.empty() ? kNoOffset : Offset(m_slots[placeOf(hashOf(key))].offset);
}

}  // namespace weir::storage
