// SPDX-License-Identifier: GPL-3.0-or-later
// What leaves a log: retention, deleted records, and the files behind them.
#include <array>

#include "broker/storage/file_names.h"
#include "broker/storage/log.h"
#include "broker/storage/log_directory.h"
#include "broker/storage/segment.h"

namespace weir::storage {

namespace {

/// The log first: without it nobody takes the others for a segment.
constexpr std::array kSegmentSuffixes{kLogSuffix, kOffsetIndexSuffix, kTimeIndexSuffix, kTxnIndexSuffix,
                                      kSnapshotSuffix};

}  // namespace

StorageResult<void> Log::deleteRecordsBefore(Offset offset, Timestamp now) {
    const std::lock_guard structure(m_structureMutex);
    const std::lock_guard lock(m_writeMutex);
    if (auto usable = checkUsable(); !usable) {
        return usable;
    }
    if (offset > endOffset()) {
        return fail(StorageErrc::kOffsetOutOfRange, "records cannot be deleted beyond the end");
    }
    // Durable before anybody is told: deleted records must not come back. Where retention has begun the log is written
    // nowhere, and what it took may be there again after a power cut.
    const Offset durable = m_directory.logStart(m_partition).value_or(Offset(0));
    if (offset > durable) {
        if (auto done = m_directory.setLogStart(m_partition, offset); !done) {
            return done;
        }
    }
    if (offset <= startOffset()) {
        return {};
    }
    m_start.store(offset.value);
    m_epochs->truncateStart(offset);
    const ListPointer segments = list();
    std::size_t count = 0;
    while (count + 1 < segments->size() && (*segments)[count + 1]->baseOffset() <= offset) {
        ++count;
    }
    return dropSegments(count, now);
}

std::size_t Log::expiredSegments(const SegmentList& segments, Offset upTo, Timestamp now) const {
    std::int64_t total = 0;
    for (const auto& segment : segments) {
        total += static_cast<std::int64_t>(segment->size());
    }
    std::size_t count = 0;
    for (; count < segments.size(); ++count) {
        Segment& segment = *segments[count];
        const bool active = count + 1 == segments.size();
        const Offset end = active ? endOffset() : segments[count + 1]->baseOffset();
        if (end > upTo || (active && segment.size() == 0)) {
            break;
        }
        const auto size = static_cast<std::int64_t>(segment.size());
        const bool tooMuch =
            m_options.deletes && m_options.retentionBytes >= 0 && total - m_options.retentionBytes >= size;
        bool tooOld = false;
        if (m_options.deletes && m_options.retentionMs >= 0) {
            const auto largest = segment.largestTimestamp();
            tooOld = largest && now.value - segment.timeForRetention(*largest).value > m_options.retentionMs;
        }
        if (!tooMuch && !tooOld && (active || end > startOffset())) {
            break;
        }
        total -= size;
    }
    return count;
}

StorageResult<std::size_t> Log::applyRetention(Offset upTo, Timestamp now) {
    const std::lock_guard structure(m_structureMutex);
    const std::lock_guard lock(m_writeMutex);
    if (auto usable = checkUsable(); !usable) {
        return fail(std::move(usable).error());
    }
    const std::size_t count = expiredSegments(*list(), upTo, now);
    if (count == 0) {
        return count;
    }
    if (count == list()->size()) {
        // A log always has an active segment, and its offsets go on where they were.
        if (auto done = roll(endOffset(), now); !done) {
            return fail(std::move(done).error());
        }
    }
    if (auto done = dropSegments(count, now); !done) {
        return fail(std::move(done).error());
    }
    return count;
}

StorageResult<void> Log::dropSegments(std::size_t count, Timestamp now) {
    if (count == 0) {
        return {};
    }
    SegmentList segments = *list();
    std::size_t dropped = 0;
    StorageResult<void> result;
    for (; dropped < count; ++dropped) {
        const Segment& segment = *segments[dropped];
        for (const std::string_view suffix : kSegmentSuffixes) {
            const io::Path file = segment.path(suffix);
            io::Path renamed = file;
            renamed += kDeletedSuffix;
            if (auto done = m_fileSystem.rename(file, renamed); done) {
                m_removals.push_back({std::move(renamed), now});
            } else if (suffix == kLogSuffix) {
                result = fail(fromIo(done.error()));
                break;
            }
        }
        if (!result) {
            break;
        }
        m_logger.info("{}: segment {} goes", m_folder.string(), segment.baseOffset().value);
    }
    segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(dropped));
    const Offset first = segments.front()->baseOffset();
    if (first > startOffset()) {
        m_start.store(first.value);
        m_epochs->truncateStart(first);
    }
    publish(std::move(segments));
    return result;
}

std::size_t Log::removeDeletedFiles(Timestamp now) {
    std::vector<io::Path> due;
    {
        const std::lock_guard lock(m_writeMutex);
        while (!m_removals.empty() && now.value - m_removals.front().since.value >= m_options.fileDeleteDelayMs) {
            due.push_back(std::move(m_removals.front().file));
            m_removals.pop_front();
        }
    }
    for (const io::Path& file : due) {
        if (auto done = m_fileSystem.remove(file); !done && done.error().code != io::IoErrc::kNotFound) {
            m_logger.warn("{}", done.error().message);
        }
    }
    return due.size();
}

void Log::closeIdleFiles() {
    // Only what is on stable storage: an error of a later write-back is reported to descriptors that were open.
    for (const auto& segment : *list()) {
        if (segment->endOffset() <= recoveryPoint()) {
            segment->closeIfIdle();
        }
    }
}

}  // namespace weir::storage
