// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "app/cluster/remote/wire_socket.h"
#include "broker/base/random.h"
#include "broker/protocol/api_keys.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"

namespace weir::app {

/// What an answer's views point into goes with it.
template <class Response>
struct WireAnswer {
    Bytes frame;
    Response message;
    protocol::ApiVersion version;
};

/// One connection to one broker, logged in, that knows what the broker speaks (ApiVersions, KIP-511). Requests go one
/// at a time. One thread at a time.
class BrokerLink {
public:
    using Versions = std::map<std::int16_t, protocol::VersionRange>;

    /// Connects, asks for the versions and logs in; with OAUTHBEARER by options.sasl.token. `tls` may be nullptr.
    static LinkResult<std::unique_ptr<BrokerLink>> open(const HostPort& to, const RemoteOptions& options,
                                                        const TlsClient* tls, const WireStop& stop, Random& random);

    [[nodiscard]] const HostPort& address() const { return m_address; }
    [[nodiscard]] const Versions& versions() const { return m_versions; }
    /// The highest version that both speak, at most `cap`; nothing: the broker does not serve the API.
    [[nodiscard]] std::optional<protocol::ApiVersion> versionFor(protocol::ApiKey key, protocol::VersionRange ours,
                                                                 std::int16_t cap) const;
    /// Nothing is under way, and the login lasts for a while yet (KIP-368): the broker hangs up where it has ended.
    [[nodiscard]] bool isIdle() const {
        return m_socket->isIdle() && (!m_endsAt || std::chrono::steady_clock::now() < *m_endsAt);
    }

    template <class Response, class Request>
    LinkResult<WireAnswer<Response>> call(const Request& request, protocol::ApiVersion version, int timeoutMs) {
        const protocol::CorrelationId id(m_nextCorrelation++);
        const auto frame = protocol::encodeRequestFrame(request, version, id, kClientId);
        if (!frame) {
            return fail(LinkError{LinkStage::kRequest, "The request cannot be said: " + frame.error().message, false});
        }
        auto bytes = exchange(frame->flat(), timeoutMs);
        if (!bytes) {
            return fail(explained(bytes.error()));
        }
        m_hasAnswered = true;
        WireAnswer<Response> answer{*std::move(bytes), {}, version};
        const auto header = protocol::decodeResponseHeader(answer.frame, Response::kApiKey, version);
        if (!header || header->correlationId != id) {
            return fail(garbled());
        }
        auto message = protocol::decode<Response>(header->body, version);
        if (!message) {
            return fail(garbled());
        }
        answer.message = *std::move(message);
        return answer;
    }

    /// Sends what no answer comes for.
    template <class Request>
    LinkResult<void> tell(const Request& request, protocol::ApiVersion version, int timeoutMs) {
        const protocol::CorrelationId id(m_nextCorrelation++);
        const auto frame = protocol::encodeRequestFrame(request, version, id, kClientId);
        if (!frame) {
            return fail(LinkError{LinkStage::kRequest, "The request cannot be said: " + frame.error().message, false});
        }
        return send(frame->flat(), timeoutMs);
    }

    static constexpr const char* kClientId = "weir";
    static constexpr const char* kClientVersion = "1";

private:
    BrokerLink(std::unique_ptr<WireSocket> socket, HostPort address)
        : m_socket(std::move(socket)), m_address(std::move(address)) {}

    LinkResult<void> send(ByteView frame, int timeoutMs);
    LinkResult<Bytes> exchange(ByteView frame, int timeoutMs);
    LinkResult<void> greet(const RemoteOptions& options, bool isTls);
    LinkResult<void> logIn(const RemoteOptions& options, Random& random);
    LinkResult<Bytes> authenticate(const SaslOptions& sasl, ByteView message, int timeoutMs);
    LinkResult<void> logInWithScram(const SaslOptions& sasl, Random& random, int timeoutMs);
    [[nodiscard]] LinkError garbled() const;
    /// Adds what it most likely means that the broker hung up.
    [[nodiscard]] LinkError explained(LinkError error) const;

    std::unique_ptr<WireSocket> m_socket;
    HostPort m_address;
    Versions m_versions;
    std::int32_t m_nextCorrelation = 1;
    /// A request after the greeting.
    bool m_hasAnswered = false;
    std::optional<std::chrono::steady_clock::time_point> m_endsAt;
};

}  // namespace weir::app
