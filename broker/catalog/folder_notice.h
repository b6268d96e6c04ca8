// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace weir::catalog {

/// Says in a folder whose lock this process holds (folder_lock.h) where its broker answers, for whoever finds the
/// folder taken: the second line of `weir.lock`. A disk that refuses is no failure: it only helps people.
void announceAddress(const std::filesystem::path& folder, const std::string& address);

/// What the holder of the folder announced; empty when it announced nothing.
[[nodiscard]] std::string announcedAddress(const std::filesystem::path& folder);

}  // namespace weir::catalog
