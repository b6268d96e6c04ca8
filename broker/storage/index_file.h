// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <vector>

#include "broker/io/file_system.h"
#include "broker/storage/errors.h"

namespace weir::storage {

/// A file of fixed-size entries in rising order, as Kafka's AbstractIndex, without its memory map: the newest entries
/// wait in memory and are written `kWriteAt` at a time, older ones are searched with a few small reads. An idle index
/// holds no descriptor and next to no memory; what a crash takes is rebuilt from the log.
///
/// `Codec` gives the entry type, its size and its bytes. One thread appends and writes out; any may search.
template <class Codec>
class IndexFile {
public:
    using Entry = typename Codec::Entry;
    static constexpr std::size_t kWriteAt = 512;

    IndexFile(io::FileSystem& fileSystem, io::Path path) : m_fileSystem(fileSystem), m_path(std::move(path)) {}

    /// Reads how many entries the file has and the last one; kCorrupt if its size is not a multiple of an entry.
    StorageResult<void> load() {
        const std::lock_guard lock(m_mutex);
        auto file = m_fileSystem.open(m_path, io::OpenMode::kRead);
        if (!file) {
            return fail(fromIo(file.error()));
        }
        const auto size = (*file)->size();
        if (!size) {
            return fail(fromIo(size.error()));
        }
        if (*size % Codec::kSize != 0) {
            return fail(StorageErrc::kCorrupt, m_path.string() + " has half an entry");
        }
        m_written = static_cast<std::size_t>(*size / Codec::kSize);
        m_pending.clear();
        m_last.reset();
        if (m_written > 0) {
            auto last = readEntry(**file, m_written - 1);
            if (!last) {
                return fail(std::move(last).error());
            }
            m_last = *last;
        }
        return {};
    }

    /// All entries, for checking them.
    [[nodiscard]] StorageResult<std::vector<Entry>> readAll() const {
        const std::lock_guard lock(m_mutex);
        std::vector<Entry> entries;
        entries.reserve(m_written + m_pending.size());
        if (m_written > 0) {
            auto file = m_fileSystem.open(m_path, io::OpenMode::kRead);
            if (!file) {
                return fail(fromIo(file.error()));
            }
            Bytes bytes(m_written * Codec::kSize);
            if (auto done = readExactly(**file, 0, bytes); !done) {
                return fail(std::move(done).error());
            }
            for (std::size_t i = 0; i < m_written; ++i) {
                entries.push_back(Codec::load(bytes.data() + i * Codec::kSize));
            }
        }
        entries.insert(entries.end(), m_pending.begin(), m_pending.end());
        return entries;
    }

    /// Replaces everything: in memory at once, then on disk. An error says that only the disk does not know yet.
    StorageResult<void> replaceAll(std::vector<Entry> entries) {
        {
            const std::lock_guard writing(m_writeMutex);
            const std::lock_guard lock(m_mutex);
            m_last = entries.empty() ? std::nullopt : std::optional(entries.back());
            m_written = 0;
            m_pending = std::move(entries);
            m_emptyFirst = true;
        }
        return write();
    }

    /// In memory until enough have come together; a full disk only keeps them waiting.
    void append(const Entry& entry) {
        const std::lock_guard lock(m_mutex);
        m_pending.push_back(entry);
        m_last = entry;
    }
    [[nodiscard]] bool wantsWriting() const {
        const std::lock_guard lock(m_mutex);
        return m_pending.size() >= kWriteAt;
    }
    StorageResult<void> write() { return writeAnd(false); }
    StorageResult<void> writeAndSync() { return writeAnd(true); }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(m_mutex);
        return m_written + m_pending.size();
    }
    [[nodiscard]] std::optional<Entry> last() const {
        const std::lock_guard lock(m_mutex);
        return m_last;
    }

    /// The last entry for which `isAtOrBelow` holds, given that it holds for a prefix.
    template <class Predicate>
    [[nodiscard]] StorageResult<std::optional<Entry>> floor(Predicate isAtOrBelow) const {
        std::size_t count = 0;
        {
            const std::lock_guard lock(m_mutex);
            if (!m_pending.empty() && isAtOrBelow(m_pending.front())) {
                return std::optional(*std::prev(std::partition_point(m_pending.begin(), m_pending.end(), isAtOrBelow)));
            }
            count = m_written;
        }
        if (count == 0) {
            return std::optional<Entry>();
        }
        auto file = m_fileSystem.open(m_path, io::OpenMode::kRead);
        if (!file) {
            return fail(fromIo(file.error()));
        }
        return floorInFile(**file, count, isAtOrBelow);
    }

    [[nodiscard]] const io::Path& path() const { return m_path; }

private:
    static constexpr std::size_t kReadAtOnce = 512;

    template <class Predicate>
    StorageResult<std::optional<Entry>> floorInFile(io::File& file, std::size_t count, Predicate isAtOrBelow) const {
        std::size_t low = 0;
        std::size_t high = count;
        while (high - low > kReadAtOnce) {
            const std::size_t middle = low + (high - low) / 2;
            auto entry = readEntry(file, middle);
            if (!entry) {
                return fail(std::move(entry).error());
            }
            (isAtOrBelow(*entry) ? low : high) = middle;
        }
        std::array<std::byte, kReadAtOnce * Codec::kSize> block;
        const MutableByteView wanted(block.data(), (high - low) * Codec::kSize);
        if (auto done = readExactly(file, low, wanted); !done) {
            return fail(std::move(done).error());
        }
        std::optional<Entry> found;
        for (std::size_t i = 0; i < high - low; ++i) {
            const Entry entry = Codec::load(block.data() + i * Codec::kSize);
            if (!isAtOrBelow(entry)) {
                break;
            }
            found = entry;
        }
        return found;
    }

    StorageResult<Entry> readEntry(io::File& file, std::size_t index) const {
        std::array<std::byte, Codec::kSize> bytes{};
        if (auto done = readExactly(file, index, bytes); !done) {
            return fail(std::move(done).error());
        }
        return Codec::load(bytes.data());
    }

    /// A disk that fails is no damage: the next read may well find what is there.
    StorageResult<void> readExactly(io::File& file, std::size_t fromEntry, MutableByteView into) const {
        const auto got = file.read(io::FilePosition{fromEntry * Codec::kSize}, into);
        if (!got) {
            return fail(fromIo(got.error()));
        }
        if (*got != into.size()) {
            return fail(StorageErrc::kCorrupt, m_path.string() + " is shorter than it was");
        }
        return {};
    }

    /// Searches go on beside it: the lock they need is not held while the disk works.
    StorageResult<void> writeAnd(bool sync) {
        const std::lock_guard writing(m_writeMutex);
        Bytes bytes;
        std::size_t start = 0;
        {
            const std::lock_guard lock(m_mutex);
            bytes = encode(m_pending);
            start = m_written;
        }
        if (bytes.empty() && !sync && !m_emptyFirst) {
            return {};
        }
        auto file = m_fileSystem.open(m_path, io::OpenMode::kCreate);
        if (!file) {
            return fail(fromIo(file.error()));
        }
        if (m_emptyFirst) {
            if (auto done = (*file)->truncate(io::FilePosition{0}); !done) {
                return fail(fromIo(done.error()));
            }
            m_emptyFirst = false;
        }
        if (auto done = (*file)->write(io::FilePosition{start * Codec::kSize}, bytes); !done) {
            return fail(fromIo(done.error()));
        }
        {
            const std::lock_guard lock(m_mutex);
            const std::size_t count = bytes.size() / Codec::kSize;
            m_written += count;
            m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(count));
        }
        if (sync) {
            if (auto done = (*file)->sync(); !done) {
                return fail(fromIo(done.error()));
            }
        }
        return {};
    }

    static Bytes encode(const std::vector<Entry>& entries) {
        Bytes bytes(entries.size() * Codec::kSize);
        for (std::size_t i = 0; i < entries.size(); ++i) {
            Codec::store(entries[i], bytes.data() + i * Codec::kSize);
        }
        return bytes;
    }

    io::FileSystem& m_fileSystem;
    const io::Path m_path;
    std::mutex m_writeMutex;
    bool m_emptyFirst = false;
    mutable std::mutex m_mutex;
    std::size_t m_written = 0;
    std::vector<Entry> m_pending;
    std::optional<Entry> m_last;
};

}  // namespace weir::storage
