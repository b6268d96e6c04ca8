// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/io/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>

#include "broker/base/threads.h"

namespace weir::io {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
constexpr std::size_t kMostParts = 64;

IoErrc codeOf(int error) {
    switch (error) {
        case ENOENT:
            return IoErrc::kNotFound;
        case EEXIST:
            return IoErrc::kExists;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return IoErrc::kDiskFull;
        case EACCES:
        case EPERM:
        case EROFS:
        case ELOOP:
            return IoErrc::kPermission;
        case EMFILE:
        case ENFILE:
            return IoErrc::kTooManyFiles;
        case ENOTDIR:
        case EISDIR:
            return IoErrc::kNotDirectory;
        default:
            return IoErrc::kIo;
    }
}

Failure<IoError> failed(const char* what, const Path& path, int error) {
    return fail(codeOf(error), std::string(what) + " " + path.string() + ": " + std::generic_category().message(error));
}

/// Calls again while a signal interrupts.
template <class Call>
auto uninterrupted(Call call) {
    for (;;) {
        const auto result = call();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

/// Owns a descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd;
};

class PosixFile final : public File {
public:
    PosixFile(int fd, Path path, PosixCalls calls) : m_fd(fd), m_path(std::move(path)), m_calls(calls) {}

    IoResult<std::size_t> read(FilePosition at, MutableByteView into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t got = uninterrupted([&] {
                return m_calls.pread(m_fd.get(), into.data() + done, into.size() - done,
                                     static_cast<off_t>(at.value + done));
            });
            if (got < 0) {
                return failed("read", m_path, errno);
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    IoResult<void> write(FilePosition at, ByteView bytes) override { return writeParts(at, std::span(&bytes, 1)); }

    IoResult<void> writeParts(FilePosition at, std::span<const ByteView> parts) override {
        std::size_t part = 0;
        std::size_t within = 0;
        std::uint64_t position = at.value;
        while (true) {
            std::array<iovec, kMostParts> vector{};
            int count = 0;
            for (std::size_t i = part; i < parts.size() && count < static_cast<int>(kMostParts); ++i) {
                const ByteView left = parts[i].subspan(i == part ? within : 0);
                if (!left.empty()) {
                    vector.at(static_cast<std::size_t>(count++)) = {const_cast<std::byte*>(left.data()), left.size()};
                }
            }
            if (count == 0) {
                return {};
            }
            const ssize_t wrote = uninterrupted(
                [&] { return m_calls.pwritev(m_fd.get(), vector.data(), count, static_cast<off_t>(position)); });
            if (wrote < 0) {
                return failed("write", m_path, errno);
            }
            if (wrote == 0) {
                return failed("write", m_path, ENOSPC);
            }
            position += static_cast<std::uint64_t>(wrote);
            auto left = static_cast<std::size_t>(wrote);
            while (left > 0) {
                const std::size_t step = std::min(left, parts[part].size() - within);
                within += step;
                left -= step;
                if (within == parts[part].size()) {
                    ++part;
                    within = 0;
                }
            }
        }
    }

    IoResult<void> sync() override {
        if (m_writesBack.joinable()) {
            m_writesBack.join();
        }
        // An error is never retried: the kernel may have dropped the pages and would report success the second time.
        if (uninterrupted([&] { return m_calls.fdatasync(m_fd.get()); }) != 0) {
            return failed("sync", m_path, errno);
        }
        return {};
    }

    void beginSync(FilePosition from) override {
        if (m_writesBack.joinable()) {
            return;
        }
        try {
            // The call itself waits while the device has all it takes at once.
            m_writesBack = std::jthread([fd = m_fd.get(), at = static_cast<off64_t>(from.value)] {
                nameThisThread("weir-writeback");
                static_cast<void>(::sync_file_range(fd, at, 0, SYNC_FILE_RANGE_WRITE));
            });
        } catch (const std::exception&) {
            // No thread to be had: `sync` does it all.
        }
    }

    IoResult<void> truncate(FilePosition size) override {
        if (uninterrupted([&] { return m_calls.ftruncate(m_fd.get(), static_cast<off_t>(size.value)); }) != 0) {
            return failed("truncate", m_path, errno);
        }
        return {};
    }

    IoResult<std::uint64_t> size() override {
        struct stat info {};
        if (::fstat(m_fd.get(), &info) != 0) {
            return failed("stat", m_path, errno);
        }
        return static_cast<std::uint64_t>(info.st_size);
    }

private:
    Descriptor m_fd;
    Path m_path;
    PosixCalls m_calls;
    /// Ends before the descriptor it uses is closed.
    std::jthread m_writesBack;
};

class PosixLock final : public FileLock {
public:
    explicit PosixLock(int fd) : m_fd(fd) {}

private:
    Descriptor m_fd;
};

int flagsOf(OpenMode mode) {
    constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW;
    switch (mode) {
        case OpenMode::kRead:
            return kAlways | O_RDONLY;
        case OpenMode::kWrite:
            return kAlways | O_RDWR;
        case OpenMode::kCreate:
            return kAlways | O_RDWR | O_CREAT;
        case OpenMode::kCreateNew:
            return kAlways | O_RDWR | O_CREAT | O_EXCL;
    }
    return kAlways | O_RDONLY;
}

}  // namespace

PosixCalls PosixCalls::real() {
    return {.pread = ::pread, .pwritev = ::pwritev, .fdatasync = ::fdatasync, .ftruncate = ::ftruncate};
}

IoResult<std::unique_ptr<File>> PosixFileSystem::open(const Path& path, OpenMode mode) {
    const int fd = uninterrupted([&] { return ::open(path.c_str(), flagsOf(mode), kFileMode); });
    if (fd < 0) {
        return failed("open", path, errno);
    }
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path, m_calls));
}

IoResult<void> PosixFileSystem::rename(const Path& from, const Path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return failed("rename", from, errno);
    }
    return {};
}

IoResult<void> PosixFileSystem::remove(const Path& path) {
    if (::remove(path.c_str()) != 0) {
        return failed("remove", path, errno);
    }
    return {};
}

IoResult<std::vector<DirectoryEntry>> PosixFileSystem::list(const Path& directory) {
    DIR* const stream = ::opendir(directory.c_str());
    if (stream == nullptr) {
        return failed("list", directory, errno);
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> owner(stream, ::closedir);
    std::vector<DirectoryEntry> entries;
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(stream);
        if (entry == nullptr) {
            if (errno != 0) {
                return failed("list", directory, errno);
            }
            return entries;
        }
        DirectoryEntry found{.name = static_cast<const char*>(entry->d_name), .isDirectory = entry->d_type == DT_DIR};
        if (found.name == "." || found.name == "..") {
            continue;
        }
        if (entry->d_type == DT_UNKNOWN) {
            struct stat info {};
            found.isDirectory = ::lstat((directory / found.name).c_str(), &info) == 0 && S_ISDIR(info.st_mode);
        }
        entries.push_back(std::move(found));
    }
}

IoResult<void> PosixFileSystem::createDirectories(const Path& directory) {
    if (::mkdir(directory.c_str(), kDirectoryMode) == 0) {
        return {};
    }
    if (errno == ENOENT && directory.has_parent_path() && directory.parent_path() != directory) {
        if (auto parent = createDirectories(directory.parent_path()); !parent) {
            return parent;
        }
        if (::mkdir(directory.c_str(), kDirectoryMode) == 0) {
            return {};
        }
    }
    const int error = errno;
    struct stat info {};
    if (error == EEXIST && ::stat(directory.c_str(), &info) == 0) {
        return S_ISDIR(info.st_mode) ? IoResult<void>{} : failed("create folder", directory, ENOTDIR);
    }
    return failed("create folder", directory, error);
}

IoResult<void> PosixFileSystem::syncDirectory(const Path& directory) {
    const Path& target = directory.empty() ? Path(".") : directory;
    const Descriptor fd(uninterrupted([&] { return ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (fd.get() < 0) {
        return failed("open folder", target, errno);
    }
    if (uninterrupted([&] { return ::fsync(fd.get()); }) != 0) {
        return failed("sync folder", target, errno);
    }
    return {};
}

bool PosixFileSystem::exists(const Path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0;
}

IoResult<std::uint64_t> PosixFileSystem::fileSize(const Path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        return failed("stat", path, errno);
    }
    return static_cast<std::uint64_t>(info.st_size);
}

IoResult<DiskSpace> PosixFileSystem::space(const Path& directory) {
    struct statvfs info {};
    if (uninterrupted([&] { return ::statvfs(directory.c_str(), &info); }) != 0) {
        return failed("free space of", directory, errno);
    }
    return DiskSpace{.freeBytes = static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize,
                     .totalBytes = static_cast<std::uint64_t>(info.f_blocks) * info.f_frsize};
}

IoResult<std::unique_ptr<FileLock>> PosixFileSystem::lock(const Path& path) {
    Descriptor fd(uninterrupted([&] { return ::open(path.c_str(), flagsOf(OpenMode::kCreate), kFileMode); }));
    if (fd.get() < 0) {
        return failed("open", path, errno);
    }
    // flock rather than fcntl: a lock of the open file, so that closing another descriptor does not lose it.
    if (uninterrupted([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(IoErrc::kLocked, path.string() + " is locked by another process");
        }
        return failed("lock", path, errno);
    }
    return std::unique_ptr<FileLock>(std::make_unique<PosixLock>(fd.release()));
}

}  // namespace weir::io
