// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/quota_entity.h"

#include <algorithm>
#include <cmath>

namespace weir::security {

namespace {

constexpr std::string_view kSpecial = "%,=";

void append(std::string& text, std::string_view type, const QuotaName& name) {
    if (!name.isThere()) {
        return;
    }
    text += text.empty() ? "" : ",";
    text += type;
    if (name.kind == QuotaName::Kind::kDefault) {
        return;
    }
    text += '=';
    for (const char c : name.name) {
        const auto at = kSpecial.find(c);
        if (at == std::string_view::npos) {
            text += c;
        } else {
            text += '%';
            text += static_cast<char>('0' + at);
        }
    }
}

QuotaName nameIn(std::string_view part, std::size_t equals) {
    if (equals == std::string_view::npos) {
        return QuotaName::byDefault();
    }
    std::string name;
    for (std::size_t i = equals + 1; i < part.size(); ++i) {
        if (part[i] == '%' && i + 1 < part.size()) {
            const auto at = static_cast<std::size_t>(part[++i] - '0');
            name += at < kSpecial.size() ? kSpecial[at] : '%';
        } else {
            name += part[i];
        }
    }
    return QuotaName::named(name);
}

}  // namespace

std::string toText(const QuotaEntity& entity) {
    std::string text;
    append(text, "user", entity.user);
    append(text, "client-id", entity.clientId);
    append(text, "ip", entity.ip);
    return text;
}

QuotaEntity quotaEntity(std::string_view text) {
    QuotaEntity entity;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        const std::string_view part = text.substr(0, end);
        const auto equals = part.find('=');
        const std::string_view type = part.substr(0, equals);
        (type == "user" ? entity.user : type == "ip" ? entity.ip : entity.clientId) = nameIn(part, equals);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return entity;
}

std::optional<std::string> whyNotAQuotaEntity(const QuotaEntity& entity) {
    const bool isClient = entity.user.isThere() || entity.clientId.isThere();
    if (!isClient && !entity.ip.isThere()) {
        return "A quota is for a user, a client id or an address.";
    }
    if (isClient && entity.ip.isThere()) {
        return "A quota for an address cannot name a user or a client id as well.";
    }
    return std::nullopt;
}

std::optional<std::string> whyNotAQuota(const QuotaEntity& entity, std::string_view key, std::optional<double> value) {
    const bool isWhole =
        key == "producer_byte_rate" || key == "consumer_byte_rate" || key == "connection_creation_rate";
    const bool isForIp = key == "connection_creation_rate";
    if (!isWhole && key != "request_percentage" && key != "controller_mutation_rate") {
        return "There is no quota " + std::string(key) + ".";
    }
    if (isForIp != entity.ip.isThere()) {
        return "The quota " + std::string(key) + " is not one of that entity.";
    }
    if (!value) {
        return std::nullopt;
    }
    if (!(*value > 0) || !std::isfinite(*value)) {
        return "The quota " + std::string(key) + " must be above 0.";
    }
    if (isWhole && std::abs(*value - std::round(*value)) > 1e-6) {
        return "The quota " + std::string(key) + " must be a whole number.";
    }
    return std::nullopt;
}

}  // namespace weir::security
