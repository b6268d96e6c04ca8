// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "broker/storage/errors.h"
#include "broker/storage/indexes.h"
#include "broker/storage/segment.h"

namespace weir::storage {

/// A segment that compaction is writing: `<base>.log.cleaned` and its two indexes, under names that a start throws
/// away. Finished and synced it waits for Log::replaceSegments to rename it into place. The destructor removes what was
/// not taken. One thread.
class CleanedFile {
public:
    /// Bytes are written this many at a time.
    static constexpr std::size_t kWriteAt = 512UL * 1024;

    [[nodiscard]] static StorageResult<std::unique_ptr<CleanedFile>> create(const Segment::Place& place, Offset base);
    ~CleanedFile();
    CleanedFile(const CleanedFile&) = delete;
    CleanedFile& operator=(const CleanedFile&) = delete;

    /// kTooLarge if the file would not be a segment any more.
    StorageResult<void> add(ByteView batch);
    /// Everything on stable storage but the names.
    StorageResult<void> finish();

    [[nodiscard]] Offset base() const { return m_base; }
    [[nodiscard]] std::uint64_t size() const { return m_written + m_waiting.size(); }
    /// The three files, without ".cleaned".
    [[nodiscard]] std::vector<io::Path> names() const;
    /// They have other names now, and are somebody else's.
    void release() { m_released = true; }

private:
    CleanedFile(const Segment::Place& place, Offset base);
    [[nodiscard]] io::Path nameOf(std::string_view suffix) const;
    StorageResult<void> writeOut();

    Segment::Place m_place;
    Offset m_base;
    std::unique_ptr<io::File> m_file;
    Bytes m_waiting;
    std::uint64_t m_written = 0;
    IndexBuilder m_builder;
    OffsetIndex m_offsets;
    TimeIndex m_times;
    bool m_released = false;
};

}  // namespace weir::storage
