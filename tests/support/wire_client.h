// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "broker/base/bytes.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"

namespace weir::testing {

/// A Kafka client made of our own codec and a blocking socket: speaks any message in any version, and can be as rude as
/// a test needs. Throws std::runtime_error where a test could not go on anyway. One thread.
class WireClient {
public:
    explicit WireClient(std::uint16_t port, const std::string& host = "127.0.0.1");
    ~WireClient();
    WireClient(WireClient&& other) noexcept;
    WireClient& operator=(WireClient&&) = delete;

    void sendBytes(ByteView bytes);
    /// Half-closes: the server reads the end, answers still arrive.
    void finishSending();
    /// Closes with a reset instead of an orderly end.
    void reset();
    /// The next frame without its length; nothing when the server has closed. Throws after `patience`.
    std::optional<Bytes> receiveFrame();
    /// Waits until the server closes; false if a byte came instead.
    bool waitForClose();
    /// How long a receive may take before the test has failed.
    std::chrono::milliseconds patience{20'000};

    template <class Request>
    protocol::CorrelationId send(const Request& request, std::int16_t version) {
        const protocol::CorrelationId id(m_nextCorrelation++);
        const auto frame = protocol::encodeRequestFrame(request, protocol::ApiVersion(version), id, "wire-client");
        if (!frame) {
            throw std::runtime_error("cannot encode: " + frame.error().message);
        }
        sendBytes(frame->flat());
        return id;
    }

    /// The answer's views (topic names, records) point into memory that the next receive replaces.
    template <class Response>
    Response receive(std::int16_t version, protocol::CorrelationId id) {
        auto frame = receiveFrame();
        if (!frame) {
            throw std::runtime_error("the server closed the connection");
        }
        m_frame = std::move(*frame);
        const auto header = protocol::decodeResponseHeader(m_frame, Response::kApiKey, protocol::ApiVersion(version));
        if (!header || header->correlationId != id) {
            throw std::runtime_error("the answer has another correlation id");
        }
        auto response =
            protocol::decode<Response>(header->body, protocol::ApiVersion(version), protocol::TrailingBytes::kRefuse);
        if (!response) {
            throw std::runtime_error("cannot decode: " + response.error().message);
        }
        return std::move(*response);
    }

    template <class Response, class Request>
    Response call(const Request& request, std::int16_t version = Request::kVersions.last) {
        return receive<Response>(version, send(request, version));
    }

private:
    std::size_t receiveSome(MutableByteView into);

    int m_socket = -1;
    std::int32_t m_nextCorrelation = 1;
    Bytes m_frame;
};

}  // namespace weir::testing
