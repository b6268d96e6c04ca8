// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/bytes.h"

namespace weir::server {

/// What a refused frame looks like, as a sentence with a hint for whoever reads the log. `first` are the first bytes
/// of the frame including its length field (at least 4); `limit` is socket.request.max.bytes.
std::string describeAlien(ByteView first, std::int32_t length, std::size_t limit);

}  // namespace weir::server
