// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/jwt.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "broker/security/crypto.h"

namespace weir::security {

namespace {

using Json = nlohmann::json;
constexpr std::chrono::seconds kShortestRefresh{10};

Failure<Error<JwtErrc>> invalid(std::string why) {
    return fail(JwtErrc::kInvalid, std::move(why));
}

std::optional<Json> decodeObject(std::string_view part) {
    const auto bytes = fromBase64Url(part);
    if (!bytes) {
        return std::nullopt;
    }
    Json json = Json::parse(asText(*bytes), nullptr, false);
    return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
}

/// A claim that is a number of seconds (NumericDate).
std::optional<std::int64_t> seconds(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number()) {
        return std::nullopt;
    }
    const double value = found->get<double>();
    constexpr double kFarFuture = 253402300800.0;  // the year 10000
    return value >= 0 && value < kFarFuture ? std::optional(static_cast<std::int64_t>(value)) : std::nullopt;
}

std::string textOf(const Json& object, const std::string& name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// One text, or a list of them.
std::vector<std::string> texts(const Json& claims, const std::string& name) {
    std::vector<std::string> found;
    const auto at = claims.find(name);
    if (at == claims.end()) {
        return found;
    }
    if (at->is_string()) {
        found.push_back(at->get<std::string>());
    } else if (at->is_array()) {
        for (const Json& each : *at) {
            if (each.is_string()) {
                found.push_back(each.get<std::string>());
            }
        }
    }
    return found;
}

bool isFor(const std::vector<std::string>& audiences, const Json& claims) {
    const auto named = texts(claims, "aud");
    return audiences.empty() || std::any_of(named.begin(), named.end(), [&](const std::string& each) {
               return std::find(audiences.begin(), audiences.end(), each) != audiences.end();
           });
}

}  // namespace

JwtVerifier::JwtVerifier(JwtSettings settings, ReadFile readFile, const Clock& clock)
    : m_settings(std::move(settings)), m_readFile(std::move(readFile)), m_clock(clock) {}

bool JwtVerifier::load() {
    const auto text = m_readFile(m_settings.keySetFile);
    auto keys = text ? KeySet::parse(*text) : std::nullopt;
    const std::lock_guard lock(m_mutex);
    m_loadedAt = m_clock.steadyNow();
    if (!keys || keys->size() == 0) {
        return false;  // what was read before stays
    }
    m_keys = std::make_shared<const KeySet>(std::move(*keys));
    return true;
}

bool JwtVerifier::isSigned(std::string_view algorithm, std::string_view keyId, std::string_view signedText,
                           std::string_view signature) {
    const auto current = [this](std::chrono::milliseconds oldest) {
        std::unique_lock lock(m_mutex);
        const bool isOld = m_clock.steadyNow() - m_loadedAt >= oldest;
        lock.unlock();
        if (isOld) {
            load();
        }
        lock.lock();
        return std::pair(m_keys, isOld);
    };
    const auto [keys, isFresh] = current(m_settings.refresh);
    if (keys && keys->verifies(algorithm, keyId, signedText, signature)) {
        return true;
    }
    const auto [again, isNew] = current(kShortestRefresh);
    return isNew && again && again->verifies(algorithm, keyId, signedText, signature);
}

Result<JwtVerifier::Verdict, Error<JwtErrc>> JwtVerifier::verify(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        return invalid("the token has no header, claims and signature");
    }
    const auto header = decodeObject(token.substr(0, first));
    const auto claims = decodeObject(token.substr(first + 1, second - first - 1));
    const auto signature = fromBase64Url(token.substr(second + 1));
    if (!header || !claims || !signature) {
        return invalid("the token cannot be read");
    }
    if (header->contains("crit")) {
        // What has to be understood (RFC 7515, section 4.1.11) is not.
        return invalid("the token asks for more than is known here");
    }
    if (!isSigned(textOf(*header, "alg"), textOf(*header, "kid"), token.substr(0, second), asText(*signature))) {
        return invalid("the token is not signed by a known key");
    }
    const auto now = m_clock.wallNowMs() / 1000;
    const auto skew = m_settings.clockSkew.count();
    const auto expires = seconds(*claims, "exp");
    const auto begins = seconds(*claims, "nbf");
    if (!expires || !seconds(*claims, "iat")) {
        return invalid("the token does not say when it was issued and when it expires");
    }
    if (*expires + skew <= now) {
        return invalid("the token has expired");
    }
    if ((claims->contains("nbf") && !begins) || (begins && *begins - skew > now)) {
        return invalid("the token is not valid yet");
    }
    if (!m_settings.issuer.empty() && textOf(*claims, "iss") != m_settings.issuer) {
        return invalid("the token is by another issuer");
    }
    if (!isFor(m_settings.audiences, *claims)) {
        return invalid("the token is for another audience");
    }
    Verdict verdict{textOf(*claims, m_settings.subjectClaim), Timestamp(*expires * 1000)};
    const auto scope = claims->find(m_settings.scopeClaim);
    if (scope != claims->end() && !scope->is_string() && !scope->is_array()) {
        return invalid("the token's scope is neither a text nor a list");
    }
    if (verdict.subject.empty()) {
        return invalid("the token names nobody");
    }
    return verdict;
}

}  // namespace weir::security
