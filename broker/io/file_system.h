// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

/// The only door to the disk. Everything above speaks to these two interfaces, so that a test can take the disk's place
/// and fail it at any call.
namespace weir::io {

using Path = std::filesystem::path;

enum class IoErrc {
    kNotFound,
    kExists,
    kDiskFull,      ///< No space or no quota: passes when somebody makes room.
    kPermission,    ///< Not allowed, or a read-only file system.
    kLocked,        ///< Another process holds the lock.
    kTooManyFiles,  ///< Out of file descriptors: passes.
    kNotDirectory,  ///< A file stands where a folder is wanted, or the other way round.
    kIo,            ///< The device failed. After a failed `sync` what was written since the last one is unknown.
};

using IoError = Error<IoErrc>;
template <class T>
using IoResult = Result<T, IoError>;

/// Byte position in a file.
struct FilePosition {
    std::uint64_t value = 0;
    auto operator<=>(const FilePosition&) const = default;
};

/// An open file. Owned by whoever opened it; the destructor closes. All calls name their position, so `read` may run on
/// many threads at once, also beside one writer; the writing calls are for one thread at a time.
/// Interrupted and short system calls are finished inside; they are never seen here.
class File {
public:
    virtual ~File() = default;

    /// Reads until `into` is full or the file ends; returns how many bytes came.
    [[nodiscard]] virtual IoResult<std::size_t> read(FilePosition at, MutableByteView into) = 0;
    /// Writes everything. On an error an unknown part of it is in the file.
    virtual IoResult<void> write(FilePosition at, ByteView bytes) = 0;
    /// The parts one after another from `at`, with as few system calls as the system allows.
    virtual IoResult<void> writeParts(FilePosition at, std::span<const ByteView> parts) = 0;
    /// Returns once the contents, and the size needed to read them, are on stable storage (fdatasync).
    virtual IoResult<void> sync() = 0;
    /// Lets the system begin to write what lies from `from` on, so that the next `sync` has less to wait for; returns
    /// at once. For much at a time: it takes a thread until then. Promises nothing.
    virtual void beginSync(FilePosition from) { static_cast<void>(from); }
    virtual IoResult<void> truncate(FilePosition size) = 0;
    [[nodiscard]] virtual IoResult<std::uint64_t> size() = 0;
};

enum class OpenMode {
    kRead,       ///< Must exist.
    kWrite,      ///< Must exist; read and write.
    kCreate,     ///< Read and write, made empty if absent.
    kCreateNew,  ///< Read and write; kExists if it is there.
};

struct DirectoryEntry {
    std::string name;
    bool isDirectory = false;
    auto operator<=>(const DirectoryEntry&) const = default;
};

struct DiskSpace {
    std::uint64_t freeBytes = 0;
    std::uint64_t totalBytes = 0;
};

/// Held for as long as the object lives.
class FileLock {
public:
    virtual ~FileLock() = default;
};

/// Names and folders. Thread safe. A change of names (create, rename, remove) is on stable storage only after
/// `syncDirectory` of the folder it happened in.
class FileSystem {
public:
    virtual ~FileSystem() = default;

    [[nodiscard]] virtual IoResult<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
    /// Replaces `to` if it is a file; atomic.
    virtual IoResult<void> rename(const Path& from, const Path& to) = 0;
    /// A file, or an empty folder.
    virtual IoResult<void> remove(const Path& path) = 0;
    /// In no order; without "." and "..".
    [[nodiscard]] virtual IoResult<std::vector<DirectoryEntry>> list(const Path& directory) = 0;
    /// With its parents; a folder that is there already is fine.
    virtual IoResult<void> createDirectories(const Path& directory) = 0;
    virtual IoResult<void> syncDirectory(const Path& directory) = 0;
    [[nodiscard]] virtual bool exists(const Path& path) = 0;
    [[nodiscard]] virtual IoResult<std::uint64_t> fileSize(const Path& path) = 0;
    [[nodiscard]] virtual IoResult<DiskSpace> space(const Path& directory) = 0;
    /// Takes the lock of `path`, creating the file; kLocked if another process, or another lock of this one, has it.
    [[nodiscard]] virtual IoResult<std::unique_ptr<FileLock>> lock(const Path& path) = 0;
};

}  // namespace weir::io
