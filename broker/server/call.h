// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

    void noteError() const { peer->noteError(static_cast<std::int16_t>(key)); }
    [[nodiscard]] bool isBefore(std::int16_t v) const { return version.value < v; }
    /// "/127.0.0.1", as Kafka's tools print a member's host.
    [[nodiscard]] std::string clientHost() const { return "/" + peer->remoteHost(); }
};

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
        auto frame = protocol::encodeResponseFrame(response, m_call.version, m_call.correlation);
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
    void sendNothing() { m_responder.sendNothing(); }
    /// Runs `task` on the thread of the call's connection; from any thread.
    void post(std::function<void()> task) { m_responder.post(std::move(task)); }
    void close(std::string why) { m_responder.close(std::move(why)); }

private:
    Call m_call;
    Responder m_responder;
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
        const Response response = kFunction(services, call, std::move(*request));
        Reply<Response>(std::move(call), std::move(responder)).send(response);
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
