// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstring>

#include "broker/base/bytes.h"
#include "broker/storage/read_memory.h"

namespace weir::storage {

/// Bytes read from logs, one read after another, ready to be sent. Unlike a vector it never clears memory that is about
/// to be read over, and `clear` keeps the memory, so a buffer used again costs no allocation.
/// Owned by one thread at a time. Moves, does not copy.
class ReadBuffer {
public:
    ReadBuffer() = default;
    explicit ReadBuffer(std::size_t capacity) { reserve(capacity); }

    [[nodiscard]] ByteView bytes() const { return {m_memory.data(), m_size}; }
    [[nodiscard]] MutableByteView mutableBytes() { return {m_memory.data(), m_size}; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::size_t capacity() const { return m_memory.size(); }

    /// `count` more bytes at the end, with any content. Earlier views are void if it had to grow.
    [[nodiscard]] MutableByteView extend(std::size_t count) {
        reserve(m_size + count);
        const MutableByteView added(m_memory.data() + m_size, count);
        m_size += count;
        return added;
    }
    void append(ByteView bytes) {
        const MutableByteView to = extend(bytes.size());
        std::copy(bytes.begin(), bytes.end(), to.begin());
    }
    /// Drops everything from `size` on; `size` is at most what there is.
    void shrink(std::size_t size) { m_size = std::min(m_size, size); }
    void clear() { m_size = 0; }

    void reserve(std::size_t capacity) {
        if (capacity <= m_memory.size()) {
            return;
        }
        capacity = std::max(capacity, m_memory.size() * 2);
        ReadMemory memory(capacity);
        if (m_size > 0) {
            std::memcpy(memory.data(), m_memory.data(), m_size);
        }
        m_memory = std::move(memory);
    }

private:
    ReadMemory m_memory;
    std::size_t m_size = 0;
};

}  // namespace weir::storage
