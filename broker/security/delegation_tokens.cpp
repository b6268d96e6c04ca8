// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/delegation_tokens.h"

#include <algorithm>
#include <utility>

#include "broker/base/uuid.h"

namespace weir::security {

DelegationTokens::DelegationTokens(catalog::Catalog& catalog, Options options, const Clock& clock, Random& random)
    : m_catalog(catalog), m_options(std::move(options)), m_clock(clock), m_random(random) {}

catalog::CatalogResult<std::unique_ptr<DelegationTokens>> DelegationTokens::open(catalog::Catalog& catalog,
                                                                                 Options options, const Clock& clock,
                                                                                 Random& random) {
    auto rows = catalog.tokens();
    if (!rows) {
        return fail(rows.error());
    }
    std::unique_ptr<DelegationTokens> tokens(new DelegationTokens(catalog, std::move(options), clock, random));
    for (auto& row : *rows) {
        std::string id = row.id;
        tokens->m_tokens.emplace(std::move(id), tokens->known(std::move(row)));
    }
    return tokens;
}

DelegationTokens::Known DelegationTokens::known(catalog::TokenRow row) const {
    Bytes secret = hmac(Digest::kSha512, asBytes(m_options.secretKey), asBytes(row.id));
    return {{std::move(row), std::move(secret)}, {}};
}

TokenResult<DelegationToken> DelegationTokens::create(const Principal& owner, const Principal& requester,
                                                      std::vector<std::string> renewers,
                                                      std::chrono::milliseconds life) {
    const std::lock_guard changing(m_changeMutex);
    const auto longest = life.count() <= 0 ? m_options.maxLifetime : std::min(life, m_options.maxLifetime);
    catalog::TokenRow row;
    // 128 random bits, written without the signs that would have to be escaped in a user name.
    for (const std::byte each : randomBytes(m_random, 16)) {
        constexpr std::string_view kHex = "0123456789abcdef";
        row.id += kHex[std::to_integer<std::size_t>(each) >> 4];
        row.id += kHex[std::to_integer<std::size_t>(each) & 15];
    }
    row.owner = owner.text();
    row.requester = requester.text();
    row.renewers = std::move(renewers);
    row.issuedAt = Timestamp(now());
    row.endsAt = row.issuedAt + longest.count();
    row.expiresAt = std::min(row.endsAt, row.issuedAt + m_options.renewEvery.count());
    if (auto stored = m_catalog.putToken(row); !stored) {
        return fail(TokenErrc::kStorage, stored.error().message);
    }
    Known made = known(row);
    DelegationToken token = made.token;
    const std::lock_guard lock(m_mutex);
    m_tokens.emplace(row.id, std::move(made));
    return token;
}

TokenResult<catalog::TokenRow> DelegationTokens::judge(ByteView secret, const Principal& by) const {
    const std::lock_guard lock(m_mutex);
    const auto found = std::find_if(m_tokens.begin(), m_tokens.end(),
                                    [&](const auto& each) { return isSame(each.second.token.hmac, secret); });
    if (found == m_tokens.end()) {
        return fail(TokenErrc::kNotFound, "There is no such delegation token.");
    }
    const catalog::TokenRow& row = found->second.token.row;
    const bool isRenewer = std::find(row.renewers.begin(), row.renewers.end(), by.text()) != row.renewers.end();
    if (row.owner != by.text() && row.requester != by.text() && !isRenewer) {
        return fail(TokenErrc::kNotYours, "The delegation token belongs to somebody else.");
    }
    return row;
}

TokenResult<Timestamp> DelegationTokens::renew(ByteView secret, const Principal& by, std::chrono::milliseconds period) {
    const std::lock_guard changing(m_changeMutex);
    auto row = judge(secret, by);
    if (!row) {
        return fail(row.error());
    }
    if (std::min(row->expiresAt, row->endsAt).value < now()) {
        return fail(TokenErrc::kExpired, "The delegation token's time is over.");
    }
    const auto more = period.count() < 0 ? m_options.renewEvery : std::min(period, m_options.maxLifetime);
    row->expiresAt = std::min(row->endsAt, Timestamp(now()) + more.count());
    if (auto stored = m_catalog.putToken(*row); !stored) {
        return fail(TokenErrc::kStorage, stored.error().message);
    }
    const std::lock_guard lock(m_mutex);
    m_tokens.at(row->id).token.row = *row;
    return row->expiresAt;
}

TokenResult<Timestamp> DelegationTokens::expire(ByteView secret, const Principal& by,
                                                std::chrono::milliseconds period) {
    if (period.count() >= 0) {
        return renew(secret, by, period);
    }
    const std::lock_guard changing(m_changeMutex);
    const auto row = judge(secret, by);
    if (!row) {
        return fail(row.error());
    }
    if (auto removed = m_catalog.removeToken(row->id); !removed) {
        return fail(TokenErrc::kStorage, removed.error().message);
    }
    const std::lock_guard lock(m_mutex);
    m_tokens.erase(row->id);
    return Timestamp(now());
}

std::vector<DelegationToken> DelegationTokens::find(const std::function<bool(const DelegationToken&)>& wanted) const {
    std::vector<DelegationToken> all;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [id, known] : m_tokens) {
            all.push_back(known.token);
        }
    }
    std::erase_if(all,
                  [&](const DelegationToken& token) { return token.row.expiresAt.value < now() || !wanted(token); });
    return all;
}

std::optional<DelegationTokens::Login> DelegationTokens::login(const std::string& id, ScramMechanism mechanism) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_tokens.find(id);
    if (found == m_tokens.end() || found->second.token.row.expiresAt.value < now()) {
        return std::nullopt;
    }
    Known& known = found->second;
    auto [credential, isNew] = known.credentials.try_emplace(mechanism);
    if (isNew) {
        // The password is the secret as clients write it; what is made of it is kept for as long as the token.
        credential->second = scramCredential(mechanism, kMinScramIterations, randomBytes(m_random, 24),
                                             std::string_view(toBase64(known.token.hmac)));
    }
    const auto owner = parsePrincipal(known.token.row.owner);
    return Login{credential->second, owner.value_or(Principal{}), known.token.row.expiresAt};
}

void DelegationTokens::sweep() {
    const std::lock_guard changing(m_changeMutex);
    std::vector<std::string> over;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [id, known] : m_tokens) {
            if (known.token.row.expiresAt.value < now()) {
                over.push_back(id);
            }
        }
    }
    for (const std::string& id : over) {
        if (m_catalog.removeToken(id)) {
            const std::lock_guard lock(m_mutex);
            m_tokens.erase(id);
        }
    }
}

}  // namespace weir::security
