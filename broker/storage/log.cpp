// SPDX-License-Identifier: GPL-3.0-or-later
// Opening and writing a log; reading is in log_read.cpp, retention in log_retention.cpp.
#include "broker/storage/log.h"

#include <limits>

#include "broker/base/hash.h"
#include "broker/storage/file_names.h"
#include "broker/storage/log_directory.h"
#include "broker/storage/recovery.h"
#include "broker/storage/segment.h"

namespace weir::storage {

namespace {

constexpr std::int64_t kMostRelative = std::numeric_limits<std::int32_t>::max();

}  // namespace

Log::Log(const Where& where, const LogOptions& options)
    : m_directory(where.directory),
      m_fileSystem(where.directory.fileSystem()),
      m_partition(where.partition),
      m_folder(where.directory.pathOf(where.partition)),
      m_logger(where.directory.logger()),
      m_epochs(std::make_unique<LeaderEpochs>(m_fileSystem, m_folder)),
      m_options(options) {}

Log::~Log() = default;

StorageResult<std::unique_ptr<Log>> Log::open(const Where& where, const LogOptions& options, Timestamp now) {
    std::unique_ptr<Log> log(new Log(where, options));
    log->m_wasScanned = where.directory.needsScan(where.partition);
    Recovery recovery({.directory = where.directory,
                       .partition = where.partition,
                       .options = options,
                       .epochs = *log->m_epochs,
                       .now = now});
    auto recovered = recovery.run();
    if (!recovered) {
        return fail(std::move(recovered).error());
    }
    const Offset end = recovered->segments.back()->endOffset();
    log->m_start = recovered->start.value;
    log->m_end = end.value;
    log->m_highestEpoch = recovered->highestEpoch;
    log->m_damage = std::move(recovered->damage);
    // A scan ends with everything synced, save indexes that there was no room for; a clean stop did the same.
    const Offset synced = recovered->indexedUpTo.value_or(end);
    log->m_recoveryPoint = synced.value;
    log->m_committed = end.value;
    log->m_namesDirty = !recovered->namesSynced;
    const auto noted = where.directory.recoveryPoint(where.partition);
    where.directory.setRecoveryPoint(where.partition, synced);
    if (noted && synced < *noted) {
        // Less is there than the checkpoint says. After another crash it would vouch for what is appended now.
        if (auto done = where.directory.writeCheckpoints(); !done && done.error().code != StorageErrc::kDiskFull) {
            return fail(std::move(done).error());
        }
    }
    where.directory.noteOpened(where.partition);
    log->publish(std::move(recovered->segments));
    return log;
}

StorageResult<void> Log::beginEpoch(LeaderEpoch epoch) {
    if (auto done = m_epochs->assign(epoch, endOffset()); !done) {
        return done;
    }
    // The file of the epochs was put in place in the same folder, which was synced for it.
    m_namesDirty = false;
    return {};
}

Log::ListPointer Log::list() const {
    const std::lock_guard lock(m_listMutex);
    return m_segments;
}

void Log::publish(SegmentList segments) {
    auto fresh = std::make_shared<const SegmentList>(std::move(segments));
    const std::lock_guard lock(m_listMutex);
    m_segments.swap(fresh);
}

StorageResult<void> Log::checkUsable() const {
    if (m_offline) {
        return fail(StorageErrc::kOffline, m_folder.string() + " is offline after a disk error");
    }
    return {};
}

StorageError Log::wentOffline(StorageError why) {
    m_offline = true;
    m_logger.error("{} goes offline: {}", m_folder.string(), why.message);
    why.code = StorageErrc::kOffline;
    return why;
}

std::int64_t Log::jitterFor(Offset base) const {
    const std::int64_t most = std::min(m_options.segmentJitterMs, m_options.segmentMs);
    if (most <= 0) {
        return 0;
    }
    // Spread, but the same after a restart.
    return (static_cast<std::uint32_t>(murmur2(asBytes(m_folder.string() + std::to_string(base.value))))) % most;
}

bool Log::mustRoll(const Segment& active, const records::BatchView& batch, Timestamp now) const {
    if (batch.lastOffset() - active.baseOffset() > kMostRelative) {
        return true;
    }
    if (active.size() == 0) {
        return false;
    }
    const auto most = static_cast<std::uint64_t>(std::min(m_options.segmentBytes, kMostRelative));
    // The active segment is not compacted: it must end in time for max.compaction.lag.ms (KIP-354).
    const std::int64_t longest =
        m_options.compacts ? std::min(m_options.segmentMs, m_options.compactionMaxLagMs) : m_options.segmentMs;
    return active.size() + batch.size() > most || active.indexesFull(m_options.segmentIndexBytes) ||
           active.ageFor(batch.maxTimestamp(), now) > longest - std::min(longest, jitterFor(active.baseOffset()));
}

StorageResult<void> Log::roll(Offset base, Timestamp now) {
    SegmentList segments = *list();
    if (auto done = segments.back()->seal(); !done) {
        return done;
    }
    auto fresh = Segment::create({m_fileSystem, m_folder, m_logger, m_options.indexIntervalBytes}, base, now);
    if (!fresh) {
        return fail(std::move(fresh).error());
    }
    m_namesDirty = true;
    segments.push_back(std::move(*fresh));
    publish(std::move(segments));
    return {};
}

StorageResult<Log::AppendEffect> Log::append(const records::BatchView& batch, Timestamp now) {
    const std::lock_guard lock(m_writeMutex);
    if (auto usable = checkUsable(); !usable) {
        return fail(std::move(usable).error());
    }
    if (!m_epochs->isSaved()) {
        if (auto saved = m_epochs->save(); !saved) {
            return fail(std::move(saved).error());
        }
    }
    WEIR_ASSERT(batch.baseOffset() >= endOffset());
    if (batch.size() > static_cast<std::size_t>(std::min(m_options.segmentBytes, kMostRelative))) {
        return fail(StorageErrc::kTooLarge, "a batch of " + std::to_string(batch.size()) + " bytes fits no segment");
    }
    AppendEffect effect;
    std::shared_ptr<Segment> active = list()->back();
    if (active->isSealed() || mustRoll(*active, batch, now)) {
        if (auto rolled = roll(batch.baseOffset(), now); !rolled) {
            return fail(std::move(rolled).error());
        }
        effect.rolled = true;
        active = list()->back();
    }
    if (auto appended = active->append(batch, m_options.indexIntervalBytes); !appended) {
        if (active->isBroken()) {
            return fail(wentOffline(std::move(appended).error()));
        }
        return fail(std::move(appended).error());
    }
    std::int64_t clean = kNoTimestamp.value;
    m_dirtySince.compare_exchange_strong(clean, now.value);
    const std::int64_t unflushed = m_unflushedRecords.fetch_add(batch.recordCount()) + batch.recordCount();
    effect.flushDue = unflushed >= m_options.flushMessages;
    m_end.store(batch.nextOffset().value);
    return effect;
}

StorageResult<Offset> Log::flush() {
    return sync(SyncDepth::kDataAndIndexes);
}
StorageResult<Offset> Log::commit() {
    return sync(SyncDepth::kData);
}

StorageResult<Offset> Log::sync(SyncDepth depth) {
    const std::lock_guard lock(m_flushMutex);
    if (auto usable = checkUsable(); !usable) {
        return fail(std::move(usable).error());
    }
    const std::int64_t unflushed = m_unflushedRecords.load();
    const std::int64_t dirtySince = m_dirtySince.exchange(kNoTimestamp.value);
    const Offset end = endOffset();
    const bool indexes = depth == SyncDepth::kDataAndIndexes;
    const Offset from(indexes ? m_recoveryPoint.load() : m_committed.load());
    if (end <= from && !m_namesDirty) {
        return end;
    }
    const ListPointer segments = list();
    if (m_namesDirty.exchange(false)) {
        if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
            return fail(wentOffline(fromIo(done.error())));
        }
    }
    for (const auto& segment : *segments) {
        if (segment->endOffset() <= from) {
            continue;
        }
        // Never tried again: the kernel may have dropped the pages and would call the second attempt a success.
        if (auto done = segment->syncData(); !done) {
            return fail(wentOffline(std::move(done).error()));
        }
    }
    m_unflushedRecords -= unflushed;
    m_committed.store(std::max(m_committed.load(), end.value));
    if (!indexes) {
        return end;
    }
    for (const auto& segment : *segments) {
        if (segment->endOffset() <= from) {
            continue;
        }
        if (auto done = segment->syncIndexes(); !done) {
            // The records are safe; only the scan after a crash would be longer.
            m_dirtySince.store(dirtySince);
            return fail(std::move(done).error());
        }
    }
    m_recoveryPoint.store(end.value);
    m_directory.setRecoveryPoint(m_partition, end);
    return end;
}

void Log::setOptions(const LogOptions& options) {
    const std::lock_guard lock(m_writeMutex);
    m_options = options;
}

std::optional<Timestamp> Log::dirtySince() const {
    const std::int64_t since = m_dirtySince.load();
    return since == kNoTimestamp.value ? std::nullopt : std::optional(Timestamp(since));
}

Offset Log::activeBase() const {
    return list()->back()->baseOffset();
}

bool Log::hasUnflushedSegments() const {
    return recoveryPoint() < list()->back()->baseOffset();
}

StorageResult<void> Log::close() {
    {
        const std::lock_guard structure(m_structureMutex);
        m_closed = true;
    }
    {
        const std::lock_guard lock(m_writeMutex);
        if (auto usable = checkUsable(); !usable) {
            return usable;
        }
        // Its last time entry need not be synced: a start without it adds it again from the tail.
        if (auto done = list()->back()->seal(); !done) {
            return done;
        }
    }
    if (auto done = flush(); !done) {
        return fail(std::move(done).error());
    }
    m_directory.noteClosed(m_partition);
    return {};
}

}  // namespace weir::storage
