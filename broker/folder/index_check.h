// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/io/file_system.h"
#include "broker/records/batch_header.h"
#include "broker/storage/indexes.h"
#include "broker/storage/transaction_index.h"

namespace weir::folder {

/// An index file that is missing, or that would lead a broker astray.
struct IndexFault {
    std::string file;
    /// The first byte that is wrong; 0 for a missing file.
    std::uint64_t position = 0;
    std::string what;
};

/// Holds the index files of one segment against its batches while they go by. Nothing here is needed for reading: it
/// is for the report. A file that is longer than its entries because it was made in advance is in order.
/// One thread.
class IndexCheck {
public:
    /// `logSize`: of the segment file; a small one need not have indexes.
    IndexCheck(io::FileSystem& disk, const io::Path& folder, Offset base, std::uint64_t logSize);

    void add(const records::BatchView& batch, std::uint64_t position);
    /// Bytes that are no batches: entries that point into them say nothing.
    void skip(std::uint64_t end);
    /// After the last batch, with what the markers of the segment told.
    [[nodiscard]] std::vector<IndexFault> finish(const std::vector<storage::AbortedTransaction>& aborted);

    /// What the .txnindex says, for markers that are lost; nothing if it cannot be read.
    [[nodiscard]] const std::vector<storage::AbortedTransaction>& transactions() const { return m_transactions; }

private:
    void checkTimes(const records::BatchView& batch);
    void fault(std::string_view suffix, std::uint64_t position, std::string what);
    void loadTransactions(io::FileSystem& disk, const io::Path& folder);

    Offset m_base;
    std::vector<IndexFault> m_faults;
    std::vector<storage::OffsetEntry> m_offsets;
    std::size_t m_nextOffset = 0;
    bool m_isOffsetWrong = false;
    std::vector<storage::TimeEntry> m_times;
    std::size_t m_nextTime = 0;
    bool m_isTimeWrong = false;
    std::int64_t m_latest = kNoTimestamp.value;
    bool m_isWhole = true;
    bool m_hasTransactions = false;
    std::vector<storage::AbortedTransaction> m_transactions;
};

}  // namespace weir::folder
