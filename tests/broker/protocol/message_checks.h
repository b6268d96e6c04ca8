// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/inspect.h"
#include "tests/broker/protocol/message_case.h"
#include "tests/broker/protocol/message_filler.h"
#include "tests/broker/protocol/transcript.h"

/// The checks of message_case.h for one message type.
namespace weir::protocol::test {

/// A copy that ends where its allocation ends.
class ExactCopy {
public:
    explicit ExactCopy(ByteView bytes) : m_bytes(new std::byte[bytes.size()]), m_size(bytes.size()) {
        std::ranges::copy(bytes, m_bytes.get());
    }
    [[nodiscard]] ByteView view() const { return {m_bytes.get(), m_size}; }

private:
    std::unique_ptr<std::byte[]> m_bytes;
    std::size_t m_size;
};

template <class Message>
Result<Bytes, ProtocolError> reencode(ByteView body, ApiVersion version) {
    const auto message = decode<Message>(body, version, TrailingBytes::kRefuse);
    if (!message) {
        return fail(message.error());
    }
    Bytes bytes;
    const auto encoded = encode(*message, version, bytes);
    if (!encoded) {
        return fail(encoded.error());
    }
    return bytes;
}

template <class Message>
std::string roundTrip(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    const auto message = randomMessage<Message>(chance, version);
    const auto size = encodedSize(message, version);
    if (!size) {
        return "no size: " + size.error().message;
    }
    Bytes bytes;
    if (const auto done = encode(message, version, bytes); !done) {
        return "not encoded: " + done.error().message;
    }
    if (bytes.size() != *size) {
        return "size said " + std::to_string(*size) + ", encoded " + std::to_string(bytes.size());
    }
    const ExactCopy copy(bytes);
    const auto decoded = decode<Message>(copy.view(), version, TrailingBytes::kRefuse);
    if (!decoded) {
        return "not decoded: " + decoded.error().message;
    }
    if (!(*decoded == message)) {
        return "decoded to another message";
    }
    Bytes again;
    if (!encode(*decoded, version, again) || again != bytes) {
        return "encoded again to other bytes";
    }
    return {};
}

template <class Message>
Bytes randomEncoding(Chance& chance, ApiVersion version) {
    Bytes bytes;
    const auto done = encode(randomMessage<Message>(chance, version), version, bytes);
    WEIR_ASSERT(done.ok());
    return bytes;
}

template <class Message>
Bytes example(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    return randomEncoding<Message>(chance, version);
}

template <class Message>
bool decodes(ByteView body, ApiVersion version) {
    return decode<Message>(body, version).ok();
}

template <class Message>
std::string refusesEveryPrefix(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    const Bytes bytes = randomEncoding<Message>(chance, version);
    const std::size_t longest = std::min<std::size_t>(bytes.size(), 600);
    for (std::size_t length = 0; length < longest; ++length) {
        const ExactCopy prefix(ByteView(bytes).first(length));
        if (decode<Message>(prefix.view(), version).ok()) {
            return "took " + std::to_string(length) + " of " + std::to_string(bytes.size()) + " bytes";
        }
    }
    return {};
}

template <class Message>
std::string survivesDamage(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    Bytes bytes = randomEncoding<Message>(chance, version);
    for (std::size_t i = 1 + chance.below(4); i > 0 && !bytes.empty(); --i) {
        static constexpr std::uint8_t kNasty[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe};
        bytes[chance.below(bytes.size())] = static_cast<std::byte>(
            chance.oneIn(2) ? kNasty[chance.below(std::size(kNasty))] : static_cast<std::uint8_t>(chance.next()));
    }
    const ExactCopy copy(bytes);
    const auto decoded = decode<Message>(copy.view(), version);
    if (!decoded) {
        return {};
    }
    Bytes first;
    if (const auto done = encode(*decoded, version, first); !done) {
        return "decoded what cannot be encoded: " + done.error().message;
    }
    const auto second = reencode<Message>(first, version);
    if (!second || *second != first) {
        return "decoded what does not round trip";
    }
    return {};
}

template <class Message, bool kIsRequest>
std::string framesItself(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    const auto message = randomMessage<Message>(chance, version);
    Bytes body;
    const auto done = encode(message, version, body);
    const CorrelationId correlation(static_cast<std::int32_t>(seed));
    const auto checkBody = [&](const auto& header) -> std::string {
        if (!header) {
            return "header not read: " + header.error().message;
        }
        return std::ranges::equal(header->body, body) ? std::string() : std::string("body differs");
    };
    const auto checkLength = [](ByteView frame) {
        return loadBigEndian<std::int32_t>(frame.data()) == static_cast<std::int32_t>(frame.size() - 4);
    };
    if constexpr (kIsRequest) {
        const auto frame = encodeRequestFrame(message, version, correlation, "client");
        if (!done || !frame) {
            return "not encoded";
        }
        const Bytes flat = frame->flat();
        const auto header = decodeRequestHeader(ByteView(flat).subspan(4));
        if (header && (header->header.apiKey != Message::kApiKey || header->header.apiVersion != version ||
                       header->header.correlationId != correlation || header->header.clientId != "client")) {
            return "header differs";
        }
        return checkLength(flat) ? checkBody(header) : "length differs";
    } else {
        const auto frame = encodeResponseFrame(message, version, correlation);
        if (!done || !frame) {
            return "not encoded";
        }
        const Bytes flat = frame->flat();
        const auto header = decodeResponseHeader(ByteView(flat).subspan(4), Message::kApiKey, version);
        if (header && header->correlationId != correlation) {
            return "header differs";
        }
        return checkLength(flat) ? checkBody(header) : "length differs";
    }
}

template <class Message, bool kIsRequest>
std::string isInspectedByNumber(std::uint64_t seed, ApiVersion version) {
    Chance chance(seed);
    const auto message = randomMessage<Message>(chance, version);
    Bytes body;
    if (!encode(message, version, body)) {
        return "not encoded";
    }
    Transcript expected;
    visit(message, version, expected);
    Transcript heard;
    const auto direction = kIsRequest ? Direction::kRequest : Direction::kResponse;
    if (const auto done = inspectBody(Message::kApiKey, direction, version, body, heard); !done) {
        return "not inspected: " + done.error().message;
    }
    if (body.size() > 1 && heard.text.empty()) {
        return "nothing heard";
    }
    return heard.text == expected.text ? std::string() : "heard " + heard.text + " for " + expected.text;
}

template <class Message, bool kIsRequest>
MessageCase caseOf() {
    return {Message::kName,
            Message::kApiKey,
            Message::kVersions,
            Message::kFirstFlexible,
            kIsRequest,
            &roundTrip<Message>,
            &refusesEveryPrefix<Message>,
            &survivesDamage<Message>,
            &framesItself<Message, kIsRequest>,
            &isInspectedByNumber<Message, kIsRequest>,
            &example<Message>,
            &decodes<Message>,
            &reencode<Message>};
}

template <class Request, class Response>
void addCases(std::vector<MessageCase>& cases) {
    cases.push_back(caseOf<Request, true>());
    cases.push_back(caseOf<Response, false>());
}

}  // namespace weir::protocol::test
