// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_client_quotas.h"

#include <map>
#include <set>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/quota_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterClientQuotasRequest;
using protocol::AlterClientQuotasResponse;
using protocol::ErrorCode;
using Wanted = AlterClientQuotasRequest::EntryData;

/// The changes that one entry asks for, or why it cannot be.
std::optional<std::string> read(const Wanted& wanted, std::vector<security::Quotas::Change>& changes) {
    security::QuotaEntity entity;
    for (const auto& part : wanted.entity) {
        security::QuotaName* name = partOf(entity, part.entityType);
        if (name == nullptr || name->isThere()) {
            return "The entity type " + part.entityType + " is unknown or stands there more than once.";
        }
        *name = part.entityName ? security::QuotaName::named(*part.entityName) : security::QuotaName::byDefault();
    }
    if (auto why = whyNotAQuotaEntity(entity)) {
        return why;
    }
    std::set<std::string> keys;
    for (const auto& op : wanted.ops) {
        const auto value = op.remove ? std::nullopt : std::optional(op.value);
        if (auto why = whyNotAQuota(entity, op.key, value)) {
            return why;
        }
        if (!keys.insert(op.key).second) {
            return "The quota " + op.key + " stands there more than once.";
        }
        changes.push_back({entity, op.key, value});
    }
    return std::nullopt;
}

AlterClientQuotasResponse alterQuotas(Services& services, const Call& call, AlterClientQuotasRequest request) {
    AlterClientQuotasResponse response;
    std::vector<security::Quotas::Change> changes;
    const bool isAllowed = mayCluster(services, call, AclOperation::kAlterConfigs);
    for (const Wanted& wanted : request.entries) {
        auto& entry = response.entries.emplace_back();
        for (const auto& part : wanted.entity) {
            entry.entity.push_back({part.entityType, part.entityName, {}});
        }
        entry.errorMessage.reset();
        std::vector<security::Quotas::Change> own;
        if (!isAllowed) {
            entry.errorCode = ErrorCode::kClusterAuthorizationFailed;
            entry.errorMessage = std::string(protocol::errorSentence(entry.errorCode));
        } else if (auto why = read(wanted, own)) {
            entry.errorCode = ErrorCode::kInvalidRequest;
            entry.errorMessage = std::move(why);
        } else {
            changes.insert(changes.end(), own.begin(), own.end());
        }
        if (entry.errorCode != ErrorCode::kNone) {
            call.noteError();
        }
    }
    if (request.validateOnly || changes.empty()) {
        return response;
    }
    if (const auto changed = services.quotas->change(changes); !changed) {
        for (auto& entry : response.entries) {
            entry.errorCode = ErrorCode::kKafkaStorageError;
            entry.errorMessage = changed.error().message;
        }
    }
    return response;
}

}  // namespace

constinit const Handler kAlterClientQuotasHandler = handledBy<alterQuotas>(AlterClientQuotasRequest::kVersions);

}  // namespace weir::server
