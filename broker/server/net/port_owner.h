// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace weir::server {

/// Who listens on a TCP port of this machine.
struct PortOwner {
    std::string process;
    std::int64_t pid = 0;
};

/// Reads /proc; nothing on other systems, or when the owner belongs to another user.
std::optional<PortOwner> findPortOwner(std::uint16_t port);

}  // namespace weir::server
