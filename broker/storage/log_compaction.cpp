// SPDX-License-Identifier: GPL-3.0-or-later
// Compacted segments take the place of those they were made of. The renames, in this order, so that a start after a
// crash at any of them knows what to do (see recovery_swaps.cpp):
//
//     1. X.index.cleaned, X.timeindex.cleaned -> .swap, then X.log.cleaned -> X.log.swap; the folder is synced.
//        Before the log's rename nothing has happened; after it the swap will be finished, now or at the next start.
//     2. the old segments' files -> .deleted
//     3. X.*.swap -> X.*; the log first
#include <algorithm>
#include <array>

#include "broker/storage/cleaned_file.h"
#include "broker/storage/file_names.h"
#include "broker/storage/log.h"
#include "broker/storage/segment.h"

namespace weir::storage {

namespace {

io::Path with(io::Path path, std::string_view suffix) {
    path += suffix;
    return path;
}

}  // namespace

StorageResult<void> Log::commitSwap(const CleanedFile& cleaned) {
    std::vector<io::Path> names = cleaned.names();
    std::reverse(names.begin(), names.end());
    for (const io::Path& name : names) {
        if (auto done = m_fileSystem.rename(with(name, kCleanedSuffix), with(name, kSwapSuffix)); !done) {
            // The log's was not renamed, or this is it: nothing has happened.
            for (const io::Path& renamed : names) {
                static_cast<void>(m_fileSystem.remove(with(renamed, kSwapSuffix)));
            }
            return fail(fromIo(done.error()));
        }
    }
    if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
        return fail(wentOffline(fromIo(done.error())));
    }
    return {};
}

StorageResult<void> Log::finishSwap(const SegmentList& sources, const CleanedFile& cleaned, Timestamp now) {
    for (const auto& source : sources) {
        const bool sameName = source == sources.front();
        // What .txnindex files tell stays true; the partition then arranges them by the new segments.
        for (const std::string_view suffix : {kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kSnapshotSuffix}) {
            if (sameName && suffix == kSnapshotSuffix) {
                continue;
            }
            const io::Path file = source->path(suffix);
            if (auto done = m_fileSystem.rename(file, with(file, kDeletedSuffix)); done) {
                m_removals.push_back({with(file, kDeletedSuffix), now});
            } else if (suffix == kLogSuffix) {
                return fail(fromIo(done.error()));
            }
        }
    }
    for (const io::Path& name : cleaned.names()) {
        if (auto done = m_fileSystem.rename(with(name, kSwapSuffix), name); !done) {
            return fail(fromIo(done.error()));
        }
    }
    return {};
}

StorageResult<bool> Log::replaceSegments(const SegmentList& sources, CleanedFile& cleaned, Timestamp now) {
    // Retention and a stop wait here; writers only for the renames below, readers for nothing.
    const std::lock_guard structure(m_structureMutex);
    if (auto usable = checkUsable(); !usable) {
        return fail(std::move(usable).error());
    }
    const ListPointer before = list();
    const auto first = std::find(before->begin(), before->end(), sources.front());
    const auto count = static_cast<std::ptrdiff_t>(sources.size());
    if (m_closed || before->end() - first <= count || !std::equal(sources.begin(), sources.end(), first)) {
        return false;
    }
    for (const auto& source : sources) {
        // Who still reads an old segment must not open the new file of that name.
        if (auto pinned = source->pin(); !pinned) {
            return fail(std::move(pinned).error());
        }
    }
    if (auto done = commitSwap(cleaned); !done) {
        return fail(std::move(done).error());
    }
    cleaned.release();
    const std::lock_guard lock(m_writeMutex);
    if (auto done = finishSwap(sources, cleaned, now); !done) {
        // Some names are the old ones and some the new ones; a start sorts that out.
        return fail(wentOffline(std::move(done).error()));
    }
    SegmentList segments = *list();
    const auto place = std::find(segments.begin(), segments.end(), sources.front());
    auto fresh = Segment::attach(sources.front()->place(), cleaned.base(),
                                 {.size = cleaned.size(), .endOffset = (*(place + count))->baseOffset()}, now);
    if (auto done = fresh->seal(); !done) {
        return fail(wentOffline(std::move(done).error()));
    }
    const auto at = segments.erase(place, place + count);
    segments.insert(at, std::move(fresh));
    publish(std::move(segments));
    return true;
}

}  // namespace weir::storage
