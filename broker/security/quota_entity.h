// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::security {

/// One part of an entity: not there, the default, or a name.
struct QuotaName {
    enum class Kind { kAbsent, kDefault, kNamed };
    Kind kind = Kind::kAbsent;
    std::string name;
    auto operator<=>(const QuotaName&) const = default;

    static QuotaName byDefault() { return {Kind::kDefault, {}}; }
    static QuotaName named(std::string_view name) { return {Kind::kNamed, std::string(name)}; }
    [[nodiscard]] bool isThere() const { return kind != Kind::kAbsent; }
};

/// Whom a limit is for: a user, a client id or both, or an address; each by name or "all others" (KIP-546).
struct QuotaEntity {
    QuotaName user;
    QuotaName clientId;
    QuotaName ip;
    auto operator<=>(const QuotaEntity&) const = default;
};

/// Canonical: "user=alice,client-id" is alice with the default client id. A percent sign escapes what has a meaning.
std::string toText(const QuotaEntity& entity);
QuotaEntity quotaEntity(std::string_view text);

/// Why an entity or a limit of it cannot be; nothing when it can.
std::optional<std::string> whyNotAQuotaEntity(const QuotaEntity& entity);
std::optional<std::string> whyNotAQuota(const QuotaEntity& entity, std::string_view key, std::optional<double> value);

}  // namespace weir::security
