// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, housekeeping and the ways a partition ends.
#include <algorithm>
#include <limits>

#include "broker/io/files.h"
#include "broker/storage/file_names.h"
#include "broker/storage/log_directory.h"
#include "broker/topics/partition.h"

namespace weir::topics {

Partition::Partition(const PartitionContext& context, TopicPartition id, TopicId topicId, PartitionOptions options)
    : m_context(context),
      m_id(std::move(id)),
      m_topicId(topicId),
      m_logger(context.logger),
      m_options(options),
      m_firstUnstable(std::numeric_limits<std::int64_t>::max()) {}

Partition::~Partition() = default;

PartitionResult<std::shared_ptr<Partition>> Partition::open(const PartitionContext& context, TopicPartition id,
                                                            TopicId topicId, PartitionOptions options) {
    std::shared_ptr<Partition> partition(new Partition(context, std::move(id), topicId, options));
    if (auto done = partition->openFiles(); !done) {
        PartitionError error = std::move(done).error();
        if (partition->m_diskFull) {
            error.code = PartitionErrc::kNoRoom;
        }
        return fail(std::move(error));
    }
    return partition;
}

PartitionResult<void> Partition::openFiles() {
    if (auto done = m_context.directory.prepare(m_id, m_topicId); !done) {
        return fail(fromStorage(done.error()));
    }
    if (auto done = openLog(); !done) {
        return done;
    }
    return loadProducers();
}

PartitionResult<void> Partition::openLog() {
    auto log = storage::Log::open({.directory = m_context.directory, .partition = m_id}, m_options.log,
                                  Timestamp(m_context.clock.wallNowMs()));
    if (!log) {
        return fail(fromStorage(log.error()));
    }
    m_log = std::move(*log);
    const auto highest = m_log->highestEpoch();
    m_leaderEpoch = highest.value_or(LeaderEpoch(0));
    if (highest && m_log->wasScanned()) {
        // What was acknowledged and not flushed may be lost: clients learn by the epoch that offsets may have been
        // given again (KIP-320).
        ++m_leaderEpoch;
    }
    if (m_log->epochs().latest() != m_leaderEpoch) {
        if (auto done = m_log->beginEpoch(m_leaderEpoch);
            !done && done.error().code != storage::StorageErrc::kDiskFull) {
            return fail(fromStorage(done.error()));
        }
    }
    m_highWatermark = m_log->endOffset().value;
    m_aborted = std::make_unique<storage::TransactionIndex>(m_log->fileSystem(), m_log->folder());
    return {};
}

PartitionResult<void> Partition::loadProducers() {
    io::FileSystem& disk = m_log->fileSystem();
    const auto entries = disk.list(m_log->folder());
    if (!entries) {
        return fail(fromStorage(storage::fromIo(entries.error())));
    }
    std::vector<Offset> snapshots;
    for (const io::DirectoryEntry& entry : *entries) {
        if (const auto at = storage::offsetOfFileName(entry.name, storage::kSnapshotSuffix)) {
            snapshots.push_back(*at);
        }
    }
    std::sort(snapshots.rbegin(), snapshots.rend());
    const bool isIndexed = m_aborted->load().ok();
    const Timestamp now(m_context.clock.wallNowMs());
    Offset from = m_log->startOffset();
    bool loaded = false;
    std::vector<Offset> mustGo;
    for (const Offset at : snapshots) {
        const io::Path file = m_log->folder() / storage::offsetFileName(at, storage::kSnapshotSuffix);
        const bool isOfLongerLog = at > m_log->endOffset();
        // One from before the log's start has transactions open whose markers are deleted: nothing would end them.
        if (!loaded && !isOfLongerLog && at >= m_log->startOffset()) {
            const auto bytes = io::readWholeFile(disk, file);
            if (auto state = bytes ? ProducerState::fromSnapshot(*bytes, now) : std::nullopt) {
                m_producers = std::move(*state);
                from = at;
                loaded = true;
                if (isIndexed) {
                    continue;
                }
            }
        }
        if (isOfLongerLog || !isIndexed) {
            // A start to come would believe it: of records that are not there, once the log is as long again, or that
            // what has been found again of the index by then is all of it.
            mustGo.push_back(at);
        } else {
            // Unreadable, too old, or older than one that is good: all that counts is in the log.
            static_cast<void>(disk.remove(file));
        }
    }
    if (auto gone = removeSnapshots(mustGo); !gone) {
        return gone;
    }
    // Entries below a snapshot were on the disk before it was written. What lies behind is found again.
    if (auto cut = m_aborted->cutFrom(isIndexed ? from : Offset(0)); !cut) {
        m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, cut.error().message);
    }
    arrangeAborted();
    if (!isIndexed) {
        m_logger.warn("{}-{}: aborted transactions are looked for in the whole log", m_id.topic, m_id.partition.value);
        rebuildAborted(from, now);
    }
    replay(from, now);
    if (!isIndexed) {
        writeProducerSnapshot(m_log->endOffset());
    }
    publishFirstUnstable();
    const auto known = m_producers.summaries();
    m_hasTransactions = std::any_of(known.begin(), known.end(), [](const ProducerSummary& each) {
        return each.coordinatorEpoch >= 0 || each.txnFirstOffset != kNoOffset;
    });
    return {};
}

PartitionResult<void> Partition::removeSnapshots(const std::vector<Offset>& ends) {
    io::FileSystem& disk = m_log->fileSystem();
    for (const Offset at : ends) {
        const io::Path file = m_log->folder() / storage::offsetFileName(at, storage::kSnapshotSuffix);
        if (auto done = disk.remove(file); !done && done.error().code != io::IoErrc::kNotFound) {
            return fail(fromStorage(storage::fromIo(done.error())));
        }
    }
    if (!ends.empty()) {
        if (auto done = disk.syncDirectory(m_log->folder()); !done) {
            return fail(fromStorage(storage::fromIo(done.error())));
        }
    }
    return {};
}

void Partition::writeProducerSnapshot(Offset at) {
    if (at.value == 0) {
        return;
    }
    // A start trusts the index of aborted transactions up to its newest snapshot.
    if (auto synced = m_aborted->sync(); !synced) {
        m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, synced.error().message);
        return;
    }
    io::FileSystem& disk = m_log->fileSystem();
    const io::Path path = m_log->folder() / storage::offsetFileName(at, storage::kSnapshotSuffix);
    const auto file = disk.open(path, io::OpenMode::kCreate);
    const Bytes bytes = m_producers.toSnapshot();
    // Not synced and allowed to fail: its CRC tells, and the log it shortens the reading of is still there.
    if (!file || !(*file)->truncate(io::FilePosition{0}) || !(*file)->write(io::FilePosition{0}, bytes)) {
        m_logger.warn("{} could not be written", path.string());
    }
}

void Partition::setOptions(const PartitionOptions& options) {
    const std::lock_guard lock(m_appendMutex);
    m_options = options;
    m_log->setOptions(options.log);
}

PartitionResult<Offset> Partition::deleteRecordsBefore(Offset before) {
    if (auto serving = checkServing(); !serving) {
        return fail(std::move(serving).error());
    }
    const Offset highWatermark = readableEnd(Isolation::kReadUncommitted);
    const Offset wanted = before == kNoOffset ? highWatermark : before;
    if (wanted.value < 0 || wanted > highWatermark) {
        return fail(PartitionErrc::kOffsetOutOfRange,
                    "records can be deleted up to " + std::to_string(highWatermark.value));
    }
    if (auto done = m_log->deleteRecordsBefore(wanted, Timestamp(m_context.clock.wallNowMs())); !done) {
        return fail(fromStorage(done.error()));
    }
    return m_log->startOffset();
}

void Partition::housekeep(Timestamp now) {
    if (!m_serving) {
        return;
    }
    PartitionOptions options;
    {
        const std::lock_guard lock(m_appendMutex);
        options = m_options;
        m_producers.expire(now, options.producerExpiryMs);
    }
    if (auto done = m_log->applyRetention(readableEnd(Isolation::kReadUncommitted), now); !done) {
        m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, fromStorage(done.error()).message);
    }
    m_aborted->forgetBefore(m_log->startOffset());
    const auto dirtySince = m_log->dirtySince();
    const bool due = dirtySince && now.value - dirtySince->value >= options.log.flushMs;
    if (due || m_log->hasUnflushedSegments()) {
        if (auto done = flush(); !done) {
            m_logger.warn("{}-{}: {}", m_id.topic, m_id.partition.value, done.error().message);
        }
    }
    m_context.directory.writeCheckpointsIfDue(now);
    m_log->removeDeletedFiles(now);
    m_log->closeIdleFiles();
}

PartitionResult<void> Partition::flush() {
    if (auto serving = checkServing(); !serving) {
        return serving;
    }
    const auto upTo = m_log->flush();
    if (!upTo) {
        return fail(fromStorage(upTo.error()));
    }
    committed(*upTo);
    return {};
}

PartitionResult<void> Partition::close() {
    storage::StorageResult<void> closed;
    {
        const std::lock_guard lock(m_appendMutex);
        if (auto serving = checkServing(); !serving) {
            return serving;
        }
        writeProducerSnapshot(m_log->endOffset());
        closed = m_log->close();
    }
    if (!closed) {
        return fail(fromStorage(closed.error()));
    }
    committed(m_log->committedOffset());
    goOffline("the broker is stopping");
    return {};
}

PartitionResult<void> Partition::remove() {
    storage::StorageResult<void> retired;
    {
        const std::lock_guard lock(m_appendMutex);
        if (m_deleted.exchange(true)) {
            return {};
        }
        retired = m_context.directory.retire(m_id);
        m_deleted = retired.ok();
    }
    if (!retired) {
        return fail(fromStorage(retired.error()));
    }
    goOffline("the topic was deleted");
    return {};
}

}  // namespace weir::topics
