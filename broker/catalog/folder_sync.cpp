// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/folder_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace weir::catalog {

CatalogResult<void> syncFolder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    const bool isSynced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int reason = errno;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    return isSynced ? CatalogResult<void>()
                    : fail(CatalogErrc::kIo,
                           "The data folder could not be written: " + std::string(std::strerror(reason)) + ".");
}

}  // namespace weir::catalog
