// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/random.h"
#include "broker/catalog/catalog.h"
#include "broker/security/crypto.h"

namespace weir::security {

/// Kafka's numbers (ScramMechanism).
enum class ScramMechanism : std::int8_t { kUnknown = 0, kSha256 = 1, kSha512 = 2 };

constexpr Digest digestOf(ScramMechanism mechanism) {
    return mechanism == ScramMechanism::kSha256 ? Digest::kSha256 : Digest::kSha512;
}
constexpr std::string_view nameOf(ScramMechanism mechanism) {
    return mechanism == ScramMechanism::kSha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
}

inline constexpr std::int32_t kMinScramIterations = 4096;
inline constexpr std::int32_t kMaxScramIterations = 16384;

/// What a broker keeps to check a password without knowing it (RFC 5802, section 3).
struct ScramCredential {
    std::int32_t iterations = kMinScramIterations;
    Bytes salt;
    Bytes storedKey;
    Bytes serverKey;
};
/// From what an admin client sends: the password stretched already, so that it never travels.
ScramCredential scramCredential(ScramMechanism mechanism, std::int32_t iterations, Bytes salt, ByteView saltedPassword);
ScramCredential scramCredential(ScramMechanism mechanism, std::int32_t iterations, Bytes salt,
                                std::string_view password);

/// The users with SCRAM passwords, kept in the catalog. Thread safe; changes block for a commit.
class ScramUsers {
public:
    static catalog::CatalogResult<std::unique_ptr<ScramUsers>> open(catalog::Catalog& catalog, Random& random);

    [[nodiscard]] std::optional<ScramCredential> find(ScramMechanism mechanism, std::string_view user) const;
    /// For a name that nobody has: always the same for the same name, so that a stranger cannot tell it from a user,
    /// and no password fits.
    [[nodiscard]] ScramCredential decoy(ScramMechanism mechanism, std::string_view user) const;

    struct Listed {
        ScramMechanism mechanism;
        std::int32_t iterations;
    };
    [[nodiscard]] std::map<std::string, std::vector<Listed>> list() const;

    struct Key {
        std::string user;
        ScramMechanism mechanism;
        auto operator<=>(const Key&) const = default;
    };
    catalog::CatalogResult<void> change(const std::map<Key, ScramCredential>& put, const std::vector<Key>& remove);

private:
    explicit ScramUsers(catalog::Catalog& catalog) : m_catalog(catalog) {}
    /// As many as one of the users of this mechanism has, so that the count tells nothing either.
    [[nodiscard]] std::int32_t decoyIterations(ScramMechanism mechanism, std::string_view user) const;

    catalog::Catalog& m_catalog;
    Bytes m_decoySecret;
    std::mutex m_changeMutex;
    mutable std::mutex m_mutex;
    std::map<Key, ScramCredential> m_users;
};

}  // namespace weir::security
