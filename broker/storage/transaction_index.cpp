// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/transaction_index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker/io/files.h"
#include "broker/storage/file_names.h"

namespace weir::storage {

namespace {

constexpr std::int16_t kVersion = 0;

void encode(const AbortedTransaction& entry, std::byte* to) {
    storeBigEndian<std::int16_t>(to, kVersion);
    storeBigEndian<std::int64_t>(to + 2, entry.producerId.value);
    storeBigEndian<std::int64_t>(to + 10, entry.firstOffset.value);
    storeBigEndian<std::int64_t>(to + 18, entry.lastOffset.value);
    storeBigEndian<std::int64_t>(to + 26, entry.lastStableOffset.value);
}

AbortedTransaction decode(const std::byte* from) {
    return {.producerId = ProducerId(loadBigEndian<std::int64_t>(from + 2)),
            .firstOffset = Offset(loadBigEndian<std::int64_t>(from + 10)),
            .lastOffset = Offset(loadBigEndian<std::int64_t>(from + 18)),
            .lastStableOffset = Offset(loadBigEndian<std::int64_t>(from + 26))};
}

}  // namespace

TransactionIndex::TransactionIndex(io::FileSystem& fileSystem, io::Path folder)
    : m_fileSystem(fileSystem), m_folder(std::move(folder)) {}

io::Path TransactionIndex::fileOf(Offset segment) const {
    return m_folder / offsetFileName(segment, kTxnIndexSuffix);
}

StorageResult<void> TransactionIndex::load() {
    const std::lock_guard lock(m_mutex);
    m_segments.clear();
    const auto files = m_fileSystem.list(m_folder);
    if (!files) {
        return fail(fromIo(files.error()));
    }
    StorageResult<void> result;
    for (const io::DirectoryEntry& entry : *files) {
        if (const auto base = offsetOfFileName(entry.name, kTxnIndexSuffix)) {
            if (auto done = loadFile(m_folder / entry.name, *base); !done) {
                result = std::move(done);
            }
        }
    }
    dropCopies();
    Offset last = kNoOffset;
    for (const auto& [base, segment] : m_segments) {
        for (const AbortedTransaction& entry : segment.entries) {
            if (entry.lastOffset <= last || entry.firstOffset > entry.lastOffset || entry.firstOffset.value < 0) {
                result = fail(StorageErrc::kCorrupt, fileOf(base).string() + " is out of order");
            }
            last = entry.lastOffset;
        }
    }
    return result;
}

void TransactionIndex::dropCopies() {
    const std::vector<AbortedTransaction>* before = nullptr;
    for (auto& [base, segment] : m_segments) {
        if (before != nullptr && !segment.entries.empty() &&
            std::search(before->begin(), before->end(), segment.entries.begin(), segment.entries.end()) !=
                before->end()) {
            segment.entries.clear();
            segment.dirty = true;
            static_cast<void>(replace(base, segment));
        } else if (!segment.entries.empty()) {
            before = &segment.entries;
        }
    }
}

StorageResult<void> TransactionIndex::loadFile(const io::Path& file, Offset segment) {
    Segment& loaded = m_segments[segment];
    loaded.rewrite = true;
    const auto bytes = io::readWholeFile(m_fileSystem, file);
    if (!bytes) {
        return fail(fromIo(bytes.error()));
    }
    if (bytes->size() % kEntrySize != 0) {
        return fail(StorageErrc::kCorrupt, file.string() + " has half an entry");
    }
    for (std::size_t at = 0; at < bytes->size(); at += kEntrySize) {
        if (loadBigEndian<std::int16_t>(bytes->data() + at) != kVersion) {
            return fail(StorageErrc::kCorrupt, file.string() + " has an entry of an unknown version");
        }
        loaded.entries.push_back(decode(bytes->data() + at));
    }
    loaded.rewrite = false;
    return {};
}

StorageResult<void> TransactionIndex::cutFrom(Offset offset) {
    const std::lock_guard lock(m_mutex);
    StorageResult<void> result;
    for (auto& [base, segment] : m_segments) {
        const auto gone =
            std::erase_if(segment.entries, [&](const AbortedTransaction& e) { return e.lastOffset >= offset; });
        if (gone > 0 || segment.rewrite || segment.entries.empty()) {
            segment.dirty = true;
            // What goes stood behind what stays.
            const bool isTail = !segment.rewrite && !segment.entries.empty();
            if (auto done = isTail ? shorten(base, segment) : replace(base, segment); !done) {
                result = std::move(done);
            }
        }
    }
    return result;
}

void TransactionIndex::add(Offset segment, const AbortedTransaction& aborted) {
    const std::lock_guard lock(m_mutex);
    Segment& at = m_segments[segment];
    WEIR_ASSERT(at.entries.empty() || at.entries.back().lastOffset < aborted.lastOffset);
    at.entries.push_back(aborted);
    at.dirty = true;
    // What fails here is tried again, as a whole, by `sync`.
    static_cast<void>(at.rewrite ? replace(segment, at) : append(segment, at));
}

StorageResult<void> TransactionIndex::append(Offset base, Segment& segment) const {
    segment.rewrite = true;
    const auto file = m_fileSystem.open(fileOf(base), io::OpenMode::kCreate);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    std::array<std::byte, kEntrySize> bytes{};
    encode(segment.entries.back(), bytes.data());
    if (auto done = (*file)->write(io::FilePosition{(segment.entries.size() - 1) * kEntrySize}, bytes); !done) {
        return fail(fromIo(done.error()));
    }
    segment.rewrite = false;
    return {};
}

StorageResult<void> TransactionIndex::replace(Offset base, Segment& segment) const {
    segment.rewrite = true;
    if (segment.entries.empty()) {
        if (auto done = m_fileSystem.remove(fileOf(base)); !done && done.error().code != io::IoErrc::kNotFound) {
            return fail(fromIo(done.error()));
        }
    } else {
        Bytes bytes(segment.entries.size() * kEntrySize);
        for (std::size_t i = 0; i < segment.entries.size(); ++i) {
            encode(segment.entries[i], bytes.data() + i * kEntrySize);
        }
        if (auto done = io::replaceFile(m_fileSystem, fileOf(base), bytes); !done) {
            return fail(fromIo(done.error()));
        }
    }
    segment.rewrite = false;
    return {};
}

StorageResult<void> TransactionIndex::shorten(Offset base, Segment& segment) const {
    segment.rewrite = true;
    const auto file = m_fileSystem.open(fileOf(base), io::OpenMode::kWrite);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    if (auto done = (*file)->truncate(io::FilePosition{segment.entries.size() * kEntrySize}); !done) {
        return fail(fromIo(done.error()));
    }
    if (auto done = (*file)->sync(); !done) {
        return fail(fromIo(done.error()));
    }
    segment.rewrite = false;
    return {};
}

StorageResult<void> TransactionIndex::sync() {
    const std::lock_guard lock(m_mutex);
    bool names = false;
    for (auto& [base, segment] : m_segments) {
        if (!segment.dirty) {
            continue;
        }
        names = true;
        if (segment.rewrite) {
            if (auto done = replace(base, segment); !done) {
                return done;
            }
            continue;
        }
        if (segment.entries.empty()) {
            continue;
        }
        const auto file = m_fileSystem.open(fileOf(base), io::OpenMode::kWrite);
        if (!file && file.error().code == io::IoErrc::kNotFound) {
            // Retention has taken the segment and its file.
            continue;
        }
        if (!file) {
            return fail(fromIo(file.error()));
        }
        if (auto done = (*file)->sync(); !done) {
            // What is in the file is not known any more.
            segment.rewrite = true;
            return fail(fromIo(done.error()));
        }
    }
    if (names) {
        if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
            return fail(fromIo(done.error()));
        }
    }
    for (auto& [base, segment] : m_segments) {
        segment.dirty = false;
    }
    std::erase_if(m_segments, [](const auto& each) { return each.second.entries.empty(); });
    return {};
}

StorageResult<void> TransactionIndex::forget(const std::vector<Offset>& markers) {
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [base, segment] : m_segments) {
            const auto gone = std::erase_if(segment.entries, [&](const AbortedTransaction& entry) {
                return std::find(markers.begin(), markers.end(), entry.lastOffset) != markers.end();
            });
            if (gone > 0) {
                segment.rewrite = true;
                segment.dirty = true;
                changed = true;
            }
        }
    }
    return changed ? sync() : StorageResult<void>();
}

StorageResult<void> TransactionIndex::arrange(const std::vector<Offset>& segments) {
    if (segments.empty()) {
        return {};
    }
    bool changed = false;
    {
        const std::lock_guard lock(m_mutex);
        for (auto at = m_segments.begin(); at != m_segments.end() && at->first <= segments.back(); ++at) {
            auto& [base, segment] = *at;
            const auto behind = std::upper_bound(segments.begin(), segments.end(), base);
            if (segment.entries.empty() || (behind != segments.begin() && *std::prev(behind) == base)) {
                continue;
            }
            if (behind != segments.begin()) {
                // The new place first, whole or not at all: nothing of it may be nowhere.
                Segment& into = m_segments[*std::prev(behind)];
                const std::size_t known = into.entries.size();
                into.entries.insert(into.entries.end(), segment.entries.begin(), segment.entries.end());
                into.dirty = true;
                if (auto done = replace(*std::prev(behind), into); !done) {
                    into.entries.resize(known);
                    return done;
                }
            }
            segment.entries.clear();
            segment.rewrite = true;
            segment.dirty = true;
            changed = true;
        }
    }
    return changed ? sync() : StorageResult<void>();
}

void TransactionIndex::forgetBefore(Offset logStart) {
    const std::lock_guard lock(m_mutex);
    while (!m_segments.empty()) {
        const auto first = m_segments.begin();
        const auto& entries = first->second.entries;
        // One whose file could not be removed yet is kept in mind until it is.
        if (entries.empty() ? first->second.dirty : entries.back().lastOffset >= logStart) {
            return;
        }
        m_segments.erase(first);
    }
}

std::vector<AbortedTransaction> TransactionIndex::within(OffsetRange range) const {
    std::vector<AbortedTransaction> found;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [base, segment] : m_segments) {
            const auto& entries = segment.entries;
            auto at = std::partition_point(entries.begin(), entries.end(),
                                           [&](const AbortedTransaction& e) { return e.lastOffset < range.begin; });
            bool complete = false;
            for (; at != entries.end() && !complete; ++at) {
                if (at->firstOffset < range.end) {
                    found.push_back(*at);
                }
                // Whatever was aborted later began at or behind this.
                complete = at->lastStableOffset >= range.end;
            }
            if (complete) {
                break;
            }
        }
    }
    std::sort(found.begin(), found.end(), [](const AbortedTransaction& a, const AbortedTransaction& b) {
        return std::pair(a.firstOffset, a.producerId) < std::pair(b.firstOffset, b.producerId);
    });
    return found;
}

std::size_t TransactionIndex::size() const {
    const std::lock_guard lock(m_mutex);
    std::size_t count = 0;
    for (const auto& [base, segment] : m_segments) {
        count += segment.entries.size();
    }
    return count;
}

}  // namespace weir::storage
