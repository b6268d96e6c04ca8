// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"

namespace weir::storage {

/// Secret of one compaction's hash, drawn at random: nobody can craft keys that collide.
struct KeySecret {
    std::array<std::uint64_t, 2> words{};
};

/// Which offset bears the newest record of each key: what a compaction remembers of the dirty part of a log. It keeps
/// 128 bits of a keyed hash (SipHash-2-4) in place of the key, so an entry costs 24 bytes whatever the keys are; two of
/// 2^32 keys are mistaken for each other with a chance of 2^-65. Kafka's SkimpyOffsetMap does the same with MD5.
///
/// The table takes its memory as it fills, up to the given limit. One thread.
class KeyOffsets {
public:
    static constexpr std::size_t kBytesPerSlot = 24;

    /// `memoryBytes` as of log.cleaner.dedupe.buffer.size, `loadFactor` as of log.cleaner.io.buffer.load.factor.
    KeyOffsets(std::size_t memoryBytes, double loadFactor, KeySecret secret);

    /// Keys that fit.
    [[nodiscard]] std::size_t capacity() const { return m_capacity; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    /// `count` more keys fit, even if all are new.
    [[nodiscard]] bool hasRoomFor(std::size_t count) const { return m_size + count <= m_capacity; }
    /// `offset` is the newest of `key` from now on. Past the capacity it takes more memory than was allowed: for the
    /// one batch that alone holds too many keys.
    void put(ByteView key, Offset offset);
    /// kNoOffset if the key was not put.
    [[nodiscard]] Offset find(ByteView key) const;

private:
    struct Slot {
        std::uint64_t high = 0;
        std::uint64_t low = 0;
        std::int64_t offset = -1;
    };
    static_assert(sizeof(Slot) == kBytesPerSlot);

    [[nodiscard]] Slot hashOf(ByteView key) const;
    [[nodiscard]] std::size_t placeOf(const Slot& hash) const;
    void grow();

    KeySecret m_secret;
    double m_loadFactor;
    std::size_t m_capacity;
    std::size_t m_size = 0;
    std::vector<Slot> m_slots;
};

}  // namespace weir::storage
