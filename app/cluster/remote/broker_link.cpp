// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/broker_link.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "broker/protocol/error_code.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/sasl_authenticate.h"
#include "broker/protocol/messages/sasl_handshake.h"
#include "broker/security/crypto.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

/// No honest answer is larger: fetches are bounded, and the metadata of a huge cluster is tens of megabytes.
constexpr std::int32_t kMaxFrame = 256 << 20;
constexpr std::size_t kNonceBytes = 18;

WireSocket::Deadline in(int milliseconds) {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
}

Failure<LinkError> failLogin(std::string message) {
    return fail(LinkError{LinkStage::kLogin, std::move(message), false});
}

// RFC 5802: what would end or begin an attribute is written in hex.
std::string escapedUser(const std::string& user) {
    std::string out;
    for (const char c : user) {
        out += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
    }
    return out;
}

// "r=…,s=…,i=4096": the value behind `name=`; empty when it is not there.
std::string attribute(std::string_view message, char name) {
    for (std::size_t at = 0; at < message.size();) {
        const std::size_t end = std::min(message.find(',', at), message.size());
        if (end - at >= 2 && message[at] == name && message[at + 1] == '=') {
            return std::string(message.substr(at + 2, end - at - 2));
        }
        at = end + 1;
    }
    return {};
}

}  // namespace

LinkError BrokerLink::garbled() const {
    return {LinkStage::kProtocol, textOf(m_address) + " answered with something that is not Kafka's protocol.", false};
}

LinkError BrokerLink::explained(LinkError error) const {
    // A broker greets strangers, and closes without a word on whoever asks for more before the login.
    if (error.stage == LinkStage::kRequest && !error.isTimeout && !m_hasAnswered) {
        error.message = textOf(m_address) +
                        " greets, and closes the connection at the first question: this port most " +
                        "likely wants a login. Choose the mechanism that it takes.";
    }
    return error;
}

std::optional<protocol::ApiVersion> BrokerLink::versionFor(protocol::ApiKey key, protocol::VersionRange ours,
                                                           std::int16_t cap) const {
    const auto theirs = m_versions.find(static_cast<std::int16_t>(key));
    if (theirs == m_versions.end()) {
        return std::nullopt;
    }
    const auto best = std::min({ours.last, theirs->second.last, cap});
    if (best < ours.first || best < theirs->second.first) {
        return std::nullopt;
    }
    return protocol::ApiVersion(best);
}

LinkResult<std::unique_ptr<BrokerLink>> BrokerLink::open(const HostPort& to, const RemoteOptions& options,
                                                         const TlsClient* tls, const WireStop& stop, Random& random) {
    auto socket = WireSocket::connect(to, tls, stop, in(options.connectTimeoutMs));
    if (!socket) {
        return fail(LinkError(socket.error()));
    }
    std::unique_ptr<BrokerLink> link(new BrokerLink(*std::move(socket), to));
    if (auto greeted = link->greet(options, tls != nullptr); !greeted) {
        return fail(LinkError(greeted.error()));
    }
    if (options.sasl.mechanism != SaslMechanism::kNone) {
        if (auto loggedIn = link->logIn(options, random); !loggedIn) {
            return fail(LinkError(loggedIn.error()));
        }
    }
    return link;
}

LinkResult<void> BrokerLink::send(ByteView frame, int timeoutMs) {
    return m_socket->send(frame, in(timeoutMs));
}

LinkResult<Bytes> BrokerLink::exchange(ByteView frame, int timeoutMs) {
    const auto until = in(timeoutMs);
    if (auto sent = m_socket->send(frame, until); !sent) {
        return fail(LinkError(sent.error()));
    }
    std::array<std::byte, sizeof(std::int32_t)> length{};
    if (auto got = m_socket->receive(length, until); !got) {
        return fail(LinkError(got.error()));
    }
    if (asText(length).starts_with("HTTP")) {
        return fail(
            LinkError{LinkStage::kProtocol, textOf(m_address) + " is a web server, not a Kafka broker.", false});
    }
    if (length[0] == std::byte{0x15} && length[1] == std::byte{0x03}) {
        return fail(
            LinkError{LinkStage::kTls, textOf(m_address) + " speaks TLS: turn TLS on for this connection.", false});
    }
    const auto size = loadBigEndian<std::int32_t>(length.data());
    if (size < 4 || size > kMaxFrame) {
        return fail(garbled());
    }
    Bytes body(static_cast<std::size_t>(size));
    if (auto got = m_socket->receive(body, until); !got) {
        return fail(LinkError(got.error()));
    }
    return body;
}

LinkResult<void> BrokerLink::greet(const RemoteOptions& options, bool isTls) {
    protocol::ApiVersionsRequest request;
    request.clientSoftwareName = kClientId;
    request.clientSoftwareVersion = kClientVersion;
    // Version 3 first; an older broker answers with version 0 and UNSUPPORTED_VERSION, and is asked again in its words.
    for (const std::int16_t version : {std::int16_t{3}, std::int16_t{0}}) {
        const protocol::CorrelationId id(m_nextCorrelation++);
        const auto frame = protocol::encodeRequestFrame(request, protocol::ApiVersion(version), id, kClientId);
        auto bytes = exchange(frame->flat(), options.connectTimeoutMs);
        if (!bytes) {
            LinkError error = bytes.error();
            if (error.stage == LinkStage::kRequest) {
                error.stage = LinkStage::kProtocol;
                error.message = textOf(m_address) +
                                (error.isTimeout ? " took the connection but did not answer"
                                                 : " closed the connection at the first request") +
                                (isTls ? ": it may want a client certificate, or be no Kafka broker."
                                       : ": this is most likely a TLS port. Turn TLS on.");
            }
            return fail(std::move(error));
        }
        const auto header =
            protocol::decodeResponseHeader(*bytes, protocol::ApiKey::kApiVersions, protocol::ApiVersion(version));
        if (!header || header->correlationId != id) {
            return fail(garbled());
        }
        auto answer = protocol::decode<protocol::ApiVersionsResponse>(header->body, protocol::ApiVersion(version));
        if (!answer || answer->errorCode == ErrorCode::kUnsupportedVersion) {
            continue;
        }
        for (const auto& api : answer->apiKeys) {
            m_versions[api.apiKey] = {api.minVersion, api.maxVersion};
        }
        return m_versions.empty() ? LinkResult<void>(fail(garbled())) : LinkResult<void>();
    }
    return fail(garbled());
}

LinkResult<void> BrokerLink::logIn(const RemoteOptions& options, Random& random) {
    const SaslOptions& sasl = options.sasl;
    const char* const name = nameOf(sasl.mechanism);
    const int timeout = options.connectTimeoutMs;
    protocol::SaslHandshakeRequest request;
    request.mechanism = name;
    const auto shaken = call<protocol::SaslHandshakeResponse>(request, protocol::ApiVersion(1), timeout);
    if (!shaken) {
        LinkError error = shaken.error();
        if (error.stage == LinkStage::kRequest) {
            error = {LinkStage::kLogin,
                     textOf(m_address) + " takes no login here: it closed the connection when asked.", false};
        }
        return fail(std::move(error));
    }
    if (shaken->message.errorCode != ErrorCode::kNone) {
        std::string offered;
        for (const std::string& one : shaken->message.mechanisms) {
            offered += (offered.empty() ? "" : ", ") + one;
        }
        return failLogin(offered.empty() ? textOf(m_address) + " takes no login on this port: choose no login."
                                         : textOf(m_address) + " does not offer " + name + ", but " + offered + '.');
    }
    if (sasl.mechanism == SaslMechanism::kScramSha256 || sasl.mechanism == SaslMechanism::kScramSha512) {
        return logInWithScram(sasl, random, timeout);
    }
    std::string message;
    if (sasl.mechanism == SaslMechanism::kPlain) {
        message = std::string(1, '\0') + sasl.user + std::string(1, '\0') + sasl.password;
    } else {
        message =
            "n,,\x01"
            "auth=Bearer " +
            sasl.token + "\x01\x01";
    }
    auto answer = authenticate(sasl, asBytes(message), timeout);
    if (!answer) {
        return fail(LinkError(answer.error()));
    }
    if (sasl.mechanism == SaslMechanism::kOAuthBearer && !answer->empty()) {
        // A refusal comes as JSON in a successful answer (RFC 7628), and the client has to nod.
        static_cast<void>(authenticate(sasl, asBytes("\x01"), timeout));
        return failLogin("The token was refused: " + std::string(asText(*answer)));
    }
    return {};
}

LinkResult<Bytes> BrokerLink::authenticate(const SaslOptions& sasl, ByteView message, int timeoutMs) {
    protocol::SaslAuthenticateRequest request;
    request.authBytes = toBytes(message);
    const auto version = versionFor(protocol::ApiKey::kSaslAuthenticate, request.kVersions, 2);
    auto answer =
        call<protocol::SaslAuthenticateResponse>(request, version.value_or(protocol::ApiVersion(0)), timeoutMs);
    if (!answer) {
        LinkError error = answer.error();
        if (error.stage == LinkStage::kRequest && !error.isTimeout) {
            error.message = textOf(m_address) + " closed the connection during the login with " +
                            nameOf(sasl.mechanism) + ": the credentials are most likely wrong.";
        }
        error.stage = LinkStage::kLogin;
        return fail(std::move(error));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        const std::string who = sasl.user.empty() ? "the token" : "user " + sasl.user;
        return failLogin("The login of " + who + " with " + nameOf(sasl.mechanism) +
                         " was refused: " + answer->message.errorMessage.value_or("") + '.');
    }
    if (const std::int64_t life = answer->message.sessionLifetimeMs; life > 0) {
        // Left well before its end, so that no request meets it.
        m_endsAt = in(static_cast<int>(std::min<std::int64_t>(life * 8 / 10, std::numeric_limits<int>::max())));
    }
    return std::move(answer->message.authBytes);
}

LinkResult<void> BrokerLink::logInWithScram(const SaslOptions& sasl, Random& random, int timeoutMs) {
    using namespace security;
    const Digest digest = sasl.mechanism == SaslMechanism::kScramSha256 ? Digest::kSha256 : Digest::kSha512;
    const std::string nonce = toBase64(randomBytes(random, kNonceBytes));
    const std::string firstBare = "n=" + escapedUser(sasl.user) + ",r=" + nonce;
    const auto first = authenticate(sasl, asBytes("n,," + firstBare), timeoutMs);
    if (!first) {
        return fail(LinkError(first.error()));
    }
    const std::string serverFirst(asText(*first));
    const std::string bothNonces = attribute(serverFirst, 'r');
    const auto salt = fromBase64(attribute(serverFirst, 's'));
    const std::string count = attribute(serverFirst, 'i');
    std::int32_t iterations = 0;
    std::from_chars(count.data(), count.data() + count.size(), iterations);
    constexpr std::int32_t kMostIterations = 10'000'000;
    if (!bothNonces.starts_with(nonce) || !salt || iterations < 1 || iterations > kMostIterations) {
        return failLogin(textOf(m_address) + " answered the login with something that is not SCRAM.");
    }
    const Bytes salted = stretch(digest, sasl.password, *salt, iterations);
    const Bytes clientKey = hmac(digest, salted, asBytes("Client Key"));
    const std::string finalBare = "c=biws,r=" + bothNonces;
    const std::string authMessage = firstBare + ',' + serverFirst + ',' + finalBare;
    const Bytes signature = hmac(digest, hash(digest, clientKey), asBytes(authMessage));
    Bytes proof = clientKey;
    for (std::size_t i = 0; i < proof.size(); ++i) {
        proof[i] ^= signature[i];
    }
    const auto last = authenticate(sasl, asBytes(finalBare + ",p=" + toBase64(proof)), timeoutMs);
    if (!last) {
        return fail(LinkError(last.error()));
    }
    const Bytes serverKey = hmac(digest, salted, asBytes("Server Key"));
    const auto theirs = fromBase64(attribute(asText(*last), 'v'));
    if (!theirs || !isSame(*theirs, hmac(digest, serverKey, asBytes(authMessage)))) {
        return failLogin(textOf(m_address) +
                         " could not prove that it knows the password: it is not the broker it says.");
    }
    return {};
}

}  // namespace weir::app
