// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include "broker/io/file_system.h"

namespace weir::testing {

enum class DiskCall {
    kOpen,
    kRead,
    kWrite,
    kSync,
    kTruncate,
    kRename,
    kRemove,
    kList,
    kCreateDirectories,
    kSyncDirectory,
};

/// How a call goes wrong. A failing write first puts `bytesThrough` of its bytes into the file, as a real disk may.
struct DiskFault {
    io::IoErrc code = io::IoErrc::kIo;
    std::size_t bytesThrough = 0;
};

/// A disk in front of another one that fails where a test says so. The plan is asked before each call, on whatever
/// thread the call is made, and must be thread safe if the test has threads.
class FaultyFileSystem final : public io::FileSystem {
public:
    using Plan = std::function<std::optional<DiskFault>(DiskCall, const io::Path&)>;

    explicit FaultyFileSystem(io::FileSystem& below) : m_below(below) {}

    void setPlan(Plan plan) { m_plan = std::move(plan); }
    void heal() { m_plan = nullptr; }
    /// The `nth` (from 1) call of this kind from now on fails; all others pass.
    void failNth(DiskCall call, int nth, DiskFault fault);
    /// Every call of this kind fails until `heal`.
    void failAlways(DiskCall call, DiskFault fault);

    [[nodiscard]] io::IoResult<std::unique_ptr<io::File>> open(const io::Path& path, io::OpenMode mode) override;
    io::IoResult<void> rename(const io::Path& from, const io::Path& to) override;
    io::IoResult<void> remove(const io::Path& path) override;
    [[nodiscard]] io::IoResult<std::vector<io::DirectoryEntry>> list(const io::Path& directory) override;
    io::IoResult<void> createDirectories(const io::Path& directory) override;
    io::IoResult<void> syncDirectory(const io::Path& directory) override;
    [[nodiscard]] bool exists(const io::Path& path) override { return m_below.exists(path); }
    [[nodiscard]] io::IoResult<std::uint64_t> fileSize(const io::Path& path) override { return m_below.fileSize(path); }
    [[nodiscard]] io::IoResult<io::DiskSpace> space(const io::Path& path) override { return m_below.space(path); }
    [[nodiscard]] io::IoResult<std::unique_ptr<io::FileLock>> lock(const io::Path& path) override {
        return m_below.lock(path);
    }

private:
    class FaultyFile;

    [[nodiscard]] std::optional<DiskFault> faultOf(DiskCall call, const io::Path& path) const {
        return m_plan ? m_plan(call, path) : std::nullopt;
    }

    io::FileSystem& m_below;
    Plan m_plan;
};

}  // namespace weir::testing
