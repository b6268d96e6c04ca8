// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/cleaned_file.h"

#include <limits>

#include "broker/storage/file_names.h"

namespace weir::storage {

namespace {

io::Path with(io::Path path, std::string_view suffix) {
    path += suffix;
    return path;
}

}  // namespace

CleanedFile::CleanedFile(const Segment::Place& place, Offset base)
    : m_place(place),
      m_base(base),
      m_builder(base),
      m_offsets(place.fileSystem, with(nameOf(kOffsetIndexSuffix), kCleanedSuffix)),
      m_times(place.fileSystem, with(nameOf(kTimeIndexSuffix), kCleanedSuffix)) {}

CleanedFile::~CleanedFile() {
    m_file.reset();
    if (!m_released) {
        for (const io::Path& name : names()) {
            static_cast<void>(m_place.fileSystem.remove(with(name, kCleanedSuffix)));
        }
    }
}

io::Path CleanedFile::nameOf(std::string_view suffix) const {
    return m_place.folder / offsetFileName(m_base, suffix);
}

std::vector<io::Path> CleanedFile::names() const {
    return {nameOf(kLogSuffix), nameOf(kOffsetIndexSuffix), nameOf(kTimeIndexSuffix)};
}

StorageResult<std::unique_ptr<CleanedFile>> CleanedFile::create(const Segment::Place& place, Offset base) {
    std::unique_ptr<CleanedFile> cleaned(new CleanedFile(place, base));
    auto file = place.fileSystem.open(with(cleaned->nameOf(kLogSuffix), kCleanedSuffix), io::OpenMode::kCreate);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    cleaned->m_file = std::move(*file);
    if (auto done = cleaned->m_file->truncate(io::FilePosition{0}); !done) {
        return fail(fromIo(done.error()));
    }
    for (auto done : {cleaned->m_offsets.replaceAll({}), cleaned->m_times.replaceAll({})}) {
        if (!done) {
            return fail(std::move(done).error());
        }
    }
    return cleaned;
}

StorageResult<void> CleanedFile::add(ByteView batch) {
    const records::BatchView view(batch);
    if (size() + batch.size() > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
        return fail(StorageErrc::kTooLarge,
                    "compacted batches from offset " + std::to_string(m_base.value) + " on do not fit one segment");
    }
    const auto step = m_builder.add({.baseOffset = view.baseOffset(),
                                     .lastOffset = view.lastOffset(),
                                     .maxTimestamp = indexedTime(view),
                                     .position = static_cast<SegmentPosition>(size()),
                                     .size = static_cast<std::uint32_t>(batch.size())},
                                    m_place.indexIntervalBytes);
    if (step.addOffset) {
        m_offsets.append(step.offset);
    }
    if (step.addTime) {
        m_times.append(step.time);
    }
    m_waiting.insert(m_waiting.end(), batch.begin(), batch.end());
    return m_waiting.size() < kWriteAt ? StorageResult<void>() : writeOut();
}

StorageResult<void> CleanedFile::writeOut() {
    if (m_waiting.empty()) {
        return {};
    }
    if (auto done = m_file->write(io::FilePosition{m_written}, m_waiting); !done) {
        return fail(fromIo(done.error()));
    }
    m_written += m_waiting.size();
    m_waiting.clear();
    return {};
}

StorageResult<void> CleanedFile::finish() {
    if (auto done = writeOut(); !done) {
        return done;
    }
    if (const auto last = m_builder.takeSeal()) {
        m_times.append(*last);
    }
    if (auto done = m_file->sync(); !done) {
        return fail(fromIo(done.error()));
    }
    if (auto done = m_offsets.writeAndSync(); !done) {
        return done;
    }
    return m_times.writeAndSync();
}

}  // namespace weir::storage
