// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "broker/catalog/errors.h"

namespace weir::catalog {

/// The right to use a data folder, held for as long as the object lives: an advisory lock of the system on `weir.lock`,
/// which also names the process. The system drops it when the process dies, however it dies.
class FolderLock {
public:
    /// Fails at once with kInUse when another process, or another broker of this one, has the folder; then nothing in
    /// it was changed. The folder must exist.
    static CatalogResult<FolderLock> take(const std::filesystem::path& folder);

    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor;
};

}  // namespace weir::catalog
