// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/listener_security.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "broker/config/broker_config.h"
#include "broker/config/definitions.h"
#include "broker/config/rules.h"
#include "broker/security/jaas.h"

namespace weir::security {

namespace {

constexpr std::array<std::string_view, 4> kMechanisms{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"};

Failure<config::ConfigError> bad(std::string sentence) {
    return fail(config::ConfigErrc::kInvalidValue, std::move(sentence));
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The settings as one listener sees them.
class View {
public:
    View(const std::string& listener, const config::ConfigMap& settings)
        : m_prefix("listener.name." + lower(listener) + "."), m_settings(settings) {}

    [[nodiscard]] std::string text(const std::string& key) const {
        for (const std::string& full : {m_prefix + key, key}) {
            if (const auto found = m_settings.find(full); found != m_settings.end()) {
                return found->second;
            }
        }
        const config::ConfigDef* def = config::findBrokerConfig(key);
        return def == nullptr || def->defaultValue == nullptr ? std::string() : def->defaultValue;
    }
    [[nodiscard]] std::string ofMechanism(const std::string& mechanism, const std::string& key) const {
        const std::string special = text(lower(mechanism) + "." + key);
        return special.empty() ? text(key) : special;
    }
    [[nodiscard]] std::vector<std::string> list(const std::string& key) const {
        return config::listElements(text(key));
    }
    [[nodiscard]] std::int64_t number(const std::string& key) const { return config::parseLong(text(key)).value_or(0); }
    [[nodiscard]] std::chrono::milliseconds millis(const std::string& key) const {
        return std::chrono::milliseconds(number(key));
    }

private:
    const std::string m_prefix;
    const config::ConfigMap& m_settings;
};

/// The text in setting `inlineKey`, or what stands in the file that `fileKey` names.
Result<std::string, config::ConfigError> contents(const View& view, const std::string& inlineKey,
                                                  const std::string& fileKey, const ReadFile& readFile) {
    if (std::string text = view.text(inlineKey); !text.empty()) {
        return text;
    }
    const std::string path = view.text(fileKey);
    if (path.empty()) {
        return std::string();
    }
    auto read = readFile(path);
    if (!read) {
        return bad("The file of " + fileKey + " cannot be read: " + path + ".");
    }
    return *std::move(read);
}

Result<void, config::ConfigError> readClientAuth(const View& view, const ReadFile& readFile, TlsSettings& tls) {
    const std::string auth = view.text("ssl.client.auth");
    if (auth == "none") {
        return {};
    }
    tls.clientAuth = auth == "required" ? ClientAuth::kRequired : ClientAuth::kRequested;
    auto trusted = contents(view, "ssl.truststore.certificates", "ssl.truststore.location", readFile);
    if (!trusted) {
        return fail(trusted.error());
    }
    if (trusted->empty()) {
        return bad("ssl.client.auth asks for certificates, but ssl.truststore.location does not say whom to trust.");
    }
    tls.trusted = *std::move(trusted);
    tls.trustPassword = view.text("ssl.truststore.password");
    return {};
}

Result<std::shared_ptr<const TlsContext>, config::ConfigError> makeTls(const View& view, const ReadFile& readFile) {
    TlsSettings tls;
    auto chain = contents(view, "ssl.keystore.certificate.chain", "ssl.keystore.location", readFile);
    if (!chain) {
        return fail(chain.error());
    }
    if (chain->empty()) {
        return bad("A TLS listener needs ssl.keystore.location, a file with its certificate and private key.");
    }
    tls.certificateChain = *std::move(chain);
    tls.privateKey = view.text("ssl.keystore.key");
    tls.keyPassword = view.text("ssl.key.password");
    if (tls.keyPassword.empty()) {
        tls.keyPassword = view.text("ssl.keystore.password");
    }
    const auto versions = view.list("ssl.enabled.protocols");
    const auto has = [&](const char* version) {
        return std::find(versions.begin(), versions.end(), version) != versions.end();
    };
    tls.allowTls12 = has("TLSv1.2");
    tls.allowTls13 = has("TLSv1.3");
    if (!tls.allowTls12 && !tls.allowTls13) {
        return bad("ssl.enabled.protocols must name TLSv1.2 or TLSv1.3; older ones are not safe.");
    }
    tls.cipherSuites = view.list("ssl.cipher.suites");
    auto rules = PrincipalRules::parse(view.text("ssl.principal.mapping.rules"));
    if (!rules) {
        return fail(rules.error());
    }
    tls.principalRules = *std::move(rules);
    if (auto read = readClientAuth(view, readFile, tls); !read) {
        return fail(read.error());
    }
    return TlsContext::make(std::move(tls));
}

Result<std::shared_ptr<JwtVerifier>, config::ConfigError> makeJwt(const View& view, const ReadFile& readFile,
                                                                  const Clock& clock) {
    const auto text = [&](const char* key) { return view.ofMechanism("OAUTHBEARER", key); };
    constexpr std::string_view kScheme = "file://";
    const std::string url = text("sasl.oauthbearer.jwks.endpoint.url");
    if (!url.starts_with(kScheme)) {
        return bad("OAUTHBEARER needs sasl.oauthbearer.jwks.endpoint.url, the file:// address of the issuer's keys.");
    }
    JwtSettings settings;
    settings.keySetFile = url.substr(kScheme.size());
    settings.refresh = std::chrono::milliseconds(
        config::parseLong(text("sasl.oauthbearer.jwks.endpoint.refresh.ms")).value_or(settings.refresh.count()));
    settings.audiences = config::listElements(text("sasl.oauthbearer.expected.audience"));
    settings.issuer = text("sasl.oauthbearer.expected.issuer");
    settings.scopeClaim = text("sasl.oauthbearer.scope.claim.name");
    settings.subjectClaim = text("sasl.oauthbearer.sub.claim.name");
    settings.clockSkew =
        std::chrono::seconds(config::parseLong(text("sasl.oauthbearer.clock.skew.seconds")).value_or(30));
    const std::string path = settings.keySetFile;
    auto verifier = std::make_shared<JwtVerifier>(std::move(settings), readFile, clock);
    if (!verifier->load()) {
        return bad("The file of sasl.oauthbearer.jwks.endpoint.url holds no key that can be used: " + path + ".");
    }
    return verifier;
}

Result<SaslSettings, config::ConfigError> makeSasl(const View& view, const ReadFile& readFile, const Clock& clock) {
    SaslSettings sasl;
    sasl.maxReauth = view.millis("connections.max.reauth.ms");
    sasl.failureDelay = view.millis("connection.failed.authentication.delay.ms");
    sasl.maxReceive = static_cast<std::size_t>(std::max<std::int64_t>(view.number("sasl.server.max.receive.size"), 1));
    for (const std::string& mechanism : view.list("sasl.enabled.mechanisms")) {
        if (!isServedMechanism(mechanism)) {
            return bad("sasl.enabled.mechanisms has " + mechanism +
                       ", but Weir serves PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and OAUTHBEARER.");
        }
        sasl.mechanisms.push_back(mechanism);
        if (mechanism == "PLAIN") {
            auto users = plainUsers(view.ofMechanism(mechanism, "sasl.jaas.config"));
            if (!users) {
                return fail(users.error());
            }
            sasl.plainUsers = *std::move(users);
        } else if (mechanism == "OAUTHBEARER") {
            auto jwt = makeJwt(view, readFile, clock);
            if (!jwt) {
                return fail(jwt.error());
            }
            sasl.jwt = *std::move(jwt);
        }
    }
    if (sasl.mechanisms.empty()) {
        return bad("A SASL listener needs sasl.enabled.mechanisms.");
    }
    return sasl;
}

}  // namespace

bool isServedMechanism(std::string_view mechanism) {
    return std::find(kMechanisms.begin(), kMechanisms.end(), mechanism) != kMechanisms.end();
}

Result<ListenerSecurity, config::ConfigError> listenerSecurity(const std::string& name,
                                                               const config::ConfigMap& settings,
                                                               const ReadFile& readFile, const Clock& clock) {
    const View view(name, settings);
    ListenerSecurity made;
    made.name = name;
    made.protocol = config::protocolOf(name, settings);
    if (made.protocol == "SSL" || made.protocol == "SASL_SSL") {
        auto tls = makeTls(view, readFile);
        if (!tls) {
            return fail(tls.error().code, "The listener " + name + ": " + tls.error().message);
        }
        made.tls = *std::move(tls);
        made.needsCertificate = view.text("ssl.client.auth") == "required";
    }
    if (made.protocol == "SASL_PLAINTEXT" || made.protocol == "SASL_SSL") {
        auto sasl = makeSasl(view, readFile, clock);
        if (!sasl) {
            return fail(sasl.error().code, "The listener " + name + ": " + sasl.error().message);
        }
        made.sasl = *std::move(sasl);
    }
    return made;
}

}  // namespace weir::security
