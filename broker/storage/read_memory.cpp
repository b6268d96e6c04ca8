// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/read_memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>

namespace weir::storage {

namespace {

/// Below this the C library keeps blocks itself.
constexpr std::size_t kSmallest = std::size_t{32} << 10;
constexpr std::size_t kLargest = std::size_t{2} << 20;
constexpr std::size_t kMostBytes = std::size_t{4} << 20;
constexpr std::size_t kMostBlocks = 64;

#if defined(__SANITIZE_ADDRESS__)
/// A block that is kept could be read after its end without being noticed.
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

struct Block {
    std::byte* data;
    std::size_t size;
};

/// What a thread keeps. Trivial, so that it can still be looked at when the thread's other objects go.
struct Kept {
    std::array<Block, kMostBlocks> blocks;
    std::size_t count;
    std::size_t bytes;
    bool wasUsed;
    /// Between `keepHere` and the thread's end.
    bool isOn;
};
constinit thread_local Kept kept{};

void freeAll() noexcept {
    for (std::size_t i = 0; i < kept.count; ++i) {
        ::operator delete(kept.blocks[i].data);
    }
    kept.count = 0;
    kept.bytes = 0;
}

/// Ends what the thread keeps when the thread ends.
struct Ending {
    ~Ending() {
        kept.isOn = false;
        freeAll();
    }
    bool isWatching = false;
};
thread_local Ending ending;

}  // namespace

ReadMemory::ReadMemory(std::size_t size) {
    m_size = size >= kSmallest && size <= kLargest ? std::bit_ceil(size) : size;
    kept.wasUsed = true;
    const auto begin = kept.blocks.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(kept.count);
    const auto found = std::find_if(begin, end, [this](const Block& block) { return block.size == m_size; });
    if (found == end) {
        m_data = static_cast<std::byte*>(::operator new(m_size));
        return;
    }
    m_data = found->data;
    *found = *(end - 1);
    --kept.count;
    kept.bytes -= m_size;
}

void ReadMemory::giveBack() noexcept {
    if (m_data == nullptr) {
        return;
    }
    const bool isWorthKeeping = kKeeps && m_size >= kSmallest && m_size <= kLargest;
    if (isWorthKeeping && kept.isOn && kept.count < kMostBlocks && kept.bytes + m_size <= kMostBytes) {
        kept.blocks[kept.count++] = {m_data, m_size};
        kept.bytes += m_size;
    } else {
        ::operator delete(m_data);
    }
    m_data = nullptr;
    m_size = 0;
}

void ReadMemory::keepHere() noexcept {
    ending.isWatching = true;
    kept.isOn = true;
}

void ReadMemory::dropIdle() noexcept {
    if (!std::exchange(kept.wasUsed, false)) {
        freeAll();
    }
}

void ReadMemory::dropAll() noexcept {
    freeAll();
}

}  // namespace weir::storage
