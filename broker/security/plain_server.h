// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "broker/security/sasl_server.h"

namespace weir::security {

/// Names and passwords from the configuration (the user_NAME entries of PlainLoginModule).
using PlainUsers = std::map<std::string, std::string, std::less<>>;

/// SASL PLAIN (RFC 4616): one message of authorization id, name and password. `users` outlives it.
class PlainServer final : public SaslServer {
public:
    explicit PlainServer(const PlainUsers& users) : m_users(users) {}
    SaslStep next(ByteView message) override;

private:
    const PlainUsers& m_users;
};

}  // namespace weir::security
