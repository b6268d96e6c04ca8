// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/recovery.h"

#include <algorithm>
#include <limits>

#include "broker/io/files.h"
#include "broker/storage/file_names.h"
#include "broker/storage/log_directory.h"

namespace weir::storage {

namespace {

constexpr std::size_t kCopyAtOnce = 1024UL * 1024;
/// From here on a disk takes longer than a thread to start.
constexpr std::uint64_t kMuch = 16UL * 1024 * 1024;

}  // namespace

Recovery::Recovery(const Request& request)
    : m_request(request),
      m_fileSystem(request.directory.fileSystem()),
      m_folder(request.directory.pathOf(request.partition)),
      m_logger(request.directory.logger()),
      m_epochsKnown(!request.epochs.entries().empty()),
      m_clean(!request.directory.needsScan(request.partition)),
      m_recoveryPoint(request.directory.recoveryPoint(request.partition).value_or(Offset(0))) {}

StorageResult<std::vector<Recovery::OnDisk>> Recovery::listSegments() {
    auto entries = m_fileSystem.list(m_folder);
    if (!entries) {
        return fail(fromIo(entries.error()));
    }
    std::vector<OnDisk> found;
    std::vector<std::string> indexes;
    std::vector<Offset> txnIndexes;
    for (const io::DirectoryEntry& entry : *entries) {
        if (entry.isDirectory) {
            continue;
        }
        if (const auto base = offsetOfFileName(entry.name, kLogSuffix)) {
            const auto size = m_fileSystem.fileSize(m_folder / entry.name);
            if (!size) {
                return fail(fromIo(size.error()));
            }
            found.push_back({*base, *size});
        } else if (entry.name.ends_with(kDeletedSuffix) || entry.name.ends_with(kSplitSuffix) ||
                   entry.name.ends_with(".tmp")) {
            // Given up by retention, or half of a copy whose origin is whole.
            static_cast<void>(m_fileSystem.remove(m_folder / entry.name));
        } else if (offsetOfFileName(entry.name, kOffsetIndexSuffix) || offsetOfFileName(entry.name, kTimeIndexSuffix)) {
            indexes.push_back(entry.name);
        } else if (const auto of = offsetOfFileName(entry.name, kTxnIndexSuffix)) {
            txnIndexes.push_back(*of);
        }
    }
    std::sort(found.begin(), found.end(), [](const OnDisk& a, const OnDisk& b) { return a.base < b.base; });
    for (const Offset base : txnIndexes) {
        // Compaction puts segments together and leaves these where they were, until all around them is gone.
        if (!found.empty() && base < found.front().base) {
            static_cast<void>(m_fileSystem.remove(m_folder / offsetFileName(base, kTxnIndexSuffix)));
        }
    }
    for (const std::string& name : indexes) {
        // An index without its segment can only be the rest of an interrupted rename.
        const std::string log = name.substr(0, name.find('.')) + std::string(kLogSuffix);
        if (!m_fileSystem.exists(m_folder / log)) {
            static_cast<void>(m_fileSystem.remove(m_folder / name));
        }
    }
    return found;
}

StorageResult<Recovery::Recovered> Recovery::run() {
    if (auto done = finishSwaps(); !done) {
        return fail(std::move(done).error());
    }
    auto found = listSegments();
    if (!found) {
        return fail(std::move(found).error());
    }
    m_onDisk = std::move(*found);
    const Offset first = m_onDisk.empty() ? Offset(0) : m_onDisk.front().base;
    m_recovered.start = std::max(first, m_request.directory.logStart(m_request.partition).value_or(first));

    // The list grows while it is walked: a split adds the segment behind.
    for (std::size_t i = 0; i < m_onDisk.size(); ++i) {
        if (auto done = recoverSegment(i); !done) {
            return fail(std::move(done).error());
        }
    }
    auto& segments = m_recovered.segments;
    if (segments.empty() || segments.back()->endOffset() < m_recovered.start) {
        if (!segments.empty()) {
            if (auto done = segments.back()->seal(); !done) {
                return fail(std::move(done).error());
            }
        }
        const Segment::Place place{m_fileSystem, m_folder, m_logger, m_request.options.indexIntervalBytes};
        auto fresh = Segment::create(place, m_recovered.start, m_request.now);
        if (!fresh) {
            return fail(std::move(fresh).error());
        }
        segments.push_back(std::move(*fresh));
        if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
            return fail(fromIo(done.error()));
        }
    }
    if (m_namesInDoubt) {
        // The run before may have made files and not come to sync their names.
        if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
            return fail(fromIo(done.error()));
        }
    }
    m_recovered.namesSynced = m_clean || m_namesInDoubt;
    if (auto done = finishEpochs(); !done) {
        return fail(std::move(done).error());
    }
    return std::move(m_recovered);
}

StorageResult<void> Recovery::recoverSegment(std::size_t index) {
    const OnDisk onDisk = m_onDisk[index];
    const bool last = index + 1 == m_onDisk.size();
    const Offset limit = last ? kNoOffsetLimit : m_onDisk[index + 1].base;
    const Segment::Place place{m_fileSystem, m_folder, m_logger, m_request.options.indexIntervalBytes};
    auto segment = Segment::attach(place, onDisk.base, {.size = onDisk.size, .endOffset = limit}, m_request.now);
    if (!last && (m_clean || limit <= m_recoveryPoint)) {
        m_recovered.segments.push_back(segment);
        return segment->seal();
    }
    auto scanned = scan(*segment, limit, last);
    if (!scanned) {
        return fail(std::move(scanned).error());
    }
    if (scanned->damaged) {
        if (auto done = repair(*segment, *scanned, index); !done) {
            return done;
        }
    }
    const bool nowLast = index + 1 == m_onDisk.size();
    if (scanned->valid.size == 0 && !nowLast) {
        // The first of a log stays: it is where the log begins, although compaction has left nothing in it. Readers who
        // stand there go on behind it; without it the next start would tell them that their offset is out of range.
        const bool sharesName = m_onDisk[index + 1].base == onDisk.base;
        if (sharesName || !m_recovered.segments.empty()) {
            return removeEmptyFiles(*segment, sharesName);
        }
    }
    if (auto done = segment->cutTo(scanned->valid); !done) {
        return done;
    }
    if (m_clean) {
        // A clean close has written the entry that sealing adds; it stays.
        if (const auto closing = scanned->builder.takeSeal()) {
            scanned->anchor.times.push_back(*closing);
        }
    }
    const bool rewritten =
        segment->setIndexes(std::move(scanned->anchor.offsets), std::move(scanned->anchor.times), scanned->builder);
    if (!nowLast) {
        if (auto done = segment->seal(); !done && done.error().code != StorageErrc::kDiskFull) {
            return done;
        }
    }
    // Up to the recovery point all was on stable storage before the checkpoint said so. One that says more than there
    // is is not to be trusted.
    const bool isSafe = !scanned->damaged && (m_clean || scanned->valid.endOffset == m_recoveryPoint);
    if (!isSafe) {
        m_namesInDoubt = true;
        if (auto done = segment->syncData(); !done) {
            return done;
        }
    }
    if (!isSafe || (!m_clean && rewritten)) {
        if (auto done = segment->syncIndexes(); !done) {
            if (done.error().code != StorageErrc::kDiskFull) {
                return done;
            }
            // A full disk keeps nobody from reading; the start after this one reads these batches again.
            m_recovered.indexedUpTo = std::min(m_recovered.indexedUpTo.value_or(onDisk.base), onDisk.base);
        }
    }
    m_recovered.segments.push_back(segment);
    return {};
}

StorageResult<Recovery::Scan> Recovery::scan(Segment& segment, Offset limit, bool last) {
    auto file = segment.file();
    if (!file) {
        return fail(std::move(file).error());
    }
    Scan result{.valid = {},
                .anchor = segment.anchorBefore(m_clean ? kNoOffsetLimit : m_recoveryPoint),
                .builder = IndexBuilder(segment.baseOffset()),
                .damaged = std::nullopt,
                .goesOnAt = std::nullopt};
    Segment::Anchor& anchor = result.anchor;
    if (anchor.position > 0) {
        result.builder.resume(anchor.times.empty() ? std::nullopt : std::optional(anchor.times.back()));
    }
    result.valid = {.size = anchor.position, .endOffset = anchor.base};
    if (!m_clean && segment.size() - anchor.position >= kMuch) {
        // The disk writes what will have to be synced while it is looked through.
        (*file)->beginSync(io::FilePosition{anchor.position});
    }
    BatchScanner scanner(**file, {anchor.position, segment.size()}, {anchor.base, limit},
                         last ? BatchScanner::LastBatch::kMustJoin : BatchScanner::LastBatch::kMayLeaveGap);
    if (m_epochsKnown) {
        scanner.compareEpochs(m_request.epochs);
    }
    for (;;) {
        auto item = scanner.next();
        if (!item) {
            return fail(std::move(item).error());
        }
        if (!*item) {
            return result;
        }
        const auto& batch = (*item)->batch;
        if (result.damaged) {
            if (batch) {
                result.goesOnAt = batch->baseOffset();
            }
            return result;
        }
        if (!batch) {
            result.damaged = (*item)->where;
            continue;
        }
        const auto step = result.builder.add({.baseOffset = batch->baseOffset(),
                                              .lastOffset = batch->lastOffset(),
                                              .maxTimestamp = indexedTime(*batch),
                                              .position = static_cast<SegmentPosition>((*item)->where.begin),
                                              .size = static_cast<std::uint32_t>(batch->size())},
                                             m_request.options.indexIntervalBytes);
        if (step.addOffset) {
            anchor.offsets.push_back(step.offset);
        }
        if (step.addTime) {
            anchor.times.push_back(step.time);
        }
        if (!m_epochsKnown && batch->leaderEpoch().value >= 0) {
            m_request.epochs.observe(batch->leaderEpoch(), batch->baseOffset());
        }
        result.valid = {.size = (*item)->where.end, .endOffset = batch->nextOffset()};
    }
}

StorageResult<void> Recovery::repair(Segment& segment, const Scan& scan, std::size_t index) {
    const ByteRange damaged = *scan.damaged;
    auto kept = quarantine(segment, damaged);
    if (!kept) {
        return fail(std::move(kept).error());
    }
    DamageReport report{.file = segment.logPath().filename().string(),
                        .position = damaged.begin,
                        .bytes = damaged.size(),
                        .offsets = {scan.valid.endOffset, scan.valid.endOffset},
                        .keptIn = kept->string()};
    if (scan.goesOnAt) {
        report.offsets.end = *scan.goesOnAt;
        const ByteRange rest{damaged.end, segment.size()};
        if (auto done = splitOff(segment, rest, *scan.goesOnAt); !done) {
            return done;
        }
        m_onDisk.insert(m_onDisk.begin() + static_cast<std::ptrdiff_t>(index) + 1, OnDisk{*scan.goesOnAt, rest.size()});
    } else if (index + 1 < m_onDisk.size()) {
        report.offsets.end = m_onDisk[index + 1].base;
    }
    m_logger.error("{}/{}: {} bytes at {} are no batches; kept in {}", m_folder.string(), report.file, report.bytes,
                   report.position, report.keptIn);
    m_recovered.damage.push_back(std::move(report));
    return {};
}

StorageResult<void> Recovery::copy(io::File& from, ByteRange where, const io::Path& to) {
    auto file = m_fileSystem.open(to, io::OpenMode::kCreate);
    if (!file) {
        return fail(fromIo(file.error()));
    }
    if (auto done = (*file)->truncate(io::FilePosition{0}); !done) {
        return fail(fromIo(done.error()));
    }
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kCopyAtOnce, where.size())));
    for (std::uint64_t at = where.begin; at < where.end;) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), where.end - at));
        const auto got = from.read(io::FilePosition{at}, MutableByteView(buffer).first(wanted));
        if (!got || *got != wanted) {
            return fail(StorageErrc::kIo, "cannot read what is to be copied to " + to.string());
        }
        if (auto done = (*file)->write(io::FilePosition{at - where.begin}, ByteView(buffer).first(wanted)); !done) {
            return fail(fromIo(done.error()));
        }
        at += wanted;
    }
    if (auto done = (*file)->sync(); !done) {
        return fail(fromIo(done.error()));
    }
    return {};
}

StorageResult<io::Path> Recovery::quarantine(Segment& segment, ByteRange where) {
    const io::Path folder = m_request.directory.quarantineOf(m_request.partition);
    if (auto done = m_fileSystem.createDirectories(folder); !done) {
        return fail(fromIo(done.error()));
    }
    const std::string name =
        segment.logPath().filename().string() + "." + std::to_string(where.begin) + "-" + std::to_string(where.end);
    const io::Path target = io::freeName(m_fileSystem, folder, name);
    auto file = segment.file();
    if (!file) {
        return fail(std::move(file).error());
    }
    if (auto done = copy(**file, where, target); !done) {
        return fail(std::move(done).error());
    }
    for (const io::Path& changed : {folder, folder.parent_path(), folder.parent_path().parent_path()}) {
        if (auto done = m_fileSystem.syncDirectory(changed); !done) {
            return fail(fromIo(done.error()));
        }
    }
    return target;
}

StorageResult<void> Recovery::splitOff(Segment& segment, ByteRange rest, Offset base) {
    auto file = segment.file();
    if (!file) {
        return fail(std::move(file).error());
    }
    const io::Path final = m_folder / offsetFileName(base, kLogSuffix);
    io::Path temporary = final;
    temporary += kSplitSuffix;
    if (auto done = copy(**file, rest, temporary); !done) {
        return done;
    }
    // If the damage was at the very start both may bear the same offset; then this replaces the damaged file, whose
    // every byte is in the copy or in quarantine.
    if (auto done = m_fileSystem.rename(temporary, final); !done) {
        return fail(fromIo(done.error()));
    }
    for (const std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix}) {
        static_cast<void>(m_fileSystem.remove(m_folder / offsetFileName(base, suffix)));
    }
    if (auto done = m_fileSystem.syncDirectory(m_folder); !done) {
        return fail(fromIo(done.error()));
    }
    return {};
}

StorageResult<void> Recovery::removeEmptyFiles(const Segment& segment, bool nameTakenOver) {
    if (nameTakenOver) {
        return {};
    }
    for (const std::string_view suffix : {kOffsetIndexSuffix, kTimeIndexSuffix, kLogSuffix}) {
        if (auto done = m_fileSystem.remove(segment.path(suffix));
            !done && done.error().code != io::IoErrc::kNotFound) {
            return fail(fromIo(done.error()));
        }
    }
    return {};
}

StorageResult<void> Recovery::finishEpochs() {
    const auto& segments = m_recovered.segments;
    const Offset end = segments.back()->endOffset();
    if (!m_epochsKnown && end > m_recovered.start) {
        // The checkpoint is gone: the batches know.
        for (const auto& segment : segments) {
            auto file = segment->file();
            if (!file) {
                return fail(std::move(file).error());
            }
            BatchScanner scanner(**file, {0, segment->size()}, {segment->baseOffset(), segment->endOffset()},
                                 BatchScanner::LastBatch::kMayLeaveGap);
            for (;;) {
                auto item = scanner.next();
                if (!item) {
                    return fail(std::move(item).error());
                }
                if (!*item) {
                    break;
                }
                const auto& batch = (*item)->batch;
                if (batch && batch->leaderEpoch().value >= 0) {
                    m_request.epochs.observe(batch->leaderEpoch(), batch->baseOffset());
                }
            }
        }
    }
    m_recovered.highestEpoch = m_request.epochs.latest();
    const auto before = m_request.epochs.entries();
    m_request.epochs.truncateEnd(end);
    m_request.epochs.truncateStart(m_recovered.start);
    if ((!m_clean && !m_epochsKnown) || before != m_request.epochs.entries()) {
        // A full disk keeps nobody from reading; the log saves before it appends.
        if (auto saved = m_request.epochs.save(); !saved && saved.error().code != StorageErrc::kDiskFull) {
            return saved;
        }
    }
    return {};
}

}  // namespace weir::storage
