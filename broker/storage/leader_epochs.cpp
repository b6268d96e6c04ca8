// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/leader_epochs.h"

#include <algorithm>
#include <limits>

#include "broker/io/files.h"
#include "broker/storage/checkpoint_text.h"

namespace weir::storage {

LeaderEpochs::LeaderEpochs(io::FileSystem& fileSystem, io::Path folder)
    : m_fileSystem(fileSystem), m_file(folder / "leader-epoch-checkpoint") {
    if (const auto bytes = io::readWholeFile(m_fileSystem, m_file)) {
        if (const auto lines = readEpochs(asText(*bytes))) {
            for (const EpochLine& line : *lines) {
                m_entries.push_back({line.epoch, line.start});
            }
        }
    }
}

void LeaderEpochs::insert(LeaderEpoch epoch, Offset start) {
    if (!m_entries.empty() && m_entries.back().epoch >= epoch) {
        return;
    }
    while (!m_entries.empty() && m_entries.back().start >= start) {
        m_entries.pop_back();
    }
    m_entries.push_back({epoch, start});
}

StorageResult<void> LeaderEpochs::assign(LeaderEpoch epoch, Offset start) {
    {
        const std::lock_guard lock(m_mutex);
        insert(epoch, start);
    }
    return save();
}

void LeaderEpochs::observe(LeaderEpoch epoch, Offset start) {
    const std::lock_guard lock(m_mutex);
    insert(epoch, start);
}

void LeaderEpochs::truncateEnd(Offset end) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_entries, [end](const Entry& entry) { return entry.start > end; });
}

void LeaderEpochs::truncateStart(Offset start) {
    const std::lock_guard lock(m_mutex);
    const auto first =
        std::partition_point(m_entries.begin(), m_entries.end(), [start](const Entry& e) { return e.start <= start; });
    if (first == m_entries.begin()) {
        return;
    }
    m_entries.erase(m_entries.begin(), first - 1);
    m_entries.front().start = start;
}

StorageResult<void> LeaderEpochs::save() {
    const std::lock_guard lock(m_mutex);
    std::vector<EpochLine> lines;
    for (const Entry& entry : m_entries) {
        lines.push_back({entry.epoch, entry.start});
    }
    if (auto done = io::replaceFile(m_fileSystem, m_file, asBytes(writeEpochs(lines))); !done) {
        m_isSaved = false;
        return fail(fromIo(done.error()));
    }
    m_isSaved = true;
    return {};
}

std::optional<LeaderEpoch> LeaderEpochs::latest() const {
    const std::lock_guard lock(m_mutex);
    return m_entries.empty() ? std::nullopt : std::optional(m_entries.back().epoch);
}

LeaderEpochs::Span LeaderEpochs::spanOf(Offset offset) const {
    const std::lock_guard lock(m_mutex);
    const auto next = std::partition_point(m_entries.begin(), m_entries.end(),
                                           [offset](const Entry& e) { return e.start <= offset; });
    return {.epoch = next == m_entries.begin() ? std::nullopt : std::optional((next - 1)->epoch),
            .end = next == m_entries.end() ? Offset(std::numeric_limits<std::int64_t>::max()) : next->start};
}

LeaderEpochs::EpochEnd LeaderEpochs::endOf(LeaderEpoch requested, Offset logEnd) const {
    const std::lock_guard lock(m_mutex);
    if (requested.value < 0 || m_entries.empty() || requested > m_entries.back().epoch) {
        return {};
    }
    if (requested == m_entries.back().epoch) {
        return {requested, logEnd};
    }
    const auto higher = std::partition_point(m_entries.begin(), m_entries.end(),
                                             [requested](const Entry& e) { return e.epoch <= requested; });
    if (higher == m_entries.begin()) {
        return {requested, higher->start};
    }
    return {(higher - 1)->epoch, higher->start};
}

std::vector<LeaderEpochs::Entry> LeaderEpochs::entries() const {
    const std::lock_guard lock(m_mutex);
    return m_entries;
}

}  // namespace weir::storage
