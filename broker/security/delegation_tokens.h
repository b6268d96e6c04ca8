// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "broker/catalog/catalog.h"
#include "broker/security/principal.h"
#include "broker/security/scram.h"

namespace weir::security {

/// Kafka's codes are given in server/error_map.
enum class TokenErrc { kNotFound, kNotYours, kExpired, kStorage };
template <class T>
using TokenResult = Result<T, Error<TokenErrc>>;

/// One delegation token: who may log in by it as whom, and until when (KIP-48, KIP-373).
struct DelegationToken {
    catalog::TokenRow row;
    /// The secret: HMAC-SHA-512 of the id under delegation.token.secret.key. Never stored, never logged.
    Bytes hmac;
};

/// The delegation tokens, kept in the catalog without their secrets. Thread safe; changes block for a commit.
class DelegationTokens {
public:
    struct Options {
        std::string secretKey;
        std::chrono::milliseconds maxLifetime;
        std::chrono::milliseconds renewEvery;
    };
    static catalog::CatalogResult<std::unique_ptr<DelegationTokens>> open(catalog::Catalog& catalog, Options options,
                                                                          const Clock& clock, Random& random);

    /// A life of 0 or less is the longest there is.
    TokenResult<DelegationToken> create(const Principal& owner, const Principal& requester,
                                        std::vector<std::string> renewers, std::chrono::milliseconds life);
    /// Answers until when it is good now. A negative period is the default one.
    TokenResult<Timestamp> renew(ByteView secret, const Principal& by, std::chrono::milliseconds period);
    /// A negative period ends it at once.
    TokenResult<Timestamp> expire(ByteView secret, const Principal& by, std::chrono::milliseconds period);
    [[nodiscard]] std::vector<DelegationToken> find(const std::function<bool(const DelegationToken&)>& wanted) const;

    struct Login {
        ScramCredential credential;
        Principal owner;
        Timestamp goodUntil;
    };
    /// What checks a login with the token of that id; nothing when there is none that is good now.
    [[nodiscard]] std::optional<Login> login(const std::string& id, ScramMechanism mechanism) const;

    /// Forgets those whose time is over; called now and then.
    void sweep();

private:
    DelegationTokens(catalog::Catalog& catalog, Options options, const Clock& clock, Random& random);
    struct Known {
        DelegationToken token;
        std::map<ScramMechanism, ScramCredential> credentials;
    };
    [[nodiscard]] Known known(catalog::TokenRow row) const;
    [[nodiscard]] std::int64_t now() const { return m_clock.wallNowMs(); }
    [[nodiscard]] TokenResult<catalog::TokenRow> judge(ByteView secret, const Principal& by) const;

    catalog::Catalog& m_catalog;
    const Options m_options;
    const Clock& m_clock;
    Random& m_random;
    std::mutex m_changeMutex;
    mutable std::mutex m_mutex;
    mutable std::map<std::string, Known> m_tokens;
};

}  // namespace weir::security
