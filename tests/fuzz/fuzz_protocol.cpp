// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "broker/base/assert.h"
#include "broker/protocol/api_table.h"
#include "broker/protocol/headers.h"
#include "tests/broker/protocol/message_case.h"
#include "tests/fuzz/entries.h"

namespace weir::fuzz {

namespace {

using namespace weir::protocol;
using test::MessageCase;

struct Cases {
    std::map<ApiKey, MessageCase> requests;
    std::map<ApiKey, MessageCase> responses;
};

Cases makeCases() {
    Cases cases;
    for (const MessageCase& one : test::allMessageCases()) {
        (one.isRequest ? cases.requests : cases.responses).emplace(one.key, one);
    }
    return cases;
}

/// Bytes that decode must encode, and those must decode to the same again.
bool checkRoundTrip(const MessageCase& message, ByteView body, ApiVersion version) {
    const auto first = message.reencode(body, version);
    if (!first) {
        return false;
    }
    const auto second = message.reencode(*first, version);
    WEIR_ASSERT(second.ok() && *second == *first);
    return true;
}

}  // namespace

bool protocolRequest(ByteView input) {
    static const Cases kCases = makeCases();
    const auto prefix = decodeRequestPrefix(input);
    const auto frame = decodeRequestHeader(input);
    if (!frame) {
        return false;
    }
    WEIR_ASSERT(prefix.ok() && prefix->apiKey == frame->header.apiKey);
    const auto found = kCases.requests.find(frame->header.apiKey);
    WEIR_ASSERT(found != kCases.requests.end());
    return checkRoundTrip(found->second, frame->body, frame->header.apiVersion);
}

bool protocolResponse(ByteView input) {
    static const Cases kCases = makeCases();
    constexpr std::size_t kKeyAndVersion = 4;
    if (input.size() < kKeyAndVersion) {
        return false;
    }
    const auto key = static_cast<ApiKey>(loadBigEndian<std::int16_t>(input.data()));
    const auto version = static_cast<ApiVersion>(loadBigEndian<std::int16_t>(input.data() + 2));
    const auto found = kCases.responses.find(key);
    if (found == kCases.responses.end()) {
        return false;
    }
    const auto frame = decodeResponseHeader(input.subspan(kKeyAndVersion), key, version);
    return frame && checkRoundTrip(found->second, frame->body, version);
}

}  // namespace weir::fuzz
