// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "broker/base/assert.h"
#include "broker/security/jaas.h"
#include "broker/security/jwt.h"
#include "broker/security/oauth_server.h"
#include "broker/security/plain_server.h"
#include "broker/security/scram_server.h"
#include "tests/fuzz/entries.h"
#include "tests/fuzz/parts.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scram_client.h"

namespace weir::fuzz {

namespace {

using namespace weir::security;

constexpr unsigned kMechanismMask = 0x03;
/// The messages are a name and a password, with which the client's half of SCRAM logs in.
constexpr unsigned kHonest = 0x04;
constexpr std::size_t kMostMessages = 4;

constexpr const char* kUser = "alice";
constexpr const char* kPassword = "secret";
/// The public half of a key that nobody has the private half of any more.
constexpr const char* kKeys =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\""
    "mCdFK2HXn8PlUoTf9uo9-SUP-T2ZasYUMV3EB-ZxKC-1yGxIahzC6ABgVd2TX2rjY2gDj5e8QC8qA6zvxO6702QLc_"
    "wYZ76PRXq1cKH2uF4f3p1Gn8Ky-bI-J87zAK36pByBMBZdvH45cTAvCSzivx0qCoSHAIyjMWzzR8vLQ-9IaLLPn1Xh"
    "P2HfWsI61cXP9PeNoyVpHMEP1s3eoR57FOC6sgTCCP8DL34-qu0h0RsLmKWjfU0ipoJvVfCYhzDnT5uebQg9DQsiVB"
    "PSKHzgCgTOI2xfqCDNo6RpTfJ8OGWHsZBmEqFUM7Aip3l4Sg8JobmbJzvJLM-vS6q52CdcnQ"
    "\",\"e\":\"AQAB\"}]}";

/// What every login of the process is checked against.
class Place {
public:
    Place() : m_folder(std::filesystem::temp_directory_path() / ("weir-fuzz-" + std::to_string(m_system.next()))) {
        auto catalog = catalog::Catalog::open({.folder = m_folder}, m_clock, m_system, Logger());
        WEIR_ASSERT(catalog.ok());
        m_catalog = *std::move(catalog);
        auto users = ScramUsers::open(*m_catalog, m_system);
        WEIR_ASSERT(users.ok());
        m_users = *std::move(users);
        for (const auto mechanism : {ScramMechanism::kSha256, ScramMechanism::kSha512}) {
            const auto credential =
                scramCredential(mechanism, kMinScramIterations, toBytes("salty"), std::string_view(kPassword));
            WEIR_ASSERT(m_users->change({{{kUser, mechanism}, credential}}, {}).ok());
        }
        WEIR_ASSERT(m_verifier.load());
    }
    ~Place() {
        m_users.reset();
        m_catalog.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    std::unique_ptr<SaslServer> server(unsigned mechanism, Random& random) {
        switch (mechanism) {
            case 0:
                return std::make_unique<PlainServer>(m_plain);
            case 1:
                return std::make_unique<ScramServer>(ScramMechanism::kSha256, *m_users, nullptr, random);
            case 2:
                return std::make_unique<ScramServer>(ScramMechanism::kSha512, *m_users, nullptr, random);
            default:
                return std::make_unique<OAuthServer>(m_verifier);
        }
    }
    JwtVerifier& verifier() { return m_verifier; }

private:
    static JwtSettings keySet() {
        JwtSettings settings;
        settings.keySetFile = "keys";
        return settings;
    }

    SystemRandom m_system;
    testing::ManualClock m_clock;
    std::filesystem::path m_folder;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<ScramUsers> m_users;
    PlainUsers m_plain{{kUser, kPassword}};
    JwtVerifier m_verifier{keySet(), [](const std::string&) { return std::string(kKeys); }, m_clock};
};

Place& place() {
    static Place one;
    return one;
}

/// A name and a password get in when they are the right ones, and only then.
bool honest(ScramMechanism mechanism, SaslServer& server, const std::vector<ByteView>& parts) {
    const std::string user(parts.empty() ? std::string_view() : asText(parts[0]));
    std::string password(parts.size() < 2 ? std::string_view() : asText(parts[1]));
    // HMAC fills its key up with zeros, so that those at a password's end do not count, whoever stretches it.
    password.resize(password.find_last_not_of('\0') + 1);
    if (user.find_first_of(",=") != std::string::npos) {
        return false;  // the client's half does not escape
    }
    const SaslStep step = testing::ScramClient{mechanism, user, password}.login(server);
    WEIR_ASSERT((step.state == SaslStep::State::kDone) == (user == kUser && password == kPassword));
    return step.state == SaslStep::State::kDone;
}

}  // namespace

bool saslLogin(ByteView input) {
    if (input.empty()) {
        return false;
    }
    const auto mode = std::to_integer<unsigned>(input.front());
    const unsigned mechanism = mode & kMechanismMask;
    SeededRandom random(1);
    const auto server = place().server(mechanism, random);
    const std::vector<ByteView> parts = partsOf(input.subspan(1), kMostMessages, Rest::kLeftOut);
    if ((mode & kHonest) != 0 && (mechanism == 1 || mechanism == 2)) {
        return honest(static_cast<ScramMechanism>(mechanism), *server, parts);
    }
    bool isGood = false;
    for (const ByteView message : parts) {
        const SaslStep step = server->next(message);
        switch (step.state) {
            case SaslStep::State::kContinue:
                isGood = mechanism != 3;
                break;
            case SaslStep::State::kDone:
                WEIR_ASSERT(step.principal.text() == std::string("User:") + kUser);
                return true;
            case SaslStep::State::kFailed:
                // A refusal is for the client: it tells no password.
                WEIR_ASSERT(step.reply.empty() && step.refusal.find(kPassword) == std::string::npos);
                return false;
        }
    }
    return isGood;
}

bool securityText(ByteView input) {
    if (input.empty()) {
        return false;
    }
    const std::string_view text = asText(input.subspan(1));
    switch (std::to_integer<unsigned>(input.front()) % 3) {
        case 0:
            return plainUsers(text).ok();
        case 1:
            return KeySet::parse(text).has_value();
        default:
            return place().verifier().verify(text).ok();
    }
}

}  // namespace weir::fuzz
