// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

class FieldVisitor;

enum class Direction { kRequest, kResponse };

/// Tells `visitor` what a body says, for callers that know the API only as a number: the wire inspector and tools.
/// Views the visitor hears point into `body` or into a message that lives until this returns.
/// Nothing is heard when the bytes are no such message, and bytes behind the message are refused.
Result<void, ProtocolError> inspectBody(ApiKey key, Direction direction, ApiVersion version, ByteView body,
                                        FieldVisitor& visitor);

}  // namespace weir::protocol
