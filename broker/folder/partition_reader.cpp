// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/partition_reader.h"

#include <algorithm>
#include <utility>

#include "broker/records/chunk_builder.h"

namespace weir::folder {

namespace {

constexpr std::size_t kLeastWindow = std::size_t{64} << 10;
constexpr std::size_t kMostWindow = std::size_t{8} << 20;
/// Kafka's OFFSET_OUT_OF_RANGE and CORRUPT_MESSAGE.
constexpr std::int16_t kOutOfRange = 1;
constexpr std::int16_t kCorrupt = 2;

ClusterError storageError(std::string message) {
    return {ClusterErrc::kStorage, kCorrupt, std::move(message)};
}

/// Whole batches of a log, a window at a time, from the place before an offset on.
class Batches {
public:
    Batches(io::FileSystem& disk, const PartitionContents& contents, Offset from, std::size_t window)
        : m_disk(disk), m_contents(contents), m_window(std::clamp(window, kLeastWindow, kMostWindow)) {
        const auto above = std::upper_bound(contents.places.begin(), contents.places.end(), from,
                                            [](Offset offset, const Place& place) { return offset < place.base; });
        const auto at = above == contents.places.begin() ? above : above - 1;
        if (at == contents.places.end()) {
            m_segment = contents.segments.size();
        } else {
            m_segment = at->segment;
            m_position = at->position;
        }
    }

    /// The batches at the next position, in a buffer that the caller shares; empty at the end of the log.
    ClusterResult<std::shared_ptr<const Bytes>> next() {
        for (; m_segment < m_contents.segments.size(); ++m_segment, m_position = 0, m_file.reset()) {
            const SegmentContents& segment = m_contents.segments[m_segment];
            if (const std::uint64_t end = endOfSound(segment); m_position < end) {
                return read(segment, end);
            }
        }
        return std::shared_ptr<const Bytes>();
    }
    /// Of what next() answered, `bytes` were whole batches.
    void used(std::size_t bytes) { m_position += bytes; }

private:
    /// Where the sound stretch ends in which the position stands, after stepping over damage at it.
    std::uint64_t endOfSound(const SegmentContents& segment) {
        for (const storage::ByteRange& each : segment.damaged) {
            if (each.begin <= m_position && m_position < each.end) {
                m_position = each.end;
            } else if (m_position < each.begin) {
                return each.begin;
            }
        }
        return segment.size;
    }

    ClusterResult<std::shared_ptr<const Bytes>> read(const SegmentContents& segment, std::uint64_t end) {
        if (m_file == nullptr) {
            auto opened = m_disk.open(segment.file, io::OpenMode::kRead);
            if (!opened) {
                return fail(storageError(opened.error().message + '.'));
            }
            m_file = *std::move(opened);
        }
        auto bytes = std::make_shared<Bytes>();
        for (std::uint64_t size = m_window;;) {
            bytes->resize(static_cast<std::size_t>(std::min(size, end - m_position)));
            const auto got = m_file->read(io::FilePosition{m_position}, *bytes);
            if (!got) {
                return fail(storageError(got.error().message + '.'));
            }
            const records::Frame frame = records::frameAt(ByteView(*bytes).first(*got));
            if (frame.framing == records::Framing::kWhole) {
                bytes->resize(*got);
                return std::shared_ptr<const Bytes>(std::move(bytes));
            }
            // A batch larger than the window is read whole; anything else was not there when the log was scanned.
            if (frame.framing != records::Framing::kPartial || frame.size <= size || *got < bytes->size() ||
                frame.size > end - m_position) {
                return fail(storageError(segment.file.string() + " has changed at byte " + std::to_string(m_position) +
                                         " since it was opened."));
            }
            size = frame.size;
        }
    }

    io::FileSystem& m_disk;
    const PartitionContents& m_contents;
    const std::size_t m_window;
    std::size_t m_segment = 0;
    std::uint64_t m_position = 0;
    std::unique_ptr<io::File> m_file;
};

/// Makes one chunk.
class Reading {
public:
    Reading(const PartitionContents& contents, const ReadRequest& request, const RecordSieve* sieve)
        : m_contents(contents),
          m_request(request),
          m_chunk(std::make_shared<RecordChunk>()),
          m_builder(request, sieve, m_codec, m_scratch, *m_chunk) {
        m_chunk->partition = request.partition;
        m_chunk->next = request.from;
        m_chunk->logStart = contents.logStart;
        m_chunk->highWatermark = contents.end;
        m_chunk->lastStable = contents.lastStable;
    }

    ClusterResult<std::shared_ptr<const RecordChunk>> run(io::FileSystem& disk) {
        Batches batches(disk, m_contents, m_request.from,
                        static_cast<std::size_t>(std::max<std::int64_t>(m_request.maxBytes, 1)));
        while (m_chunk->bytesScanned < std::max<std::int64_t>(m_request.maxBytes, 1)) {
            auto bytes = batches.next();
            if (!bytes) {
                return fail(ClusterError(bytes.error()));
            }
            if (*bytes == nullptr) {
                m_chunk->next = std::max(m_chunk->next, limit());
                break;
            }
            records::BatchWalker walker(**bytes);
            const std::size_t before = m_chunk->records.size();
            const auto goesOn = takeAll(walker);
            if (m_chunk->records.size() > before) {
                m_chunk->memory.push_back(*bytes);
            }
            if (!goesOn) {
                return fail(ClusterError(goesOn.error()));
            }
            if (!*goesOn) {
                break;
            }
            batches.used(walker.position());
        }
        return std::shared_ptr<const RecordChunk>(std::move(m_chunk));
    }

private:
    [[nodiscard]] Offset limit() const {
        const Offset end = m_request.isolation == Isolation::kReadCommitted ? m_contents.lastStable : m_contents.end;
        return m_request.until == kNoOffset ? end : std::min(end, m_request.until);
    }

    ClusterResult<bool> takeAll(records::BatchWalker& walker) {
        while (const auto batch = walker.next()) {
            if (batch->nextOffset() <= m_request.from) {
                continue;
            }
            if (batch->baseOffset() >= limit()) {
                m_chunk->next = std::max(m_chunk->next, limit());
                return false;
            }
            if (!batch->checkCrc()) {
                return fail(storageError("The batch at offset " + std::to_string(batch->baseOffset().value) + " of " +
                                         m_request.partition.topic + " has changed since the folder was opened."));
            }
            const auto goesOn = take(*batch);
            if (!goesOn || !*goesOn) {
                return goesOn;
            }
        }
        return true;
    }

    ClusterResult<bool> take(const records::BatchView& batch) {
        const TransactionOutcome outcome = outcomeOf(m_contents, batch);
        m_chunk->bytesScanned += static_cast<std::int64_t>(batch.size());
        if (outcome == TransactionOutcome::kAborted && m_request.isolation == Isolation::kReadCommitted) {
            m_chunk->next = batch.nextOffset();
            return true;
        }
        const std::size_t before = m_chunk->batches.size();
        const auto goesOn = m_builder.add(batch);
        if (m_chunk->batches.size() > before) {
            m_chunk->batches.back().outcome = outcome;
        }
        if (!goesOn) {
            return fail(storageError(goesOn.error()));
        }
        return *goesOn;
    }

    const PartitionContents& m_contents;
    const ReadRequest& m_request;
    std::shared_ptr<RecordChunk> m_chunk;
    records::Codec m_codec;
    Bytes m_scratch;
    records::ChunkBuilder m_builder;
};

/// The first record of a batch that is `at` or later.
std::optional<Offset> firstNotOlder(const records::BatchView& batch, Timestamp at, Offset from, records::Codec& codec,
                                    Bytes& scratch) {
    auto records = records::RecordIterator::open(batch, codec, scratch);
    if (!records) {
        return std::nullopt;
    }
    for (RecordView record; records->next(record);) {
        if (record.timestamp >= at && record.offset >= from) {
            return record.offset;
        }
    }
    return std::nullopt;
}

ClusterResult<Offset> firstNotOlder(io::FileSystem& disk, const PartitionContents& contents, Timestamp at) {
    Offset found = kNoOffset;
    const auto place = std::find_if(contents.places.begin(), contents.places.end(),
                                    [at](const Place& each) { return each.maxTimestamp >= at; });
    if (place == contents.places.end()) {
        return found;
    }
    records::Codec codec;
    Bytes scratch;
    const auto done =
        forEachBatch(disk, contents, std::max(place->base, contents.logStart), [&](const records::BatchView& batch) {
            if (batch.maxTimestamp() >= at) {
                found = firstNotOlder(batch, at, contents.logStart, codec, scratch).value_or(kNoOffset);
            }
            return found == kNoOffset;
        });
    return done ? ClusterResult<Offset>(found) : fail(ClusterError(done.error()));
}

}  // namespace

TransactionOutcome outcomeOf(const PartitionContents& contents, const records::BatchView& batch) {
    if (!batch.isTransactional() || batch.isControl()) {
        return TransactionOutcome::kNone;
    }
    // Sorted by the marker: whatever ends before the batch cannot hold it.
    const auto from = std::lower_bound(
        contents.aborted.begin(), contents.aborted.end(), batch.baseOffset(),
        [](const storage::AbortedTransaction& each, Offset offset) { return each.lastOffset < offset; });
    for (auto each = from; each != contents.aborted.end(); ++each) {
        if (each->producerId == batch.producerId() && each->firstOffset <= batch.baseOffset()) {
            return TransactionOutcome::kAborted;
        }
    }
    if (batch.baseOffset() >= contents.lastStable) {
        for (const ProducerInfo& each : contents.producers) {
            if (each.id == batch.producerId() && each.txnFirstOffset != kNoOffset &&
                each.txnFirstOffset <= batch.baseOffset()) {
                return TransactionOutcome::kOpen;
            }
        }
    }
    return TransactionOutcome::kCommitted;
}

ClusterResult<void> forEachBatch(io::FileSystem& disk, const PartitionContents& contents, Offset from,
                                 const std::function<bool(const records::BatchView&)>& take) {
    Batches batches(disk, contents, from, kLeastWindow);
    for (;;) {
        const auto bytes = batches.next();
        if (!bytes) {
            return fail(ClusterError(bytes.error()));
        }
        if (*bytes == nullptr) {
            return {};
        }
        records::BatchWalker walker(**bytes);
        while (const auto batch = walker.next()) {
            if (batch->nextOffset() > from && batch->checkCrc() && !take(*batch)) {
                return {};
            }
        }
        batches.used(walker.position());
    }
}

ClusterResult<std::shared_ptr<const RecordChunk>> readRecords(io::FileSystem& disk, const PartitionContents& contents,
                                                              const ReadRequest& request, const RecordSieve* sieve) {
    if (request.from < contents.logStart || request.from > contents.end) {
        return fail(ClusterError{ClusterErrc::kInvalid, kOutOfRange,
                                 "Offset " + std::to_string(request.from.value) + " is outside of " +
                                     request.partition.topic + "-" + std::to_string(request.partition.partition.value) +
                                     ", which has offsets " + std::to_string(contents.logStart.value) + " to " +
                                     std::to_string(contents.end.value) + '.'});
    }
    return Reading(contents, request, sieve).run(disk);
}

ClusterResult<Offset> findOffset(io::FileSystem& disk, const PartitionContents& contents, const OffsetSpec& spec) {
    switch (spec.kind) {
        case OffsetSpecKind::kEarliest:
            return contents.logStart;
        case OffsetSpecKind::kLatest:
            return contents.end;
        case OffsetSpecKind::kAtTimestamp:
            return firstNotOlder(disk, contents, spec.at);
        case OffsetSpecKind::kMaxTimestamp:
            return contents.maxTimestamp == kNoTimestamp ? ClusterResult<Offset>(kNoOffset)
                                                         : firstNotOlder(disk, contents, contents.maxTimestamp);
    }
    return kNoOffset;
}

}  // namespace weir::folder
