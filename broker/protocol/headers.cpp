// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/headers.h"

#include "broker/protocol/api_table.h"
#include "broker/protocol/io/decode.h"

namespace weir::protocol {

namespace {

/// A header's only flexible part.
struct HeaderTags {
    UnknownTags unknownTags;
    template <class Io>
    static void describe(Io&) {}
};

RequestPrefix readPrefix(WireReader& in) {
    RequestPrefix prefix;
    in.setField("request header");
    prefix.apiKey = static_cast<ApiKey>(in.readInt<std::int16_t>());
    prefix.apiVersion = ApiVersion(in.readInt<std::int16_t>());
    prefix.correlationId = CorrelationId(in.readInt<std::int32_t>());
    return prefix;
}

}  // namespace

std::int16_t requestHeaderVersion(ApiVersion version, std::int16_t firstFlexible) {
    return version.value >= firstFlexible ? 2 : 1;
}

std::int16_t responseHeaderVersion(ApiKey apiKey, ApiVersion version, std::int16_t firstFlexible) {
    return apiKey != ApiKey::kApiVersions && version.value >= firstFlexible ? 1 : 0;
}

Result<RequestPrefix, ProtocolError> decodeRequestPrefix(ByteView frame) {
    WireReader in(frame, ApiVersion(0), false);
    RequestPrefix prefix = readPrefix(in);
    if (in.failed()) {
        return fail(in.error());
    }
    return prefix;
}

Result<RequestHeaderAndBody, ProtocolError> decodeRequestHeader(ByteView frame) {
    // Not flexible: the client id has an int16 length in header v2 too.
    WireReader in(frame, ApiVersion(0), false);
    const RequestPrefix prefix = readPrefix(in);
    if (in.failed()) {
        return fail(in.error());
    }
    const ApiInfo* api = findApi(prefix.apiKey);
    if (api == nullptr || !api->versions.contains(prefix.apiVersion)) {
        return fail(ProtocolErrc::kUnsupportedVersion,
                    "api " + std::to_string(static_cast<std::int16_t>(prefix.apiKey)) + " version " +
                        std::to_string(prefix.apiVersion.value) + " is not known");
    }
    RequestHeaderAndBody result;
    result.header = {.apiKey = prefix.apiKey, .apiVersion = prefix.apiVersion, .correlationId = prefix.correlationId};
    in.setField("clientId");
    readValue(in, result.header.clientId, true);
    if (requestHeaderVersion(prefix.apiVersion, api->firstFlexible) == 2) {
        HeaderTags tags;
        readTags(in, tags);
        result.header.unknownTags = std::move(tags.unknownTags);
    }
    if (in.failed()) {
        return fail(in.error());
    }
    result.body = frame.subspan(in.consumed());
    return result;
}

Result<ResponseHeaderAndBody, ProtocolError> decodeResponseHeader(ByteView frame, ApiKey apiKey, ApiVersion version) {
    WireReader in(frame, version, false);
    in.setField("response header");
    ResponseHeaderAndBody result;
    result.correlationId = CorrelationId(in.readInt<std::int32_t>());
    const ApiInfo* api = findApi(apiKey);
    if (api == nullptr) {
        return fail(ProtocolErrc::kUnsupportedVersion, "the api of this response is not known");
    }
    if (responseHeaderVersion(apiKey, version, api->firstFlexible) == 1) {
        HeaderTags tags;
        readTags(in, tags);
        result.unknownTags = std::move(tags.unknownTags);
    }
    if (in.failed()) {
        return fail(in.error());
    }
    result.body = frame.subspan(in.consumed());
    return result;
}

}  // namespace weir::protocol
