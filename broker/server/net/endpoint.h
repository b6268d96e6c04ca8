// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace weir::server {

/// Where something listens or is to be reached. IPv6 addresses stand without brackets.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
    /// The name of the listener it belongs to.
    std::string listener{};
};

}  // namespace weir::server
