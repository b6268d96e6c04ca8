// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <utility>

namespace weir::storage {

/// A block of memory that bytes of a log are read into; its content is indeterminate. Large blocks that a net thread
/// gives back are kept for its next reads, 4 MiB at most: from the C library they would come without their pages each
/// time, and the system would have to find and clear them again (a third of what an answer of 16 partitions cost).
/// One owner, which may be handed to another thread.
class ReadMemory {
public:
    ReadMemory() = default;
    /// At least `size` bytes. Throws std::bad_alloc.
    explicit ReadMemory(std::size_t size);
    ~ReadMemory() { giveBack(); }
    ReadMemory(ReadMemory&& other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
    ReadMemory& operator=(ReadMemory&& other) noexcept {
        if (this != &other) {
            giveBack();
            m_data = std::exchange(other.m_data, nullptr);
            m_size = std::exchange(other.m_size, 0);
        }
        return *this;
    }
    ReadMemory(const ReadMemory&) = delete;
    ReadMemory& operator=(const ReadMemory&) = delete;

    [[nodiscard]] std::byte* data() { return m_data; }
    [[nodiscard]] const std::byte* data() const { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }

    /// From now on this thread keeps what it gives back. It has to call `dropIdle` now and then.
    static void keepHere() noexcept;
    /// What this thread keeps and has not needed since it last called this goes back to the system.
    static void dropIdle() noexcept;
    /// All that this thread keeps goes back to the system.
    static void dropAll() noexcept;

private:
    void giveBack() noexcept;

    std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

}  // namespace weir::storage
