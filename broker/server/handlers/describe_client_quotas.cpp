// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_client_quotas.h"

#include <algorithm>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/quota_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeClientQuotasRequest;
using protocol::DescribeClientQuotasResponse;
using protocol::ErrorCode;
using Component = DescribeClientQuotasRequest::ComponentData;

enum class Match : std::int8_t { kExact = 0, kDefault = 1, kAny = 2 };

bool matches(const Component& wanted, const security::QuotaName& name) {
    switch (static_cast<Match>(wanted.matchType)) {
        case Match::kExact:
            return name == security::QuotaName::named(*wanted.match);
        case Match::kDefault:
            return name.kind == security::QuotaName::Kind::kDefault;
        case Match::kAny:
            return name.isThere();
    }
    return false;
}

std::optional<std::string> whyNotAFilter(const DescribeClientQuotasRequest& request) {
    std::vector<std::string> types;
    for (const Component& each : request.components) {
        if (std::find(types.begin(), types.end(), each.entityType) != types.end()) {
            return "The entity type " + each.entityType + " stands there more than once.";
        }
        types.push_back(each.entityType);
        if (each.matchType < 0 || each.matchType > 2 || (each.matchType == 0) != each.match.has_value()) {
            return "A filter names its entity, or asks for the default or for any.";
        }
    }
    return std::nullopt;
}

DescribeClientQuotasResponse refuse(ErrorCode error, std::string why) {
    DescribeClientQuotasResponse response;
    response.errorCode = error;
    response.errorMessage = std::move(why);
    response.entries.reset();
    return response;
}

DescribeClientQuotasResponse describeQuotas(Services& services, const Call& call, DescribeClientQuotasRequest request) {
    if (!mayCluster(services, call, AclOperation::kDescribeConfigs)) {
        return refuse(ErrorCode::kClusterAuthorizationFailed,
                      std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed)));
    }
    for (const Component& each : request.components) {
        security::QuotaEntity probe;
        if (partOf(probe, each.entityType) == nullptr) {
            return refuse(ErrorCode::kUnsupportedVersion,
                          "There are no quotas for the entity type " + each.entityType + ".");
        }
    }
    if (auto why = whyNotAFilter(request)) {
        return refuse(ErrorCode::kInvalidRequest, *std::move(why));
    }
    DescribeClientQuotasResponse response;
    response.errorMessage.reset();
    for (auto& [entity, limits] : services.quotas->list()) {
        const auto parts =
            static_cast<std::size_t>(entity.user.isThere()) + entity.clientId.isThere() + entity.ip.isThere();
        auto probe = entity;
        const bool isWanted = std::all_of(request.components.begin(), request.components.end(), [&](const auto& each) {
            return matches(each, *partOf(probe, each.entityType));
        });
        if (!isWanted || (request.strict && parts != request.components.size())) {
            continue;
        }
        auto& entry = response.entries->emplace_back();
        entry.entity = toWire<DescribeClientQuotasResponse::EntityData>(entity);
        for (const auto& [key, value] : limits) {
            entry.values.push_back({key, value, {}});
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeClientQuotasHandler =
    handledBy<describeQuotas>(DescribeClientQuotasRequest::kVersions);

}  // namespace weir::server
