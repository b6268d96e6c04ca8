// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace weir::catalog {

namespace {

/// The process that has the lock, as it wrote it; empty when it has not done so yet.
std::string holder(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t length = ::pread(descriptor, text.data(), text.size() - 1, 0);
    std::string result;
    for (ssize_t i = 0;
         i < length && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9'; ++i) {
        result += text[static_cast<std::size_t>(i)];
    }
    return result;
}

/// "weir-broker (process 4121)" where the system tells, else "process 4121".
std::string describe(const std::string& process) {
    if (process.empty()) {
        return "another process";
    }
    std::array<char, 64> name{};
    const int file = ::open(("/proc/" + process + "/comm").c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? 0 : ::read(file, name.data(), name.size());
    if (file >= 0) {
        ::close(file);
    }
    std::string comm(name.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
    comm.erase(std::find(comm.begin(), comm.end(), '\n'), comm.end());
    return comm.empty() ? "process " + process : comm + " (process " + process + ")";
}

}  // namespace

CatalogResult<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "weir.lock";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) {
        return fail(CatalogErrc::kUnusable,
                    "The data folder " + folder.string() + " cannot be used: " + std::strerror(errno) + ".");
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        const std::string process = holder(descriptor);
        ::close(descriptor);
        if (error == EWOULDBLOCK) {
            return fail(CatalogErrc::kInUse,
                        "The data folder " + folder.string() + " is in use by " + describe(process) + ".");
        }
        return fail(CatalogErrc::kUnusable,
                    "The data folder " + folder.string() + " cannot be locked: " + std::strerror(error) + ".");
    }
    FolderLock lock(descriptor);
    const std::string process = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) != 0 ||
        ::pwrite(descriptor, process.data(), process.size(), 0) != static_cast<ssize_t>(process.size())) {
        return fail(CatalogErrc::kUnusable,
                    "The data folder " + folder.string() + " cannot be written: " + std::strerror(errno) + ".");
    }
    return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

FolderLock::~FolderLock() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

}  // namespace weir::catalog
