// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_options.h"

#include <charconv>

namespace weir::app {

namespace {

constexpr std::uint16_t kDefaultPort = 9092;

// "host:port", "[v6]:port" or a bare host.
bool parseOne(std::string_view text, HostPort& into) {
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        into.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const auto colon = text.rfind(':');
        into.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    into.port = kDefaultPort;
    if (into.host.empty() || port.empty()) {
        return !into.host.empty();
    }
    port.remove_prefix(1);
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), into.port);
    return parsed.ec == std::errc() && parsed.ptr == port.data() + port.size() && into.port != 0;
}

}  // namespace

std::string textOf(const HostPort& address) {
    const bool isV6 = address.host.find(':') != std::string::npos;
    return (isV6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

bool isLoopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::vector<HostPort> parseBootstrap(const std::string& text) {
    std::vector<HostPort> addresses;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = text.find_first_of(", \t\r\n;", at);
        std::string_view part = std::string_view(text).substr(at, end == std::string::npos ? end : end - at);
        // "SASL_SSL://host:9093" is how some brokers write their listeners.
        if (const auto scheme = part.find("://"); scheme != std::string_view::npos) {
            part.remove_prefix(scheme + 3);
        }
        HostPort address;
        if (!part.empty() && parseOne(part, address)) {
            addresses.push_back(std::move(address));
        }
        at = end == std::string::npos ? text.size() : end + 1;
    }
    return addresses;
}

const char* nameOf(SaslMechanism mechanism) {
    switch (mechanism) {
        case SaslMechanism::kPlain:
            return "PLAIN";
        case SaslMechanism::kScramSha256:
            return "SCRAM-SHA-256";
        case SaslMechanism::kScramSha512:
            return "SCRAM-SHA-512";
        case SaslMechanism::kOAuthBearer:
            return "OAUTHBEARER";
        case SaslMechanism::kNone:
            break;
    }
    return "";
}

}  // namespace weir::app
