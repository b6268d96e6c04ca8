// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <type_traits>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/io/decode.h"
#include "broker/protocol/io/encode.h"
#include "broker/protocol/io/visit.h"

/// Bodies of codec.h and frame.h. Included by the .cpp beside each message and by nobody else.
namespace weir::protocol {

template <class Message>
bool isFlexible(ApiVersion version) {
    return version.value >= Message::kFirstFlexible;
}

template <class Message>
Failure<ProtocolError> unsupported(ApiVersion version) {
    return fail(ProtocolErrc::kUnsupportedVersion,
                std::string(Message::kName) + " has no version " + std::to_string(version.value));
}

inline Failure<ProtocolError> refused(const SizeCounter& size) {
    return fail(size.problemCode(), std::string("field '") + size.problemField() + "' cannot be written in version " +
                                        std::to_string(size.version().value));
}

template <class Message>
Result<Message, ProtocolError> decode(ByteView body, ApiVersion version, TrailingBytes trailing) {
    if (!Message::kVersions.contains(version)) {
        return unsupported<Message>(version);
    }
    Message message;
    WireReader in(body, version, isFlexible<Message>(version));
    readStruct(in, message);
    if (trailing == TrailingBytes::kRefuse && !in.failed() && in.remaining() > 0) {
        in.setField(Message::kName);
        in.fail(ProtocolErrc::kTrailingBytes);
    }
    if (in.failed()) {
        return fail(in.error());
    }
    return message;
}

template <class Message>
Result<std::size_t, ProtocolError> encodedSize(const Message& message, ApiVersion version) {
    if (!Message::kVersions.contains(version)) {
        return unsupported<Message>(version);
    }
    SizeCounter size(version, isFlexible<Message>(version));
    writeStruct(size, message);
    if (size.hasProblem()) {
        return refused(size);
    }
    return size.size();
}

template <class Message>
Result<void, ProtocolError> encode(const Message& message, ApiVersion version, Bytes& out) {
    const auto size = encodedSize(message, version);
    if (!size) {
        return fail(size.error());
    }
    const std::size_t start = out.size();
    out.resize(start + *size);
    WireWriter writer(MutableByteView(out).subspan(start), version, isFlexible<Message>(version));
    writeStruct(writer, message);
    WEIR_ASSERT(writer.left() == 0);
    return {};
}

/// `putHeader` writes everything between the length and the body, `headerSize` bytes.
template <class Message, class PutHeader>
Result<Frame, ProtocolError> encodeFrame(const Message& message, ApiVersion version, std::size_t headerSize,
                                         PutHeader putHeader) {
    if (!Message::kVersions.contains(version)) {
        return unsupported<Message>(version);
    }
    const bool flexible = isFlexible<Message>(version);
    SizeCounter size(version, flexible);
    writeStruct(size, message);
    if (headerSize + size.size() > kMaxWireLength) {
        size.problem(ProtocolErrc::kTooLarge, Message::kName);
    }
    if (size.hasProblem()) {
        return refused(size);
    }
    constexpr std::size_t kLengthSize = 4;
    Frame frame;
    frame.bytes.resize(kLengthSize + headerSize + size.size() - size.gatheredSize());
    WireWriter writer(frame.bytes, version, flexible, &frame.gathered);
    writer.putInt(static_cast<std::int32_t>(headerSize + size.size()));
    putHeader(writer);
    WEIR_ASSERT(writer.written() == kLengthSize + headerSize);
    writeStruct(writer, message);
    WEIR_ASSERT(writer.left() == 0);
    return frame;
}

template <class Response>
Result<Frame, ProtocolError> encodeResponseFrame(const Response& response, ApiVersion version,
                                                 CorrelationId correlationId) {
    const bool hasTags = responseHeaderVersion(Response::kApiKey, version, Response::kFirstFlexible) == 1;
    return encodeFrame(response, version, hasTags ? 5 : 4, [&](WireWriter& writer) {
        writer.putInt(correlationId.value);
        if (hasTags) {
            writer.putUnsignedVarint(0);
        }
    });
}

template <class Request>
Result<Frame, ProtocolError> encodeRequestFrame(const Request& request, ApiVersion version, CorrelationId correlationId,
                                                std::optional<std::string_view> clientId) {
    if (clientId && clientId->size() > kMaxWireText) {
        return fail(ProtocolErrc::kTooLarge, "the client id is too long");
    }
    const bool hasTags = requestHeaderVersion(version, Request::kFirstFlexible) == 2;
    const std::size_t headerSize = 10 + (clientId ? clientId->size() : 0) + (hasTags ? 1 : 0);
    return encodeFrame(request, version, headerSize, [&](WireWriter& writer) {
        writer.putInt(static_cast<std::int16_t>(Request::kApiKey));
        writer.putInt(version.value);
        writer.putInt(correlationId.value);
        writer.putInt(static_cast<std::int16_t>(clientId ? static_cast<std::int16_t>(clientId->size()) : -1));
        writer.putView(asBytes(clientId.value_or(std::string_view())));
        if (hasTags) {
            writer.putUnsignedVarint(0);
        }
    });
}

template <class Message>
void visit(const Message& message, ApiVersion version, FieldVisitor& visitor) {
    visitStruct(visitor, message, version);
}

}  // namespace weir::protocol

/// One message's code, in this translation unit.
#define WEIR_INSTANTIATE_MESSAGE(Message)                                                         \
    template Result<Message, ProtocolError> decode<Message>(ByteView, ApiVersion, TrailingBytes); \
    template Result<std::size_t, ProtocolError> encodedSize<Message>(const Message&, ApiVersion); \
    template Result<void, ProtocolError> encode<Message>(const Message&, ApiVersion, Bytes&);     \
    template void visit<Message>(const Message&, ApiVersion, FieldVisitor&)
#define WEIR_INSTANTIATE_REQUEST(Request)                                                                        \
    WEIR_INSTANTIATE_MESSAGE(Request);                                                                           \
    template Result<Frame, ProtocolError> encodeRequestFrame<Request>(const Request&, ApiVersion, CorrelationId, \
                                                                      std::optional<std::string_view>)
#define WEIR_INSTANTIATE_RESPONSE(Response) \
    WEIR_INSTANTIATE_MESSAGE(Response);     \
    template Result<Frame, ProtocolError> encodeResponseFrame<Response>(const Response&, ApiVersion, CorrelationId)
