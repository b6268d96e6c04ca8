// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/indexes.h"

namespace weir::storage {

IndexBuilder::Step IndexBuilder::add(const Batch& batch, std::int64_t intervalBytes) {
    Step step;
    const auto relative = static_cast<std::uint32_t>(batch.lastOffset - m_base);
    if (batch.maxTimestamp.value > m_largest.timestamp) {
        m_largest = {batch.maxTimestamp.value, relative};
    }
    const bool behindGap = m_expected && batch.baseOffset > *m_expected;
    m_expected = batch.lastOffset + 1;
    if (behindGap || m_bytesSinceEntry > static_cast<std::uint64_t>(intervalBytes)) {
        step.addOffset = true;
        step.offset = {relative, batch.position};
        if (m_largest.timestamp > m_lastTimeEntry) {
            step.addTime = true;
            step.time = m_largest;
            m_lastTimeEntry = m_largest.timestamp;
        }
        m_bytesSinceEntry = 0;
    }
    m_bytesSinceEntry += batch.size;
    return step;
}

std::optional<TimeEntry> IndexBuilder::takeSeal() {
    if (m_largest.timestamp <= m_lastTimeEntry) {
        return std::nullopt;
    }
    m_lastTimeEntry = m_largest.timestamp;
    return m_largest;
}

bool rises(const std::vector<OffsetEntry>& entries, std::uint64_t size) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].position >= size || (i > 0 && (entries[i].relativeOffset <= entries[i - 1].relativeOffset ||
                                                      entries[i].position <= entries[i - 1].position))) {
            return false;
        }
    }
    return true;
}

bool rises(const std::vector<TimeEntry>& entries) {
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].timestamp <= entries[i - 1].timestamp ||
            entries[i].relativeOffset <= entries[i - 1].relativeOffset) {
            return false;
        }
    }
    return true;
}

void IndexBuilder::resume(const std::optional<TimeEntry>& time) {
    m_bytesSinceEntry = 0;
    m_expected.reset();
    if (time) {
        m_largest = *time;
        m_lastTimeEntry = time->timestamp;
    }
}

}  // namespace weir::storage
