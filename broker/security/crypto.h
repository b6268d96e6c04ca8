// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/base/bytes.h"
#include "broker/base/random.h"

/// OpenSSL's primitives in our types. Pure functions; any thread.
namespace weir::security {

enum class Digest { kSha256, kSha512 };

Bytes hash(Digest digest, ByteView data);
Bytes hmac(Digest digest, ByteView key, ByteView data);
/// PBKDF2 with HMAC: RFC 5802's Hi().
Bytes stretch(Digest digest, std::string_view password, ByteView salt, std::int32_t iterations);
/// Takes the same time wherever the difference is.
bool isSame(ByteView a, ByteView b);

std::string toBase64(ByteView bytes);
/// With padding, as Kafka's tools write it; nothing for what is no base64.
std::optional<Bytes> fromBase64(std::string_view text);
/// Without padding and with - and _, as in a JWT (RFC 7515).
std::optional<Bytes> fromBase64Url(std::string_view text);

Bytes randomBytes(Random& random, std::size_t count);

}  // namespace weir::security
