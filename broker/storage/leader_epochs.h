// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "broker/io/file_system.h"
#include "broker/model/ids.h"
#include "broker/storage/errors.h"

namespace weir::storage {

/// Which leader epoch wrote which offsets of one log: the list that tells a client whether what it read is still the
/// log's content. Kept in `leader-epoch-checkpoint` (version line, count line, then "epoch startOffset" lines).
/// Rules: KIP-101, KIP-320, Kafka's LeaderEpochFileCache. Thread safe; the file is written under the lock, so `assign`
/// and the truncations belong to open, not to the append path.
class LeaderEpochs {
public:
    struct Entry {
        LeaderEpoch epoch;
        Offset start;
        bool operator==(const Entry&) const = default;
    };
    struct EpochEnd {
        LeaderEpoch epoch = kNoLeaderEpoch;
        Offset end = kNoOffset;
        bool operator==(const EpochEnd&) const = default;
    };

    /// Reads the checkpoint in `folder`; a missing or unreadable one is an empty list (recovery fills it from batches).
    LeaderEpochs(io::FileSystem& fileSystem, io::Path folder);

    /// `epoch` writes from `start` on. An entry that never wrote anything (same or later start) goes away; an epoch not
    /// above the latest changes nothing. On disk when it returns; with kDiskFull it stands in memory, where it is good
    /// for reading, and isSaved() is false until a `save` finds room.
    StorageResult<void> assign(LeaderEpoch epoch, Offset start);
    /// As `assign`, for batches met while scanning: not written until `save`.
    void observe(LeaderEpoch epoch, Offset start);
    /// The log was cut: epochs that start behind `end` never were. One that starts at `end` has yet to write.
    void truncateEnd(Offset end);
    /// Records before `start` are gone; the epoch there begins at `start` now.
    void truncateStart(Offset start);
    StorageResult<void> save();
    /// Nothing may be appended while the file is behind: after a restart those batches would be of an unknown epoch.
    [[nodiscard]] bool isSaved() const { return m_isSaved.load(std::memory_order_relaxed); }

    [[nodiscard]] std::optional<LeaderEpoch> latest() const;
    /// The epoch that wrote `offset` and where the next one begins (the largest offset if there is none).
    struct Span {
        std::optional<LeaderEpoch> epoch;
        Offset end;
    };
    [[nodiscard]] Span spanOf(Offset offset) const;
    [[nodiscard]] std::optional<LeaderEpoch> epochOf(Offset offset) const { return spanOf(offset).epoch; }
    /// Where `requested` ends (OffsetForLeaderEpoch): the latest epoch ends at `logEnd`; an unknown later one nowhere;
    /// one between ends, as the largest epoch not above it, where the next begins; one before all, as itself, where
    /// the first begins.
    [[nodiscard]] EpochEnd endOf(LeaderEpoch requested, Offset logEnd) const;
    [[nodiscard]] std::vector<Entry> entries() const;

private:
    void insert(LeaderEpoch epoch, Offset start);

    io::FileSystem& m_fileSystem;
    io::Path m_file;
    mutable std::mutex m_mutex;
    std::vector<Entry> m_entries;
    std::atomic<bool> m_isSaved{true};
};

}  // namespace weir::storage
