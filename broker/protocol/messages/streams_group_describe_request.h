// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/protocol/api_keys.h"
#include "broker/protocol/io/field_rules.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// StreamsGroupDescribe shows streams groups with their topology and members (KIP-1071). API key 89, version 0.
struct StreamsGroupDescribeRequest {
    static constexpr const char* kName = "StreamsGroupDescribeRequest";
    static constexpr ApiKey kApiKey = ApiKey::kStreamsGroupDescribe;
    static constexpr VersionRange kVersions{0, 0};
    static constexpr std::int16_t kFirstFlexible = 0;

    std::vector<std::string> groupIds{};
    bool includeAuthorizedOperations = false;
    UnknownTags unknownTags{};

    bool operator==(const StreamsGroupDescribeRequest&) const = default;
    template <class Io>
    static void describe(Io& io) {
        io.field("groupIds", &StreamsGroupDescribeRequest::groupIds);
        io.field("includeAuthorizedOperations", &StreamsGroupDescribeRequest::includeAuthorizedOperations);
    }
};

}  // namespace weir::protocol
