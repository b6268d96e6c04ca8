// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/scanner.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "app/cluster/schema_reader.h"
#include "app/jobs/worker_pool.h"

namespace weir::app {

namespace {

/// The first slice is small so that the first hit shows at once; each next one is twice as large.
constexpr std::int64_t kFirstSliceRows = 4096;
constexpr std::int64_t kLastSliceRows = 256 << 10;
constexpr std::int64_t kPieceOffsets = 32 << 10;
constexpr std::size_t kSlicesAhead = 8;
/// Bytes end a chunk, hardly ever records: what is fetched and not handed out would be fetched again.
constexpr std::int32_t kChunkRecords = 64 << 10;
constexpr std::int64_t kChunkBytes = 256 << 10;
constexpr std::int64_t kLeastChunkBytes = 64 << 10;

struct Piece {
    PartitionId partition;
    Offset from;
    Offset until;
    std::vector<Match> matches;
};

struct Slice {
    std::vector<Piece> pieces;
    std::size_t handedOut = 0;
    std::size_t finished = 0;
};

/// What one thread keeps from piece to piece.
struct Worker {
    SchemaReader schemas;
    Matcher::Scratch scratch;
    std::int64_t bytesPerOffset = 0;

    // What is read beyond the end of a piece is read again with the next, so the last chunk is only as long as needed.
    [[nodiscard]] std::int64_t bytesFor(std::int64_t offsets) const {
        return bytesPerOffset == 0 ? kChunkBytes
                                   : std::clamp<std::int64_t>(offsets * bytesPerOffset, kLeastChunkBytes, kChunkBytes);
    }
};

// Pieces stand by partition and offset; the largest timestamp so far keeps a partition's matches in offset order.
std::vector<Match> inTimeOrder(Slice& slice) {
    struct Timed {
        std::int64_t time;
        Match match;
    };
    std::vector<Timed> all;
    std::int64_t time = -1;
    PartitionId partition{-1};
    bool isSorted = true;
    for (Piece& piece : slice.pieces) {
        if (piece.partition != partition) {
            partition = piece.partition;
            time = -1;
        }
        for (const Match& match : piece.matches) {
            time = std::max(time, match.timestamp.value);
            isSorted = isSorted && (all.empty() || all.back().time <= time);
            all.push_back({time, match});
        }
        piece.matches = {};
    }
    if (!isSorted) {
        std::stable_sort(all.begin(), all.end(), [](const Timed& a, const Timed& b) { return a.time < b.time; });
    }
    std::vector<Match> matches;
    matches.reserve(all.size());
    for (const Timed& timed : all) {
        matches.push_back(timed.match);
    }
    return matches;
}

std::uint64_t hashOfKey(const RecordView& record) {
    return record.key ? std::hash<std::string_view>{}(asText(*record.key)) | 1U : 0;
}

}  // namespace

struct Scanner::Run {
    const Scanner& scanner;
    RowIndex& index;
    std::int64_t nextRow;
    /// Where planning ends: at or before nextRow when it goes back.
    std::int64_t lastRow;
    JobControl& control;
    ScanStats& stats;
    const OnMatches& onMatches;

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Slice> slices;
    std::vector<Offset> position;
    std::int64_t sliceRows = kFirstSliceRows;
    bool isPublishing = false;
    bool isOver = false;
    std::optional<ClusterError> error;

    [[nodiscard]] bool isBackward() const { return scanner.m_options.order == ScanOrder::kNewestFirst; }
    [[nodiscard]] bool isPlanned() const { return nextRow == lastRow; }

    // Plans the next slice, the rows between nextRow and `to`; mutex held, so that one thread at a time uses the index.
    bool planSlice() {
        const std::int64_t to =
            isBackward() ? std::max(lastRow, nextRow - sliceRows) : std::min(lastRow, nextRow + sliceRows);
        auto reached = index.positionsAt(to);
        if (!reached) {
            error = reached.error();
            isOver = true;
            return false;
        }
        Slice slice;
        const std::vector<Offset>& from = isBackward() ? *reached : position;
        const std::vector<Offset>& until = isBackward() ? position : *reached;
        for (std::size_t i = 0; i < until.size(); ++i) {
            for (Offset at = from[i]; at < until[i];) {
                const Offset end = std::min(until[i], at + kPieceOffsets);
                slice.pieces.push_back({index.spans()[i].partition, at, end, {}});
                at = end;
            }
        }
        slices.push_back(std::move(slice));
        position = *std::move(reached);
        nextRow = to;
        sliceRows = std::min(sliceRows * 2, kLastSliceRows);
        return true;
    }

    // The next piece to read and its slice; nullptr when there is no more to hand out.
    std::pair<Slice*, Piece*> take() {
        std::unique_lock lock(mutex);
        for (;;) {
            if (isOver || control.isStopped()) {
                return {nullptr, nullptr};
            }
            for (Slice& slice : slices) {
                if (slice.handedOut < slice.pieces.size()) {
                    Piece* const piece = &slice.pieces[slice.handedOut++];
                    return {&slice, piece};
                }
            }
            if (isPlanned()) {
                return {nullptr, nullptr};
            }
            if (slices.size() < kSlicesAhead) {
                if (!planSlice()) {
                    return {nullptr, nullptr};
                }
                continue;
            }
            changed.wait(lock);
        }
    }

    // Publishes every slice at the front that is complete; one thread at a time, without the lock while it publishes.
    void finish(Slice& slice) {
        std::unique_lock lock(mutex);
        ++slice.finished;
        if (isPublishing) {
            return;
        }
        isPublishing = true;
        while (!slices.empty() && slices.front().finished == slices.front().pieces.size() &&
               slices.front().handedOut == slices.front().pieces.size() && !isOver && !control.isStopped()) {
            Slice done = std::move(slices.front());
            slices.pop_front();
            lock.unlock();
            auto matches = inTimeOrder(done);
            if (isBackward()) {
                std::reverse(matches.begin(), matches.end());
            }
            const bool goesOn = matches.empty() || onMatches(std::move(matches));
            lock.lock();
            isOver = isOver || !goesOn;
        }
        isPublishing = false;
        changed.notify_all();
    }

    void scan(Piece& piece, Worker& worker) {
        Offset at = piece.from;
        while (at < piece.until && !control.isStopped()) {
            ReadRequest request;
            request.partition = {scanner.m_topic, piece.partition};
            request.from = at;
            request.until = piece.until;
            request.maxRecords = kChunkRecords;
            request.maxBytes = worker.bytesFor(piece.until - at);
            request.isolation = scanner.m_options.isolation;
            // Raw bytes tell nothing of what only a schema can read.
            const RecordSieve* const sieve = worker.schemas.isUsed() ? nullptr : scanner.m_matcher.sieve();
            const auto chunk =
                sieve == nullptr ? scanner.m_cluster.read(request) : scanner.m_cluster.search(request, *sieve);
            if (!chunk) {
                at = behindDeleted(request.partition, at, piece.until);
                continue;
            }
            collect(**chunk, piece, worker);
            const Offset next = std::min((*chunk)->next, piece.until);
            stats.bytes += (*chunk)->bytesScanned;
            if (next <= at) {
                break;
            }
            stats.records += next - at;
            worker.bytesPerOffset = std::max<std::int64_t>(1, (*chunk)->bytesScanned / ((*chunk)->next - at));
            at = next;
        }
    }

    Offset behindDeleted(const TopicPartition& partition, Offset at, Offset until) {
        const auto earliest = scanner.m_cluster.offsetFor(partition, {OffsetSpecKind::kEarliest, kNoTimestamp});
        if (earliest && *earliest > at) {
            const Offset next = std::min(*earliest, until);
            stats.lost += next - at;
            return next;
        }
        ++stats.errors;
        return until;
    }

    void collect(const RecordChunk& chunk, Piece& piece, Worker& worker) {
        const Matcher& matcher = scanner.m_matcher;
        const std::size_t before = piece.matches.size();
        for (const RecordView& record : chunk.records) {
            const bool isWanted = worker.schemas.isUsed() ? matcher.matches(worker.schemas.readable(record),
                                                                            piece.partition, worker.scratch)
                                                          : matcher.matches(record, piece.partition, worker.scratch);
            if (isWanted) {
                piece.matches.push_back({record.offset, record.timestamp, piece.partition,
                                         scanner.m_options.hashKeys ? hashOfKey(record) : 0});
            }
        }
        stats.matched += static_cast<std::int64_t>(piece.matches.size() - before);
    }

    void work() {
        lowerThreadPriority();
        Worker worker{SchemaReader(scanner.m_cluster, scanner.m_topic), {}, 0};
        for (auto [slice, piece] = take(); piece != nullptr; std::tie(slice, piece) = take()) {
            scan(*piece, worker);
            finish(*slice);
        }
        changed.notify_all();
    }
};

Scanner::Scanner(Cluster& cluster, std::string topic, const Matcher& matcher, ScanOptions options)
    : m_cluster(cluster), m_topic(std::move(topic)), m_matcher(matcher), m_options(options) {
    if (m_options.threads == 0) {
        m_options.threads = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
    }
}

ClusterResult<void> Scanner::run(RowIndex& index, std::int64_t firstRow, std::int64_t endRow, JobControl& control,
                                 ScanStats& stats, const OnMatches& onMatches) {
    const bool isBackward = m_options.order == ScanOrder::kNewestFirst;
    endRow = std::max(firstRow, endRow);
    const std::int64_t start = isBackward ? endRow : firstRow;
    auto position = index.positionsAt(start);
    if (!position) {
        return fail(ClusterError(position.error()));
    }
    Run run{
        *this, index, start, isBackward ? firstRow : endRow, control, stats, onMatches, {}, {}, {}, {}, kFirstSliceRows,
        false, false, {}};
    run.position = *std::move(position);
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(m_options.threads));
    for (int i = 0; i < m_options.threads; ++i) {
        threads.emplace_back([&run] { run.work(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    if (run.error) {
        return fail(std::move(*run.error));
    }
    return {};
}

}  // namespace weir::app
