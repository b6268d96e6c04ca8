// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// What the protocol knows of one API. Which of these a broker serves and advertises is the server's to say; note that
/// Kafka advertises Produce from version 0 although it refuses 0 to 2, because librdkafka looks for it (KAFKA-18659).
struct ApiInfo {
    ApiKey key;
    std::string_view name;
    VersionRange versions;       ///< has a description here
    VersionRange stable;         ///< without a last version that Kafka keeps hidden as unstable
    std::int16_t firstFlexible;  ///< kNeverFlexible if there is none
};

/// Ascending by key.
std::span<const ApiInfo> apiTable();

/// Null for a key that no description exists for.
const ApiInfo* findApi(ApiKey key);

}  // namespace weir::protocol
