// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/base/bytes.h"
#include "broker/base/result.h"

namespace weir::app {

/// One whole MessagePack value as compact JSON text (msgpack specification, 2013 format with str, bin and ext).
/// Integers keep all 64 bits; bin and ext become {"$bin": base64} and {"$ext": type, "data": base64}; the timestamp
/// extension becomes {"$time": seconds}. Map keys that are no strings are written as their text. The error is a
/// sentence with the byte it is about. At most 256 levels.
[[nodiscard]] Result<std::string, std::string> messagePackToJson(ByteView bytes);

}  // namespace weir::app
