// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "broker/base/bytes.h"
#include "broker/protocol/types.h"

/// Messages to bytes and back, without headers (those are in frame.h). Compiled once per message beside it
/// (messages/*.cpp), so that including a message's header and this one stays cheap. Pure functions; any thread.
///
/// Views inside a decoded message (names in Produce and Fetch, record sets everywhere) point into `body`.
namespace weir::protocol {

class FieldVisitor;

/// Kafka itself ignores bytes behind a request; tests and tools do not.
enum class TrailingBytes { kIgnore, kRefuse };

/// Safe on any bytes: never reads outside `body`, never allocates for elements that are not there.
template <class Message>
Result<Message, ProtocolError> decode(ByteView body, ApiVersion version,
                                      TrailingBytes trailing = TrailingBytes::kIgnore);

/// Refuses what a version cannot say: null where it is not allowed, and values that have no field and may not be
/// dropped.
template <class Message>
Result<std::size_t, ProtocolError> encodedSize(const Message& message, ApiVersion version);

/// Appends to `out`; leaves it as it was on failure.
template <class Message>
Result<void, ProtocolError> encode(const Message& message, ApiVersion version, Bytes& out);

/// Names and values for people, see field_visitor.h.
template <class Message>
void visit(const Message& message, ApiVersion version, FieldVisitor& visitor);

}  // namespace weir::protocol
