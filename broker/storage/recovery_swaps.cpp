// SPDX-License-Identifier: GPL-3.0-or-later
// A compaction that a crash interrupted: see log_compaction.cpp for the order of its renames.
#include <algorithm>
#include <limits>

#include "broker/storage/file_names.h"
#include "broker/storage/recovery.h"

namespace weir::storage {

namespace {

io::Path with(io::Path path, std::string_view suffix) {
    path += suffix;
    return path;
}

}  // namespace

StorageResult<void> Recovery::finishSwaps() {
    auto entries = m_fileSystem.list(m_folder);
    if (!entries) {
        return fail(fromIo(entries.error()));
    }
    std::vector<Offset> swaps;
    std::vector<Offset> logs;
    for (const io::DirectoryEntry& entry : *entries) {
        if (const auto base = offsetOfFileName(entry.name, std::string(kLogSuffix) + std::string(kSwapSuffix))) {
            swaps.push_back(*base);
        } else if (const auto log = offsetOfFileName(entry.name, kLogSuffix)) {
            logs.push_back(*log);
        }
    }
    for (const Offset base : swaps) {
        if (auto done = finishSwap(base, logs); !done) {
            return done;
        }
    }
    // Index files whose log never was, or is already, in place. They are made again from the batches.
    for (const io::DirectoryEntry& entry : *entries) {
        if (entry.name.ends_with(kSwapSuffix) || entry.name.ends_with(kCleanedSuffix)) {
            static_cast<void>(m_fileSystem.remove(m_folder / entry.name));
        }
    }
    return {};
}

StorageResult<void> Recovery::finishSwap(Offset base, const std::vector<Offset>& logs) {
    const io::Path log = m_folder / offsetFileName(base, kLogSuffix);
    auto end = endOfSwap(with(log, kSwapSuffix), base);
    if (!end) {
        return fail(std::move(end).error());
    }
    // It replaces every segment that begins among its offsets (Kafka's LogLoader). One from which nothing was kept may
    // stay behind; the next compaction finds it.
    for (const Offset old : logs) {
        if (old > base && old < *end) {
            for (const std::string_view suffix : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kSnapshotSuffix}) {
                if (auto done = m_fileSystem.remove(m_folder / offsetFileName(old, suffix));
                    !done && done.error().code != io::IoErrc::kNotFound) {
                    return fail(fromIo(done.error()));
                }
            }
        }
    }
    for (const std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix}) {
        const io::Path index = m_folder / offsetFileName(base, suffix);
        static_cast<void>(m_fileSystem.remove(index));
        static_cast<void>(m_fileSystem.rename(with(index, kSwapSuffix), index));
    }
    if (auto done = m_fileSystem.rename(with(log, kSwapSuffix), log); !done) {
        return fail(fromIo(done.error()));
    }
    m_logger.info("{}: the compaction of segment {} is finished", m_folder.string(), base.value);
    if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
        return fail(fromIo(done.error()));
    }
    return {};
}

StorageResult<Offset> Recovery::endOfSwap(const io::Path& swap, Offset base) {
    auto file = m_fileSystem.open(swap, io::OpenMode::kRead);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    const auto size = (*file)->size();
    if (!size) {
        return fail(fromIo(size.error()));
    }
    BatchScanner scanner(**file, {0, *size}, {base, kNoOffsetLimit}, BatchScanner::LastBatch::kMayLeaveGap);
    for (;;) {
        auto item = scanner.next();
        if (!item) {
            return fail(std::move(item).error());
        }
        if (!*item) {
            return scanner.expected();
        }
    }
}

}  // namespace weir::storage
