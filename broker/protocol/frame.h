// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/protocol/io/wire_writer.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// A whole frame ready to send: four bytes of length, header, body. Record sets of kGatherThreshold bytes and more
/// are not copied: `gathered` points at where they lie, and `pieces()` gives what to hand to one gathering write.
/// The owner of those records keeps them alive until the frame is sent.
struct Frame {
    Bytes bytes;
    std::vector<GatheredView> gathered;

    [[nodiscard]] std::size_t size() const;
    /// In order; views into this frame and the gathered records.
    [[nodiscard]] std::vector<ByteView> pieces() const;
    /// One contiguous copy: for tests and for whatever cannot gather.
    [[nodiscard]] Bytes flat() const;
};

/// Compiled once per message, like codec.h. The response's header version follows from the message
/// (ApiVersions answers with header v0 always, see headers.h).
template <class Response>
Result<Frame, ProtocolError> encodeResponseFrame(const Response& response, ApiVersion version,
                                                 CorrelationId correlationId);

/// For clients: the remote console, tests and tools.
template <class Request>
Result<Frame, ProtocolError> encodeRequestFrame(const Request& request, ApiVersion version, CorrelationId correlationId,
                                                std::optional<std::string_view> clientId);

}  // namespace weir::protocol
