// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "broker/io/file_system.h"

namespace weir::testing {

/// A disk in memory that can lose power: what was not synced (contents by File::sync, names by syncDirectory) is gone
/// after `powerCut`. Thread safe. Open files keep working on what they opened, also after rename and remove.
class MemoryFileSystem final : public io::FileSystem {
public:
    struct Node;

    /// As if power failed and came back. Close all files first: what is open belongs to the past.
    void powerCut();
    /// The same, but of what was not synced some is there, as on a real disk: names changed or not, and of a file any
    /// of its sectors. `pick(n)` chooses from 0 to n - 1.
    void powerCut(const std::function<std::size_t(std::size_t)>& pick);
    /// What the disk can hold; writes beyond fail with kDiskFull after filling what is left. No limit at first.
    void setCapacity(std::uint64_t bytes);
    [[nodiscard]] std::uint64_t usedBytes();

    /// Straight at the contents, for tests that damage or compare files. Synced at once.
    [[nodiscard]] Bytes contents(const io::Path& path);
    void setContents(const io::Path& path, Bytes bytes);
    /// Every path there is, files and folders.
    [[nodiscard]] std::vector<std::string> paths();

    [[nodiscard]] io::IoResult<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override;
    io::IoResult<void> rename(const io::Path& from, const io::Path& to) override;
    io::IoResult<void> remove(const io::Path& path) override;
    [[nodiscard]] io::IoResult<std::vector<io::DirectoryEntry>> list(const io::Path& directory) override;
    io::IoResult<void> createDirectories(const io::Path& directory) override;
    io::IoResult<void> syncDirectory(const io::Path& directory) override;
    [[nodiscard]] bool exists(const io::Path& path) override;
    [[nodiscard]] io::IoResult<std::uint64_t> fileSize(const io::Path& path) override;
    [[nodiscard]] io::IoResult<io::DiskSpace> space(const io::Path& directory) override;
    [[nodiscard]] io::IoResult<std::unique_ptr<io::FileLock>> lock(const io::Path& path) override;

private:
    class OpenFile;
    class Lock;
    using Names = std::map<std::string, std::shared_ptr<Node>>;  // a null node is a folder

    std::uint64_t used();
    static Bytes mixed(const Node& node, std::size_t size, const std::function<std::size_t(std::size_t)>& pick);

    std::mutex m_mutex;
    Names m_names;
    Names m_durableNames;
    std::set<std::string> m_locked;
    std::uint64_t m_capacity = ~0ULL;
};

}  // namespace weir::testing
