// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/net/alien.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <string_view>

namespace weir::server {

std::string describeAlien(ByteView first, std::int32_t length, std::size_t limit) {
    constexpr std::array<std::string_view, 7> kHttpVerbs{"GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PRI "};
    const std::string_view text = asText(first.first(4));
    for (const std::string_view verb : kHttpVerbs) {
        if (text == verb) {
            return "it speaks HTTP; this port speaks the Kafka protocol, point a Kafka client at it";
        }
    }
    if (first[0] == std::byte{0x16} && first[1] == std::byte{0x03}) {
        return "it starts a TLS handshake on a plaintext listener; set security.protocol=PLAINTEXT in the client";
    }
    if (length < 0) {
        return fmt::format("the frame says it is {} bytes long, which no Kafka request is", length);
    }
    if (static_cast<std::size_t>(length) > limit) {
        return fmt::format("the frame says it is {} bytes long, more than socket.request.max.bytes ({})", length,
                           limit);
    }
    return fmt::format("{} bytes are too few for a Kafka request", length);
}

}  // namespace weir::server
