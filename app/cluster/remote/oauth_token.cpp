// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/oauth_token.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace weir::app {

namespace {

using std::chrono::steady_clock;

constexpr std::uint16_t kHttps = 443;
constexpr std::uint16_t kHttp = 80;
constexpr std::size_t kMostHead = std::size_t{64} << 10;
constexpr std::size_t kMostBody = std::size_t{1} << 20;
/// Where the server does not say how long a token lasts.
constexpr std::int64_t kUnknownLifeSeconds = 300;

struct Endpoint {
    bool isTls = true;
    HostPort address;
    std::string path;
};

LinkError tokenError(const std::string& message) {
    return {LinkStage::kLogin, message, false};
}

std::optional<Endpoint> endpointOf(const std::string& url) {
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) {
        return std::nullopt;
    }
    Endpoint endpoint;
    const std::string kind = url.substr(0, scheme);
    endpoint.isTls = kind == "https";
    if (!endpoint.isTls && kind != "http") {
        return std::nullopt;
    }
    const auto path = url.find('/', scheme + 3);
    const std::string host = url.substr(scheme + 3, path == std::string::npos ? path : path - scheme - 3);
    endpoint.path = path == std::string::npos ? "/" : url.substr(path);
    const auto parsed = parseBootstrap(host);
    if (parsed.size() != 1) {
        return std::nullopt;
    }
    endpoint.address = parsed.front();
    const bool hasPort = host.ends_with(':' + std::to_string(endpoint.address.port));
    if (!hasPort) {
        endpoint.address.port = endpoint.isTls ? kHttps : kHttp;
    }
    return endpoint;
}

/// As a form and the halves of Basic want it (RFC 6749, appendix B).
std::string escaped(const std::string& text) {
    constexpr const char* kHex = "0123456789ABCDEF";
    std::string made;
    for (const char each : text) {
        const auto byte = static_cast<unsigned char>(each);
        const bool isPlain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                             (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (isPlain) {
            made += each;
        } else {
            made += {'%', kHex[byte >> 4U], kHex[byte & 0xFU]};
        }
    }
    return made;
}

std::string base64(const std::string& text) {
    std::string made(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(made.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    made.resize(static_cast<std::size_t>(size));
    return made;
}

std::string requestTo(const Endpoint& endpoint, const SaslOptions& sasl) {
    std::string form = "grant_type=client_credentials";
    if (!sasl.scope.empty()) {
        form += "&scope=" + escaped(sasl.scope);
    }
    // Version 1.0 is answered whole, and the end of the answer is the end of the connection.
    return "POST " + endpoint.path + " HTTP/1.0\r\nHost: " + textOf(endpoint.address) +
           "\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
           std::to_string(form.size()) + "\r\nAuthorization: Basic " +
           base64(escaped(sasl.user) + ':' + escaped(sasl.password)) + "\r\nConnection: close\r\n\r\n" + form;
}

struct Reply {
    int status = 0;
    std::string body;
};

LinkResult<Reply> receiveReply(WireSocket& socket, WireSocket::Deadline until) {
    std::string head;
    while (!head.ends_with("\r\n\r\n") && head.size() < kMostHead) {
        std::byte one{};
        if (auto got = socket.receive({&one, 1}, until); !got) {
            return fail(LinkError(got.error()));
        }
        head += static_cast<char>(one);
    }
    Reply reply;
    if (!head.starts_with("HTTP/1.") || head.size() < 12) {
        return fail(tokenError("it is no web server"));
    }
    reply.status = std::atoi(head.c_str() + 9);
    std::string lower = head;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char each) { return static_cast<char>(std::tolower(each)); });
    const auto length = lower.find("\r\ncontent-length:");
    const std::size_t wanted =
        length == std::string::npos
            ? kMostBody
            : std::min<std::size_t>(std::strtoull(lower.c_str() + length + 17, nullptr, 10), kMostBody);
    while (reply.body.size() < wanted) {
        std::byte one{};
        if (!socket.receive({&one, 1}, until)) {
            break;
        }
        reply.body += static_cast<char>(one);
    }
    return reply;
}

}  // namespace

LinkResult<std::string> OAuthToken::get(const WireStop& stop) {
    if (m_options.sasl.tokenUrl.empty()) {
        return m_options.sasl.token;
    }
    const std::lock_guard lock(m_mutex);
    if (!m_token.empty() && steady_clock::now() < m_renewAt) {
        return m_token;
    }
    return fetch(stop);
}

void OAuthToken::forget() {
    const std::lock_guard lock(m_mutex);
    m_token.clear();
}

LinkResult<std::string> OAuthToken::fetch(const WireStop& stop) {
    const SaslOptions& sasl = m_options.sasl;
    const auto endpoint = endpointOf(sasl.tokenUrl);
    if (!endpoint) {
        return fail(tokenError("\"" + sasl.tokenUrl + "\" is no address of a server of tokens: https://… is wanted."));
    }
    const std::string where = textOf(endpoint->address);
    if (!endpoint->isTls && !isLoopback(endpoint->address.host)) {
        return fail(tokenError("The client's secret is not sent to " + where +
                               " without TLS: the token's address must begin with https."));
    }
    std::shared_ptr<const TlsClient> tls;
    if (endpoint->isTls) {
        TlsOptions options;
        options.isOn = true;
        options.caFile = m_options.tls.caFile;
        options.caPassword = m_options.tls.caPassword;
        options.alsoTrustsSystem = true;
        auto made = TlsClient::make(options);
        if (!made) {
            return fail(LinkError(made.error()));
        }
        tls = *std::move(made);
    }
    const auto until = steady_clock::now() + std::chrono::milliseconds(m_options.connectTimeoutMs);
    auto socket = WireSocket::connect(endpoint->address, tls.get(), stop, until);
    if (!socket) {
        LinkError error = socket.error();
        error.message = "No token came: " + error.message;
        return fail(std::move(error));
    }
    if (auto sent = (*socket)->send(asBytes(requestTo(*endpoint, sasl)), until); !sent) {
        return fail(LinkError(sent.error()));
    }
    const auto reply = receiveReply(**socket, until);
    if (!reply) {
        return fail(tokenError("No token came from " + where + ": " + reply.error().message));
    }
    const auto json = nlohmann::json::parse(reply->body, nullptr, false);
    const auto text = [&json](const char* name) {
        const bool isThere = json.is_object() && json.contains(name) && json[name].is_string();
        return isThere ? json[name].get<std::string>() : std::string();
    };
    const std::string token = text("access_token");
    constexpr int kOk = 200;
    if (reply->status != kOk || token.empty()) {
        const std::string why = text("error_description").empty() ? text("error") : text("error_description");
        return fail(tokenError(where + " gave no token to client " + sasl.user + ": status " +
                               std::to_string(reply->status) + (why.empty() ? "." : ", " + why + '.')));
    }
    const bool hasLife = json.contains("expires_in") && json["expires_in"].is_number();
    const std::int64_t life = hasLife ? json["expires_in"].get<std::int64_t>() : kUnknownLifeSeconds;
    // Kafka's clients renew at 80 % of its life.
    m_renewAt = steady_clock::now() + std::chrono::milliseconds(std::clamp<std::int64_t>(life, 1, 86'400) * 800);
    m_token = token;
    return token;
}

}  // namespace weir::app
