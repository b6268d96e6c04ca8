// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/registry/json.h"
#include "broker/registry/rest_request.h"
#include "broker/registry/schema.h"
#include "tests/fuzz/entries.h"
#include "tests/fuzz/parts.h"

namespace weir::fuzz {

namespace {

using namespace weir::registry;

/// The first byte of registrySchemas().
constexpr unsigned kTypeMask = 0x03;
constexpr unsigned kStored = 0x04;
constexpr std::size_t kParts = 3;

SchemaType typeOf(unsigned mode) {
    switch (mode & kTypeMask) {
        case 1:
            return SchemaType::kJson;
        case 2:
            return SchemaType::kProtobuf;
        default:
            return SchemaType::kAvro;
    }
}

/// What the registry tells schemas apart by must not change when it is read again, or a schema would get a second id.
void checkIdentity(const Schema& schema) {
    const auto again = parseSchema(schema.type(), schema.canonical(), {}, Strictness::kStored);
    WEIR_ASSERT(again.ok() && (*again)->canonical() == schema.canonical());
    const auto normal = parseSchema(schema.type(), schema.normalized(), {}, Strictness::kStored);
    WEIR_ASSERT(normal.ok() && (*normal)->normalized() == schema.normalized());
}

}  // namespace

bool registryJson(ByteView input) {
    const auto value = Json::parse(asText(input));
    if (!value) {
        return false;
    }
    const std::string text = value->toText();
    const auto again = Json::parse(text);
    WEIR_ASSERT(again.ok() && again->toText() == text && again->same(*value));
    WEIR_ASSERT(value->sorted().same(*value));
    return true;
}

bool registryRequest(ByteView input) {
    const std::string_view text = asText(input);
    const auto line = std::min(text.find('\n'), text.size());
    const auto target = parseTarget(text.substr(0, line));
    if (target) {
        for (const std::string& each : target->path) {
            const Subject subject = target->subject(each);
            WEIR_ASSERT(Subject::parse(subject.text()) == subject);
            (void)versionOf(each);
            (void)target->prefixed(each);
        }
    }
    const auto body = readSchema(std::string(text.substr(std::min(text.size(), line + 1))));
    WEIR_ASSERT(body.ok() || body.error().status >= 400);
    return target.ok() && body.ok();
}

bool registrySchemas(ByteView input) {
    if (input.empty()) {
        return false;
    }
    const auto mode = std::to_integer<unsigned>(input.front());
    auto parts = partsOf(input.subspan(1), kParts, Rest::kInLast);
    parts.resize(kParts);
    const ByteView newer = parts[0];
    const ByteView older = parts[1];
    const ByteView payload = parts[2];
    const SchemaType type = typeOf(mode);
    const auto schema =
        parseSchema(type, asText(newer), {}, (mode & kStored) != 0 ? Strictness::kStored : Strictness::kNew);
    if (!schema) {
        return false;
    }
    checkIdentity(**schema);
    WEIR_ASSERT((*schema)->whyUnreadable(**schema, {"new", "old"}).empty());
    if (const auto before = parseSchema(type, asText(older), {}, Strictness::kStored)) {
        (void)(*schema)->whyUnreadable(**before, {"new", "old"});
        (void)(*before)->whyUnreadable(**schema, {"old", "new"});
    }
    (void)(*schema)->formatted("serialized");
    if (const auto json = (*schema)->toJson(payload); json && json->size() < kMaxSchemaBytes) {
        const auto brackets = std::count_if(json->begin(), json->end(), [](char c) { return c == '{' || c == '['; });
        WEIR_ASSERT(brackets > Json::kMaxDepth || Json::parse(*json).ok());
    }
    return true;
}

}  // namespace weir::fuzz
