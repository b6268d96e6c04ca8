// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/scram.h"

#include <utility>

namespace weir::security {

namespace {

/// The catalog's row that holds the secret behind decoys: no user has an empty name.
constexpr std::string_view kDecoyName;
/// As long as the salts of Kafka's own admin tool.
constexpr std::size_t kSaltSize = 26;

}  // namespace

ScramCredential scramCredential(ScramMechanism mechanism, std::int32_t iterations, Bytes salt,
                                ByteView saltedPassword) {
    const Digest digest = digestOf(mechanism);
    ScramCredential made;
    made.iterations = iterations;
    made.salt = std::move(salt);
    made.storedKey = hash(digest, hmac(digest, saltedPassword, asBytes("Client Key")));
    made.serverKey = hmac(digest, saltedPassword, asBytes("Server Key"));
    return made;
}

ScramCredential scramCredential(ScramMechanism mechanism, std::int32_t iterations, Bytes salt,
                                std::string_view password) {
    const Bytes salted = stretch(digestOf(mechanism), password, salt, iterations);
    return scramCredential(mechanism, iterations, std::move(salt), ByteView(salted));
}

catalog::CatalogResult<std::unique_ptr<ScramUsers>> ScramUsers::open(catalog::Catalog& catalog, Random& random) {
    auto rows = catalog.scramCredentials();
    if (!rows) {
        return fail(rows.error());
    }
    std::unique_ptr<ScramUsers> users(new ScramUsers(catalog));
    for (auto& row : *rows) {
        if (row.user == kDecoyName) {
            users->m_decoySecret = std::move(row.storedKey);
            continue;
        }
        users->m_users[{std::move(row.user), static_cast<ScramMechanism>(row.mechanism)}] = {
            row.iterations, std::move(row.salt), std::move(row.storedKey), std::move(row.serverKey)};
    }
    if (users->m_decoySecret.empty()) {
        users->m_decoySecret = randomBytes(random, 32);
        catalog::ScramRow row;
        row.user = kDecoyName;
        row.storedKey = users->m_decoySecret;
        if (auto stored = catalog.changeScramCredentials({row}, {}); !stored) {
            return fail(stored.error());
        }
    }
    return users;
}

std::optional<ScramCredential> ScramUsers::find(ScramMechanism mechanism, std::string_view user) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_users.find({std::string(user), mechanism});
    return found == m_users.end() ? std::nullopt : std::optional(found->second);
}

ScramCredential ScramUsers::decoy(ScramMechanism mechanism, std::string_view user) const {
    ScramCredential made;
    made.salt = hmac(Digest::kSha512, m_decoySecret, asBytes(std::string(nameOf(mechanism)) + std::string(user)));
    // Letters and digits, as in the salts that Kafka's tool makes.
    for (std::byte& each : made.salt) {
        const auto digit = std::to_integer<unsigned>(each) % 36;
        each = static_cast<std::byte>(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
    made.salt.resize(kSaltSize);
    const std::size_t size = digestOf(mechanism) == Digest::kSha256 ? 32 : 64;
    made.storedKey.resize(size);
    made.serverKey.resize(size);
    made.iterations = decoyIterations(mechanism, user);
    return made;
}

std::int32_t ScramUsers::decoyIterations(ScramMechanism mechanism, std::string_view user) const {
    std::vector<std::int32_t> counts;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& [key, credential] : m_users) {
            if (key.mechanism == mechanism) {
                counts.push_back(credential.iterations);
            }
        }
    }
    if (counts.empty()) {
        return kMinScramIterations;
    }
    const Bytes draw = hmac(Digest::kSha256, m_decoySecret, asBytes("iterations of " + std::string(user)));
    return counts[loadBigEndian<std::uint32_t>(draw.data()) % counts.size()];
}

std::map<std::string, std::vector<ScramUsers::Listed>> ScramUsers::list() const {
    std::map<std::string, std::vector<Listed>> listed;
    const std::lock_guard lock(m_mutex);
    for (const auto& [key, credential] : m_users) {
        listed[key.user].push_back({key.mechanism, credential.iterations});
    }
    return listed;
}

catalog::CatalogResult<void> ScramUsers::change(const std::map<Key, ScramCredential>& put,
                                                const std::vector<Key>& remove) {
    const std::lock_guard changing(m_changeMutex);
    std::vector<catalog::ScramRow> rows;
    for (const auto& [key, credential] : put) {
        rows.push_back({key.user, static_cast<std::int8_t>(key.mechanism), credential.iterations, credential.salt,
                        credential.storedKey, credential.serverKey});
    }
    std::vector<catalog::ScramKey> keys;
    for (const Key& key : remove) {
        keys.push_back({key.user, static_cast<std::int8_t>(key.mechanism)});
    }
    if (auto stored = m_catalog.changeScramCredentials(rows, keys); !stored) {
        return stored;
    }
    const std::lock_guard lock(m_mutex);
    for (const Key& key : remove) {
        m_users.erase(key);
    }
    for (const auto& [key, credential] : put) {
        m_users[key] = credential;
    }
    return {};
}

}  // namespace weir::security
