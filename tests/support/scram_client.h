// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/security/crypto.h"
#include "broker/security/sasl_server.h"
#include "broker/security/scram.h"

namespace weir::testing {

/// The client's half of SCRAM (RFC 5802) with a nonce that is always the same. Reads what a ScramServer of ours says.
struct ScramClient {
    security::ScramMechanism mechanism;
    std::string user;
    std::string password;
    std::string extensions{};
    std::string header = "n,,";

    [[nodiscard]] std::string bare() const { return "n=" + user + ",r=fyko+d2lbbFgONRv9qkxdawL" + extensions; }
    [[nodiscard]] std::string final(const std::string& serverFirst) const {
        using namespace security;
        const auto s = serverFirst.find(",s=");
        const auto i = serverFirst.find(",i=");
        const auto salt = fromBase64(serverFirst.substr(s + 3, i - s - 3));
        const Digest digest = digestOf(mechanism);
        const Bytes salted = stretch(digest, password, *salt, std::stoi(serverFirst.substr(i + 3)));
        const Bytes clientKey = hmac(digest, salted, asBytes("Client Key"));
        const std::string without = "c=" + toBase64(asBytes(header)) + "," + serverFirst.substr(0, s);
        Bytes proof = hmac(digest, hash(digest, clientKey), asBytes(bare() + "," + serverFirst + "," + without));
        for (std::size_t k = 0; k < proof.size(); ++k) {
            proof[k] ^= clientKey[k];
        }
        return without + ",p=" + toBase64(proof);
    }
    security::SaslStep login(security::SaslServer& server) const {
        security::SaslStep first = server.next(asBytes(header + bare()));
        return first.state == security::SaslStep::State::kContinue
                   ? server.next(asBytes(final(std::string(asText(first.reply)))))
                   : first;
    }
};

}  // namespace weir::testing
