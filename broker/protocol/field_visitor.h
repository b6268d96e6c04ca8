// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"
#include "broker/protocol/error_code.h"

namespace weir::protocol {

/// One value of a message; monostate is null. Views live as long as the message.
using FieldValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string_view, ByteView, Uuid, ErrorCode>;

/// Hears a message field by field, in the order and under the names of Kafka's protocol, with exactly the fields that
/// the version has. Elements of an array have no name. Called by `visit` (codec.h) on the caller's thread.
class FieldVisitor {
public:
    virtual ~FieldVisitor() = default;
    virtual void value(std::string_view name, const FieldValue& value) = 0;
    /// Record batches, for whoever knows how to look into them.
    virtual void records(std::string_view name, ByteView batches) = 0;
    virtual void beginStruct(std::string_view name) = 0;
    virtual void endStruct() = 0;
    virtual void beginArray(std::string_view name, std::size_t count) = 0;
    virtual void endArray() = 0;
    /// A tagged field of a later protocol than this code knows.
    virtual void unknownTag(std::uint32_t tag, ByteView value) = 0;
};

}  // namespace weir::protocol
