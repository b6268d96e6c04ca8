// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/bytes.h"

namespace weir::server {

/// Memory for bytes that are about to be overwritten by a socket or a file: never zeroed first, and large blocks grow
/// without a copy because the C library moves their pages. One owner, not thread safe.
class RawBuffer {
public:
    RawBuffer() = default;
    explicit RawBuffer(std::size_t size) { resize(size); }
    RawBuffer(RawBuffer&& other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
    RawBuffer& operator=(RawBuffer&& other) noexcept {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    RawBuffer(const RawBuffer&) = delete;
    RawBuffer& operator=(const RawBuffer&) = delete;
    ~RawBuffer() { std::free(m_data); }

    /// Keeps what is there up to the smaller of both sizes; new bytes are indeterminate.
    void resize(std::size_t size) {
        if (size == 0) {
            std::free(std::exchange(m_data, nullptr));
        } else {
            void* grown = std::realloc(m_data, size);
            WEIR_ASSERT(grown != nullptr);
            m_data = static_cast<std::byte*>(grown);
        }
        m_size = size;
    }

    [[nodiscard]] std::byte* data() { return m_data; }
    [[nodiscard]] const std::byte* data() const { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] ByteView view() const { return {m_data, m_size}; }
    [[nodiscard]] MutableByteView span() { return {m_data, m_size}; }

private:
    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace weir::server
