// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/catalog/folder_notice.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace weir::catalog {

void announceAddress(const std::filesystem::path& folder, const std::string& address) {
    // Never made here: the lock is what says that there is a holder.
    const int file = ::open((folder / "weir.lock").c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return;
    }
    const std::string text = std::to_string(::getpid()) + "\n" + address + "\n";
    [[maybe_unused]] const ssize_t written = ::pwrite(file, text.data(), text.size(), 0);
    ::close(file);
}

std::string announcedAddress(const std::filesystem::path& folder) {
    std::ifstream file(folder / "weir.lock");
    std::string process;
    std::string address;
    std::getline(file, process);
    std::getline(file, address);
    return address;
}

}  // namespace weir::catalog
