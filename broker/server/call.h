// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "broker/base/bytes.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/error_code.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/types.h"
#include "broker/server/net/peer.h"
#include "broker/server/net/responder.h"

namespace weir::server {

struct Services;

/// One request being handled. The views live until it is answered.
struct Call {
    protocol::ApiKey key{};
    protocol::ApiVersion version{};
    protocol::CorrelationId correlation{};
    std::string_view clientId;
    ByteView body;
    std::shared_ptr<Peer> peer;
    /// For the throttle; nullptr in tests that have none.
    const Services* services = nullptr;
    std::size_t frameBytes = 0;
    /// Where a handler that answers at once puts how long the client must wait after the answer.
    std::chrono::milliseconds* wait = nullptr;

    void noteError() const { peer->noteError(static_cast<std::int16_t>(key)); }
    [[nodiscard]] bool isBefore(std::int16_t v) const { return version.value < v; }
    /// "/127.0.0.1", as Kafka's tools print a member's host.
    [[nodiscard]] std::string clientHost() const { return "/" + peer->remoteHost(); }
};

/// What the client has used up with this call, and how long it must wait for it (KIP-219); in throttle.cpp.
std::chrono::milliseconds throttleOf(const Call& call);

/// Answers one call with one message, exactly once, now or later, from any thread.
template <class Response>
class Reply {
public:
    Reply(Call call, Responder responder) : m_call(std::move(call)), m_responder(std::move(responder)) {}

    [[nodiscard]] const Call& call() const { return m_call; }

    void send(const Response& response) { send(response, nullptr, {}); }
    /// `owner` keeps alive what the response's views point to, until the last byte has left.
    void send(const Response& response, std::shared_ptr<const void> owner, MemoryBudget::Lease lease) {
        if constexpr (requires { response.errorCode; }) {
            if (response.errorCode != protocol::ErrorCode::kNone) {
                m_call.noteError();
            }
        }
        const auto wait = std::max(m_wait, throttleOf(m_call));
        auto frame = encode(response, wait);
        m_responder.rest(wait);
        if (!frame) {
            m_responder.close("the answer has no form in the version asked: " + frame.error().message);
            return;
        }
        OutFrame out(std::move(*frame));
        if (owner) {
            out.keep(std::move(owner));
        }
        out.charge(std::move(lease));
        m_responder.send(std::move(out));
    }
    void sendNothing() {
        m_responder.rest(std::max(m_wait, throttleOf(m_call)));
        m_responder.sendNothing();
    }
    /// The client must wait at least so long after the answer, which says so.
    void throttle(std::chrono::milliseconds wait) { m_wait = std::max(m_wait, wait); }
    /// Runs `task` on the thread of the call's connection; from any thread.
    /// See Responder::letGo: nothing of the request may be looked at afterwards but what the call says of its client.
    void letGo() {
        m_kept = std::make_unique<const std::string>(m_call.clientId);
        m_call.clientId = *m_kept;
        m_call.body = {};
        m_responder.letGo();
    }
    void post(std::function<void()> task) { m_responder.post(std::move(task)); }
    void close(std::string why) { m_responder.close(std::move(why)); }

private:
    Result<protocol::Frame, protocol::ProtocolError> encode(const Response& response, std::chrono::milliseconds wait) {
        if constexpr (requires { response.throttleTimeMs; }) {
            if (wait.count() > 0) {
                Response throttled = response;
                throttled.throttleTimeMs = static_cast<std::int32_t>(wait.count());
                return protocol::encodeResponseFrame(throttled, m_call.version, m_call.correlation);
            }
        }
        return protocol::encodeResponseFrame(response, m_call.version, m_call.correlation);
    }

    Call m_call;
    Responder m_responder;
    std::chrono::milliseconds m_wait{0};
    /// The client id, once the frame is not ours any more.
    std::unique_ptr<const std::string> m_kept;
};

/// How one API is served: one constant for each, defined beside its handler (handlers/<api>.cpp).
struct Handler {
    protocol::ApiKey key;
    protocol::VersionRange served;
    /// What ApiVersions says; wider than `served` only for Produce.
    protocol::VersionRange advertised;
    void (*handle)(Services& services, Call call, Responder responder);
    /// Waits for the disk: runs on the disk thread, never on a connection's.
    bool waitsForDisk = false;

    [[nodiscard]] constexpr Handler onDiskThread() const {
        Handler changed = *this;
        changed.waitsForDisk = true;
        return changed;
    }
};

namespace detail {

template <auto kFunction>
struct HandlerOf;

template <class Response, class Request, Response (*kFunction)(Services&, const Call&, Request)>
struct HandlerOf<kFunction> {
    using RequestType = std::remove_cvref_t<Request>;
    static void handle(Services& services, Call call, Responder responder) {
        auto request = protocol::decode<RequestType>(call.body, call.version);
        if (!request) {
            responder.close("a malformed request: " + request.error().message);
            return;
        }
        std::chrono::milliseconds wait{0};
        call.wait = &wait;
        const Response response = kFunction(services, call, std::move(*request));
        call.wait = nullptr;
        Reply<Response> reply(std::move(call), std::move(responder));
        reply.throttle(wait);
        reply.send(response);
    }
};

template <class Response, class Request, void (*kFunction)(Services&, Request, Reply<Response>)>
struct HandlerOf<kFunction> {
    using RequestType = std::remove_cvref_t<Request>;
    static void handle(Services& services, Call call, Responder responder) {
        auto request = protocol::decode<RequestType>(call.body, call.version);
        if (!request) {
            responder.close("a malformed request: " + request.error().message);
            return;
        }
        kFunction(services, std::move(*request), Reply<Response>(std::move(call), std::move(responder)));
    }
};

}  // namespace detail

/// `Response function(Services&, const Call&, Request)` answers at once;
/// `void function(Services&, Request, Reply<Response>)` when it pleases.
template <auto kFunction>
constexpr Handler handledBy(protocol::VersionRange served) {
    using Of = detail::HandlerOf<kFunction>;
    return {Of::RequestType::kApiKey, served, served, &Of::handle, false};
}

}  // namespace weir::server
