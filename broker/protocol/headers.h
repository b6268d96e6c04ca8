// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// What stands in front of every body, after the four bytes of length.
///
///   request v1:  apiKey int16, apiVersion int16, correlationId int32, clientId nullable string (int16 length)
///   request v2:  the same, clientId still not compact, then tagged fields        (flexible versions)
///   response v0: correlationId int32
///   response v1: correlationId int32, tagged fields                              (flexible versions)
///
/// ApiVersions responses have header v0 in every version, because the client cannot know yet what the broker speaks.
struct RequestHeader {
    ApiKey apiKey{};
    ApiVersion apiVersion{};
    CorrelationId correlationId{};
    std::optional<std::string_view> clientId{};  ///< a view into the frame
    UnknownTags unknownTags{};
};

/// The first eight bytes, which never change: enough to answer ApiVersions in a version that we do not know.
struct RequestPrefix {
    ApiKey apiKey{};
    ApiVersion apiVersion{};
    CorrelationId correlationId{};
};
Result<RequestPrefix, ProtocolError> decodeRequestPrefix(ByteView frame);

struct RequestHeaderAndBody {
    RequestHeader header;
    ByteView body;
};
/// Fails for keys and versions outside kApiTable: their header cannot be known.
Result<RequestHeaderAndBody, ProtocolError> decodeRequestHeader(ByteView frame);

struct ResponseHeaderAndBody {
    CorrelationId correlationId{};
    UnknownTags unknownTags{};
    ByteView body{};
};
/// For clients, which know what they asked.
Result<ResponseHeaderAndBody, ProtocolError> decodeResponseHeader(ByteView frame, ApiKey apiKey, ApiVersion version);

/// 1 or 2, and 0 or 1.
std::int16_t requestHeaderVersion(ApiVersion version, std::int16_t firstFlexible);
std::int16_t responseHeaderVersion(ApiKey apiKey, ApiVersion version, std::int16_t firstFlexible);

}  // namespace weir::protocol
