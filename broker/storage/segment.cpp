// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/segment.h"

#include <limits>

#include "broker/storage/file_names.h"

namespace weir::storage {

namespace {

constexpr std::int64_t kMostRelative = std::numeric_limits<std::int32_t>::max();

}  // namespace

Segment::Segment(const Place& place, Offset base, Timestamp now)
    : m_place(place),
      m_base(base),
      m_createdMs(now.value),
      m_end(base.value),
      m_builder(base),
      m_offsetIndex(place.fileSystem, path(kOffsetIndexSuffix)),
      m_timeIndex(place.fileSystem, path(kTimeIndexSuffix)) {
    for (auto& hint : m_hints) {
        hint.store(kNoHint, std::memory_order_relaxed);
    }
}

io::Path Segment::path(std::string_view suffix) const {
    return m_place.folder / offsetFileName(m_base, suffix);
}
io::Path Segment::logPath() const {
    return path(kLogSuffix);
}

StorageResult<std::shared_ptr<Segment>> Segment::create(const Place& place, Offset base, Timestamp now) {
    std::shared_ptr<Segment> segment(new Segment(place, base, now));
    auto file = place.fileSystem.open(segment->logPath(), io::OpenMode::kCreateNew);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    segment->m_file = std::move(*file);
    // Kafka's tools expect the index files of every segment, empty ones included.
    for (auto done : {segment->m_offsetIndex.replaceAll({}), segment->m_timeIndex.replaceAll({})}) {
        if (!done) {
            static_cast<void>(place.fileSystem.remove(segment->logPath()));
            return fail(std::move(done).error());
        }
    }
    segment->m_prepared = true;
    return segment;
}

std::shared_ptr<Segment> Segment::attach(const Place& place, Offset base, const Contents& contents, Timestamp now) {
    std::shared_ptr<Segment> segment(new Segment(place, base, now));
    segment->m_size = contents.size;
    segment->m_end = contents.endOffset.value;
    return segment;
}

StorageResult<std::shared_ptr<io::File>> Segment::file() const {
    m_usedSinceIdleCheck.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(m_fileMutex);
    if (!m_file) {
        auto opened = m_place.fileSystem.open(logPath(), io::OpenMode::kWrite);
        if (!opened) {
            return fail(fromIo(opened.error()));
        }
        m_file = std::move(*opened);
    }
    return m_file;
}

void Segment::closeIfIdle() {
    if (m_usedSinceIdleCheck.exchange(false, std::memory_order_relaxed)) {
        return;
    }
    const std::lock_guard lock(m_fileMutex);
    if (!m_pinned) {
        m_file.reset();
    }
}

StorageResult<void> Segment::pin() {
    if (auto done = prepareIndexes(); !done) {
        return done;
    }
    {
        const std::lock_guard lock(m_fileMutex);
        m_pinned = true;
    }
    if (auto opened = file(); !opened) {
        return fail(std::move(opened).error());
    }
    return {};
}

StorageResult<void> Segment::append(const records::BatchView& batch, std::int64_t indexIntervalBytes) {
    const std::uint64_t position = size();
    WEIR_ASSERT(!m_sealed && !m_broken);
    WEIR_ASSERT(batch.baseOffset() >= endOffset());
    WEIR_ASSERT(batch.lastOffset() - m_base <= kMostRelative);
    WEIR_ASSERT(position + batch.size() <= static_cast<std::uint64_t>(kMostRelative));
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    if (auto written = (*opened)->write(io::FilePosition{position}, batch.bytes()); !written) {
        m_broken = !(*opened)->truncate(io::FilePosition{position}).ok();
        return fail(fromIo(written.error()));
    }
    const IndexBuilder::Step step = m_builder.add({.baseOffset = batch.baseOffset(),
                                                   .lastOffset = batch.lastOffset(),
                                                   .maxTimestamp = indexedTime(batch),
                                                   .position = static_cast<SegmentPosition>(position),
                                                   .size = static_cast<std::uint32_t>(batch.size())},
                                                  indexIntervalBytes);
    if (step.addOffset) {
        m_offsetIndex.append(step.offset);
    }
    if (step.addTime) {
        m_timeIndex.append(step.time);
    }
    if (m_firstTimestamp.load(std::memory_order_relaxed) == kNoTimestamp.value) {
        m_firstTimestamp.store(batch.maxTimestamp().value, std::memory_order_relaxed);
    }
    m_largestTimestamp.store(m_builder.largestTimestamp().value, std::memory_order_relaxed);
    m_end.store(batch.nextOffset().value, std::memory_order_release);
    m_size.store(position + batch.size(), std::memory_order_release);
    if (step.addOffset && m_offsetIndex.wantsWriting()) {
        // What cannot be written now waits in memory, and is rebuilt from the batches if it never is.
        static_cast<void>(m_offsetIndex.write());
        static_cast<void>(m_timeIndex.write());
    }
    return {};
}

StorageResult<void> Segment::seal() {
    if (m_sealed) {
        return {};
    }
    if (m_prepared) {
        if (const auto last = m_builder.takeSeal()) {
            m_timeIndex.append(*last);
        }
        if (auto done = m_offsetIndex.write(); !done) {
            return done;
        }
        if (auto done = m_timeIndex.write(); !done) {
            return done;
        }
    }
    m_sealed = true;
    return {};
}

bool Segment::indexesFull(std::int64_t segmentIndexBytes) const {
    const auto most = [&](std::size_t entrySize) { return static_cast<std::size_t>(segmentIndexBytes) / entrySize; };
    // One time entry stays free for the one that sealing adds.
    return m_offsetIndex.size() >= most(OffsetEntryCodec::kSize) ||
           m_timeIndex.size() + 1 >= most(TimeEntryCodec::kSize);
}

Timestamp Segment::firstTimestamp() const {
    const std::int64_t known = m_firstTimestamp.load(std::memory_order_relaxed);
    if (known < 0 && size() > 0) {
        std::array<std::byte, records::kBatchHeaderSize> header{};
        if (readExactly(0, header)) {
            return records::readHeader(header).maxTimestamp;
        }
    }
    return Timestamp(known);
}

std::int64_t Segment::ageFor(Timestamp batchTime, Timestamp now) const {
    const std::int64_t first = firstTimestamp().value;
    return first >= 0 ? batchTime.value - first : now.value - m_createdMs;
}

StorageResult<void> Segment::syncData() {
    auto opened = file();
    if (!opened) {
        return fail(std::move(opened).error());
    }
    if (auto done = (*opened)->sync(); !done) {
        return fail(fromIo(done.error()));
    }
    return {};
}

StorageResult<void> Segment::syncIndexes() {
    if (auto done = m_offsetIndex.writeAndSync(); !done) {
        return done;
    }
    return m_timeIndex.writeAndSync();
}

std::int64_t Segment::indexBytes() const {
    return static_cast<std::int64_t>(m_offsetIndex.size() * OffsetEntryCodec::kSize +
                                     m_timeIndex.size() * TimeEntryCodec::kSize);
}

}  // namespace weir::storage
