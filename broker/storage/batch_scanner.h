// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "broker/io/file_system.h"
#include "broker/records/batch_header.h"
#include "broker/storage/errors.h"
#include "broker/storage/leader_epochs.h"
#include "broker/storage/log_types.h"

namespace weir::storage {

/// Half-open range of byte positions in a segment file.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    [[nodiscard]] std::uint64_t size() const { return end - begin; }
};

/// Walks a stretch of a segment file that nobody vouches for, batch by batch, and finds its way past what is damaged.
/// A batch is valid if its framing, its CRC and its offsets hold: the first are rising within `offsets`, and where an
/// offset lies further ahead than expected (compaction leaves such gaps) the batch after it must agree; the base offset
/// stands outside the CRC, and this is what notices a flipped bit in it.
///
/// Past damage it looks for the next valid batch: where the damaged length says, otherwise byte by byte. Found that way
/// a batch counts only if valid batches follow each other from it to the end of the stretch, because a record may
/// itself hold a batch. What looks like a batch torn off by the end of the file is the torn tail of a crash.
///
/// One thread. Memory: one window of a MiB, or the largest batch.
class BatchScanner {
public:
    struct Item {
        ByteRange where;
        /// Nothing: the range is damaged. A view lives until the next call.
        std::optional<records::BatchView> batch;
    };

    /// May the last batch lie further ahead than expected? Not at the end of a log, where nothing would contradict it.
    enum class LastBatch : std::uint8_t { kMayLeaveGap, kMustJoin };

    BatchScanner(io::File& file, ByteRange stretch, OffsetRange offsets, LastBatch lastBatch);
    /// A batch must also bear the leader epoch that `epochs`, which outlive the scanner, give for its offset: the epoch
    /// too stands outside the CRC.
    void compareEpochs(const LeaderEpochs& epochs) { m_epochs = &epochs; }

    /// The next batch or damaged range; nothing at the end of the stretch.
    [[nodiscard]] StorageResult<std::optional<Item>> next();
    /// Offset after the last valid batch.
    [[nodiscard]] Offset expected() const { return m_expected; }

private:
    enum class Chain : std::uint8_t { kMayBeTorn, kToTheEnd };

    [[nodiscard]] StorageResult<ByteView> window(std::uint64_t at, std::size_t size);
    /// The valid batch at `at` whose offsets start at or after `atLeast`.
    [[nodiscard]] StorageResult<std::optional<records::BatchView>> validAt(std::uint64_t at, Offset atLeast);
    [[nodiscard]] StorageResult<bool> crcHolds(std::uint64_t at, std::uint64_t size, std::uint32_t stored);
    [[nodiscard]] StorageResult<bool> agreesWithNext(std::uint64_t nextAt, Offset nextOffset);
    /// Where something is damaged offsets are missing. A batch behind it that goes on as if none were may have its base
    /// offset wrong: it counts only if the one behind that goes on at once too.
    [[nodiscard]] StorageResult<bool> canFollowDamage(std::uint64_t at, const records::BatchView& batch);
    [[nodiscard]] StorageResult<std::uint64_t> findNextValid(std::uint64_t damagedAt);
    [[nodiscard]] StorageResult<std::uint64_t> search(std::uint64_t from, Chain chain);
    [[nodiscard]] StorageResult<bool> chainHolds(std::uint64_t at, Chain chain);

    io::File& m_file;
    ByteRange m_stretch;
    OffsetRange m_offsets;
    LastBatch m_lastBatch;
    const LeaderEpochs* m_epochs = nullptr;
    Offset m_expected;
    std::uint64_t m_position;

    Bytes m_window;
    std::uint64_t m_windowAt = 0;
    std::size_t m_windowSize = 0;
};

}  // namespace weir::storage
