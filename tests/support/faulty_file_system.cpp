// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/faulty_file_system.h"

#include <algorithm>
#include <atomic>

namespace weir::testing {

using io::DirectoryEntry;
using io::FilePosition;
using io::IoResult;
using io::Path;

namespace {

Failure<io::IoError> failed(const DiskFault& fault, const Path& path) {
    return fail(fault.code, "injected fault: " + path.string());
}

}  // namespace

class FaultyFileSystem::FaultyFile final : public io::File {
public:
    FaultyFile(FaultyFileSystem& disk, Path path, std::unique_ptr<io::File> below)
        : m_disk(disk), m_path(std::move(path)), m_below(std::move(below)) {}

    IoResult<std::size_t> read(FilePosition at, MutableByteView into) override {
        if (const auto fault = m_disk.faultOf(DiskCall::kRead, m_path)) {
            return failed(*fault, m_path);
        }
        return m_below->read(at, into);
    }
    IoResult<void> write(FilePosition at, ByteView bytes) override { return writeParts(at, std::span(&bytes, 1)); }
    IoResult<void> writeParts(FilePosition at, std::span<const ByteView> parts) override {
        const auto fault = m_disk.faultOf(DiskCall::kWrite, m_path);
        if (!fault) {
            return m_below->writeParts(at, parts);
        }
        std::size_t left = fault->bytesThrough;
        for (const ByteView part : parts) {
            const ByteView through = part.first(std::min(left, part.size()));
            if (auto done = m_below->write(at, through); !done) {
                return done;
            }
            at.value += through.size();
            left -= through.size();
        }
        return failed(*fault, m_path);
    }
    IoResult<void> sync() override {
        if (const auto fault = m_disk.faultOf(DiskCall::kSync, m_path)) {
            return failed(*fault, m_path);
        }
        return m_below->sync();
    }
    IoResult<void> truncate(FilePosition size) override {
        if (const auto fault = m_disk.faultOf(DiskCall::kTruncate, m_path)) {
            return failed(*fault, m_path);
        }
        return m_below->truncate(size);
    }
    IoResult<std::uint64_t> size() override { return m_below->size(); }

private:
    FaultyFileSystem& m_disk;
    Path m_path;
    std::unique_ptr<io::File> m_below;
};

void FaultyFileSystem::failNth(DiskCall call, int nth, DiskFault fault) {
    setPlan([call, fault, left = std::make_shared<std::atomic<int>>(nth)](DiskCall made, const Path&) {
        return made == call && left->fetch_sub(1) == 1 ? std::optional(fault) : std::nullopt;
    });
}

void FaultyFileSystem::failAlways(DiskCall call, DiskFault fault) {
    setPlan([call, fault](DiskCall made, const Path&) { return made == call ? std::optional(fault) : std::nullopt; });
}

IoResult<std::unique_ptr<io::File>> FaultyFileSystem::open(const Path& path, io::OpenMode mode) {
    if (const auto fault = faultOf(DiskCall::kOpen, path)) {
        return failed(*fault, path);
    }
    auto below = m_below.open(path, mode);
    if (!below) {
        return below;
    }
    return std::unique_ptr<io::File>(std::make_unique<FaultyFile>(*this, path, std::move(*below)));
}

IoResult<void> FaultyFileSystem::rename(const Path& from, const Path& to) {
    if (const auto fault = faultOf(DiskCall::kRename, from)) {
        return failed(*fault, from);
    }
    return m_below.rename(from, to);
}

IoResult<void> FaultyFileSystem::remove(const Path& path) {
    if (const auto fault = faultOf(DiskCall::kRemove, path)) {
        return failed(*fault, path);
    }
    return m_below.remove(path);
}

IoResult<std::vector<DirectoryEntry>> FaultyFileSystem::list(const Path& directory) {
    if (const auto fault = faultOf(DiskCall::kList, directory)) {
        return failed(*fault, directory);
    }
    return m_below.list(directory);
}

IoResult<void> FaultyFileSystem::createDirectories(const Path& directory) {
    if (const auto fault = faultOf(DiskCall::kCreateDirectories, directory)) {
        return failed(*fault, directory);
    }
    return m_below.createDirectories(directory);
}

IoResult<void> FaultyFileSystem::syncDirectory(const Path& directory) {
    if (const auto fault = faultOf(DiskCall::kSyncDirectory, directory)) {
        return failed(*fault, directory);
    }
    return m_below.syncDirectory(directory);
}

}  // namespace weir::testing
