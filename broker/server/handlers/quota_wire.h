// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/security/quota_entity.h"

namespace weir::server {

/// The part of `entity` that the wire calls `type`; nullptr when there is none.
inline security::QuotaName* partOf(security::QuotaEntity& entity, const std::string& type) {
    if (type == "user") {
        return &entity.user;
    }
    if (type == "client-id") {
        return &entity.clientId;
    }
    return type == "ip" ? &entity.ip : nullptr;
}

/// In the wire's form: a null name is the default.
template <class WirePart>
std::vector<WirePart> toWire(const security::QuotaEntity& entity) {
    std::vector<WirePart> parts;
    const auto add = [&](const char* type, const security::QuotaName& name) {
        if (name.isThere()) {
            const bool isNamed = name.kind == security::QuotaName::Kind::kNamed;
            parts.push_back({type, isNamed ? std::optional(name.name) : std::nullopt, {}});
        }
    };
    add("user", entity.user);
    add("client-id", entity.clientId);
    add("ip", entity.ip);
    return parts;
}

}  // namespace weir::server
