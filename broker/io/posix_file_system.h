// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include "broker/io/file_system.h"

namespace weir::io {

/// The system calls that may be interrupted, fall short or fail, as a table: a test puts its own in their place
/// (signal storms, one byte at a time, EIO at the k-th sync).
struct PosixCalls {
    ssize_t (*pread)(int, void*, size_t, off_t);
    ssize_t (*pwritev)(int, const iovec*, int, off_t);
    int (*fdatasync)(int);
    int (*ftruncate)(int, off_t);

    static PosixCalls real();
};

/// The disk of Linux and macOS. Files are made 0600 and folders 0700, close-on-exec; symbolic links in the last part
/// of a name are not followed. Thread safe.
class PosixFileSystem final : public FileSystem {
public:
    explicit PosixFileSystem(PosixCalls calls = PosixCalls::real()) : m_calls(calls) {}

    [[nodiscard]] IoResult<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
    IoResult<void> rename(const Path& from, const Path& to) override;
    IoResult<void> remove(const Path& path) override;
    [[nodiscard]] IoResult<std::vector<DirectoryEntry>> list(const Path& directory) override;
    IoResult<void> createDirectories(const Path& directory) override;
    IoResult<void> syncDirectory(const Path& directory) override;
    [[nodiscard]] bool exists(const Path& path) override;
    [[nodiscard]] IoResult<std::uint64_t> fileSize(const Path& path) override;
    [[nodiscard]] IoResult<DiskSpace> space(const Path& directory) override;
    [[nodiscard]] IoResult<std::unique_ptr<FileLock>> lock(const Path& path) override;

private:
    PosixCalls m_calls;
};

}  // namespace weir::io
