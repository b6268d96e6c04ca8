// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"

/// What the catalog keeps of users and their rights, as plain values. No password is among them, nor anything from
/// which one could log in as its owner.
namespace weir::catalog {

/// The numbers are Kafka's (broker/security/acl.h).
struct AclRow {
    std::int8_t resourceType = 0;
    std::string resourceName;
    std::int8_t patternType = 0;
    std::string principal;
    std::string host;
    std::int8_t operation = 0;
    std::int8_t permission = 0;
    bool operator==(const AclRow&) const = default;
};

/// What a broker must keep to check a SCRAM login (RFC 5802).
struct ScramRow {
    std::string user;
    /// Kafka's number: 1 for SCRAM-SHA-256, 2 for SCRAM-SHA-512.
    std::int8_t mechanism = 0;
    std::int32_t iterations = 0;
    Bytes salt;
    Bytes storedKey;
    Bytes serverKey;
    bool operator==(const ScramRow&) const = default;
};
struct ScramKey {
    std::string user;
    std::int8_t mechanism = 0;
};

/// One limit of one entity; `entity` is its canonical text (broker/security/quota_entity.h).
struct QuotaRow {
    std::string entity;
    std::string key;
    double value = 0;
    bool operator==(const QuotaRow&) const = default;
};
/// No value: the limit goes.
struct QuotaChange {
    std::string entity;
    std::string key;
    std::optional<double> value;
};

/// A delegation token (KIP-48). Its secret is derived from the broker's own and never stored.
struct TokenRow {
    std::string id;
    /// "User:alice"
    std::string owner;
    std::string requester;
    std::vector<std::string> renewers;
    Timestamp issuedAt;
    Timestamp expiresAt;
    Timestamp endsAt;
    bool operator==(const TokenRow&) const = default;
};

}  // namespace weir::catalog
