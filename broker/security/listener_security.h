// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/clock.h"
#include "broker/security/jwt.h"
#include "broker/security/plain_server.h"
#include "broker/security/tls.h"

namespace weir::security {

/// How clients of one listener must log in, after whatever TLS asked of them.
struct SaslSettings {
    /// In the order of sasl.enabled.mechanisms.
    std::vector<std::string> mechanisms;
    PlainUsers plainUsers;
    /// For OAUTHBEARER.
    std::shared_ptr<JwtVerifier> jwt;
    /// 0: a login is for ever.
    std::chrono::milliseconds maxReauth{0};
    std::chrono::milliseconds failureDelay{100};
    std::size_t maxReceive = 524'288;
};

/// What protects one listener. Immutable but for its key set; thread safe.
struct ListenerSecurity {
    std::string name;
    /// PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.
    std::string protocol{};
    /// nullptr: in the clear.
    std::shared_ptr<const TlsContext> tls{};
    bool needsCertificate = false;
    std::optional<SaslSettings> sasl{};
    /// Nobody gets in at all: what should protect it is not there.
    bool isOff = false;

    /// Nobody gets in without showing who they are.
    [[nodiscard]] bool authenticates() const { return sasl.has_value() || needsCertificate; }
};

/// What the settings make of listener `name`: a setting of listener.name.NAME.* counts before the one without prefix,
/// and for SASL one with the mechanism before it (listener.name.NAME.plain.sasl.jaas.config) before both. `settings`
/// hold checked values. Errors name the setting and never its value.
Result<ListenerSecurity, config::ConfigError> listenerSecurity(const std::string& name,
                                                               const config::ConfigMap& settings,
                                                               const ReadFile& readFile, const Clock& clock);

/// Whether sasl.enabled.mechanisms may name it.
bool isServedMechanism(std::string_view mechanism);

}  // namespace weir::security
