// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/index_check.h"

#include <algorithm>

#include "broker/io/files.h"
#include "broker/storage/file_names.h"

namespace weir::folder {

namespace {

/// index.interval.bytes unless somebody set it: a smaller segment has nothing to index.
constexpr std::uint64_t kUnindexedSize = 4096;

template <class Codec>
std::vector<typename Codec::Entry> entriesOf(const Bytes& bytes) {
    std::vector<typename Codec::Entry> entries;
    for (std::size_t at = 0; at + Codec::kSize <= bytes.size(); at += Codec::kSize) {
        entries.push_back(Codec::load(bytes.data() + at));
    }
    while (!entries.empty() && entries.back() == typename Codec::Entry{}) {
        entries.pop_back();
    }
    return entries;
}

storage::AbortedTransaction abortedAt(const std::byte* from) {
    // After the two bytes of the version.
    return {ProducerId(loadBigEndian<std::int64_t>(from + 2)), Offset(loadBigEndian<std::int64_t>(from + 10)),
            Offset(loadBigEndian<std::int64_t>(from + 18)), Offset(loadBigEndian<std::int64_t>(from + 26))};
}

bool isSame(const storage::AbortedTransaction& a, const storage::AbortedTransaction& b) {
    return a.producerId == b.producerId && a.firstOffset == b.firstOffset && a.lastOffset == b.lastOffset;
}

}  // namespace

IndexCheck::IndexCheck(io::FileSystem& disk, const io::Path& folder, Offset base, std::uint64_t logSize)
    : m_base(base) {
    const auto load = [&](std::string_view suffix, std::size_t entry, auto take) {
        const auto bytes = io::readWholeFile(disk, folder / storage::offsetFileName(base, suffix));
        if (bytes) {
            if (bytes->size() % entry != 0) {
                fault(suffix, bytes->size() / entry * entry, "it ends in half an entry");
            }
            take(*bytes);
        } else if (bytes.error().code != io::IoErrc::kNotFound) {
            fault(suffix, 0, "it cannot be read: " + bytes.error().message);
        } else if (logSize > kUnindexedSize) {
            fault(suffix, 0, "it is missing");
        }
    };
    load(storage::kOffsetIndexSuffix, storage::OffsetEntryCodec::kSize,
         [this](const Bytes& bytes) { m_offsets = entriesOf<storage::OffsetEntryCodec>(bytes); });
    load(storage::kTimeIndexSuffix, storage::TimeEntryCodec::kSize,
         [this](const Bytes& bytes) { m_times = entriesOf<storage::TimeEntryCodec>(bytes); });
    loadTransactions(disk, folder);
}

void IndexCheck::loadTransactions(io::FileSystem& disk, const io::Path& folder) {
    constexpr std::size_t kEntry = storage::TransactionIndex::kEntrySize;
    const auto bytes = io::readWholeFile(disk, folder / storage::offsetFileName(m_base, storage::kTxnIndexSuffix));
    m_hasTransactions = bytes.ok();
    if (!bytes) {
        return;
    }
    for (std::size_t at = 0; at + kEntry <= bytes->size(); at += kEntry) {
        const storage::AbortedTransaction entry = abortedAt(bytes->data() + at);
        if (loadBigEndian<std::int16_t>(bytes->data() + at) != 0 || entry.firstOffset.value < 0 ||
            entry.lastOffset < entry.firstOffset || entry.lastOffset < m_base) {
            fault(storage::kTxnIndexSuffix, at, "an entry cannot be right");
            return;
        }
        m_transactions.push_back(entry);
    }
    if (bytes->size() % kEntry != 0) {
        fault(storage::kTxnIndexSuffix, bytes->size() / kEntry * kEntry, "it ends in half an entry");
    }
}

void IndexCheck::fault(std::string_view suffix, std::uint64_t position, std::string what) {
    m_faults.push_back({storage::offsetFileName(m_base, suffix), position, std::move(what)});
}

void IndexCheck::add(const records::BatchView& batch, std::uint64_t position) {
    const auto wrong = [this](const char* what) {
        if (!m_isOffsetWrong) {
            fault(storage::kOffsetIndexSuffix, m_nextOffset * storage::OffsetEntryCodec::kSize, what);
            m_isOffsetWrong = true;
        }
    };
    for (; m_nextOffset < m_offsets.size() && m_offsets[m_nextOffset].position <= position; ++m_nextOffset) {
        const storage::OffsetEntry& entry = m_offsets[m_nextOffset];
        if (entry.position < position) {
            wrong("an entry points to a place where no batch begins");
        } else if (m_base + static_cast<std::int64_t>(entry.relativeOffset) < batch.lastOffset()) {
            wrong("an entry points behind its offset");
        }
    }
    checkTimes(batch);
}

void IndexCheck::checkTimes(const records::BatchView& batch) {
    const auto wrong = [this](const char* what) {
        if (!m_isTimeWrong) {
            fault(storage::kTimeIndexSuffix, m_nextTime * storage::TimeEntryCodec::kSize, what);
            m_isTimeWrong = true;
        }
    };
    // An entry speaks of everything up to its offset, so it is judged by the batch behind that.
    while (m_nextTime < m_times.size() &&
           m_base + static_cast<std::int64_t>(m_times[m_nextTime].relativeOffset) < batch.baseOffset()) {
        if (m_times[m_nextTime].timestamp < m_latest) {
            wrong("an entry says that nothing up to its offset is later, and something is");
        }
        ++m_nextTime;
    }
    m_latest = std::max(m_latest, storage::indexedTime(batch).value);
}

void IndexCheck::skip(std::uint64_t end) {
    m_isWhole = false;
    while (m_nextOffset < m_offsets.size() && m_offsets[m_nextOffset].position < end) {
        ++m_nextOffset;
    }
}

std::vector<IndexFault> IndexCheck::finish(const std::vector<storage::AbortedTransaction>& aborted) {
    if (m_isWhole && !m_isOffsetWrong && m_nextOffset < m_offsets.size()) {
        fault(storage::kOffsetIndexSuffix, m_nextOffset * storage::OffsetEntryCodec::kSize,
              "an entry points to a place where no batch begins");
    }
    // What is left speaks of the last batch, too.
    if (m_isWhole && !m_isTimeWrong && m_nextTime < m_times.size() && m_times[m_nextTime].timestamp < m_latest) {
        fault(storage::kTimeIndexSuffix, m_nextTime * storage::TimeEntryCodec::kSize,
              "an entry says that nothing up to its offset is later, and something is");
    }
    if (!std::is_sorted(m_times.begin(), m_times.end(), [](const auto& a, const auto& b) {
            return a.timestamp < b.timestamp || a.relativeOffset < b.relativeOffset;
        })) {
        fault(storage::kTimeIndexSuffix, 0, "its entries do not rise");
    }
    for (const storage::AbortedTransaction& each : aborted) {
        const auto known = [&each](const storage::AbortedTransaction& one) { return isSame(one, each); };
        if (std::none_of(m_transactions.begin(), m_transactions.end(), known)) {
            fault(storage::kTxnIndexSuffix, 0,
                  (m_hasTransactions ? "it does not know" : "it is missing, and with it") +
                      std::string(" the aborted transaction of producer ") + std::to_string(each.producerId.value) +
                      " whose marker stands at offset " + std::to_string(each.lastOffset.value));
            break;
        }
    }
    return std::move(m_faults);
}

}  // namespace weir::folder
