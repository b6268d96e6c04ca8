// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"

struct evp_pkey_st;

namespace weir::security {

/// The contents of a file; nothing when it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

/// Public keys by their ids, from a JSON Web Key Set (RFC 7517): RSA and the curves P-256, P-384 and P-521. A key that
/// is for something other than signatures, or for one algorithm, serves nothing else. Immutable.
class KeySet {
public:
    /// Nothing when it is no key set. Keys of other kinds are passed over.
    static std::optional<KeySet> parse(std::string_view json);

    /// Whether `signature` is of `signedText` by the key `keyId`, with an algorithm of RFC 7518 that has a public key:
    /// RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or ES512, each curve with its own hash (section 3.4).
    /// "none" and HS256, whose secret anybody could take from the public key, are none. Without a key id any key will
    /// do.
    [[nodiscard]] bool verifies(std::string_view algorithm, std::string_view keyId, std::string_view signedText,
                                std::string_view signature) const;
    [[nodiscard]] std::size_t size() const { return m_keys.size(); }

private:
    struct Key {
        std::string id;
        std::shared_ptr<evp_pkey_st> key;
        /// "RSA", or the curve.
        std::string kind;
        /// The only one it is for; empty: any of its kind.
        std::string algorithm;
    };
    std::vector<Key> m_keys;
};

enum class JwtErrc { kInvalid };

struct JwtSettings {
    std::string keySetFile;
    std::chrono::milliseconds refresh{3'600'000};
    /// Empty: not looked at.
    std::vector<std::string> audiences;
    std::string issuer;
    std::string scopeClaim = "scope";
    std::string subjectClaim = "sub";
    std::chrono::seconds clockSkew{30};
};

/// Judges bearer tokens as Kafka's BrokerJwtValidator: signed by a key of the set, with expiry, time of issue and
/// subject, for the expected audience, by the expected issuer. The file is read again when it is older than `refresh`,
/// and, at most every ten seconds, when a token names a key that is not in it. Thread safe.
class JwtVerifier {
public:
    JwtVerifier(JwtSettings settings, ReadFile readFile, const Clock& clock);

    /// False: the file is not there or holds no keys.
    bool load();

    struct Verdict {
        std::string subject;
        Timestamp goodUntil;
    };
    [[nodiscard]] Result<Verdict, Error<JwtErrc>> verify(std::string_view token);

private:
    bool isSigned(std::string_view algorithm, std::string_view keyId, std::string_view signedText,
                  std::string_view signature);

    const JwtSettings m_settings;
    const ReadFile m_readFile;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::shared_ptr<const KeySet> m_keys;
    Clock::Steady m_loadedAt{};
};

}  // namespace weir::security
