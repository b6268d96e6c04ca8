// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/incremental_alter_configs.h"

#include <map>
#include <set>
#include <string_view>

#include "broker/server/handlers/broker_loggers.h"
#include "broker/server/handlers/config_resource.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/telemetry_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::IncrementalAlterConfigsRequest;
using protocol::IncrementalAlterConfigsResponse;
using Wanted = IncrementalAlterConfigsRequest::AlterConfigsResource;

ConfigAnswer change(Services& services, const Call& call, const Wanted& wanted, topics::Mode mode) {
    if (auto denied =
            judgeAccess(services, call, AclOperation::kAlterConfigs, wanted.resourceType, wanted.resourceName);
        denied.code != ErrorCode::kNone) {
        return denied;
    }
    constexpr auto kLastOp = static_cast<std::int8_t>(config::AlterOp::kSubtract);
    std::vector<config::Alteration> changes;
    for (const auto& each : wanted.configs) {
        if (each.configOperation < 0 || each.configOperation > kLastOp) {
            return {ErrorCode::kInvalidRequest, "An operation is none of set, delete, append and subtract."};
        }
        const auto op = static_cast<config::AlterOp>(each.configOperation);
        if (!each.value && op != config::AlterOp::kDelete) {
            return {ErrorCode::kInvalidRequest, "The setting " + each.name + " has no value."};
        }
        changes.push_back({each.name, op, each.value});
    }
    switch (static_cast<ConfigResource>(wanted.resourceType)) {
        case ConfigResource::kTopic:
            return answerOf(services.topics.alterTopic(wanted.resourceName, changes, mode));
        case ConfigResource::kBroker: {
            const auto scope = brokerScope(wanted.resourceName, services.self);
            return scope ? answerOf(services.topics.alterBroker(*scope, changes, mode))
                         : wrongBroker(wanted.resourceName);
        }
        case ConfigResource::kBrokerLogger: {
            auto refusal = refusalOfLogger(wanted.resourceName, services.self);
            return refusal.code != ErrorCode::kNone ? refusal : alterLoggers(services.logger, changes, mode);
        }
        case ConfigResource::kGroup:
            return answerOf(services.groupConfigs.alter(wanted.resourceName, changes, mode));
        case ConfigResource::kClientMetrics: {
            const bool isTrial = mode == topics::Mode::kValidateOnly;
            using Mode = telemetry::ClientTelemetry::Mode;
            const auto changed =
                services.telemetry.alter(wanted.resourceName, changes, isTrial ? Mode::kValidateOnly : Mode::kApply);
            return changed ? ConfigAnswer() : ConfigAnswer{toKafka(changed.error().code), changed.error().message};
        }
        default:
            return unservedResource();
    }
}

IncrementalAlterConfigsResponse incrementalAlter(Services& services, const Call& call,
                                                 IncrementalAlterConfigsRequest request) {
    const auto mode = request.validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply;
    std::map<std::pair<std::int8_t, std::string>, int> mentions;
    for (const auto& wanted : request.resources) {
        ++mentions[{wanted.resourceType, wanted.resourceName}];
    }
    IncrementalAlterConfigsResponse response;
    for (const auto& wanted : request.resources) {
        ConfigAnswer answer{ErrorCode::kInvalidRequest, "The resource stands in the request more than once."};
        std::set<std::string_view> keys;
        for (const auto& each : wanted.configs) {
            keys.insert(each.name);
        }
        if (keys.size() != wanted.configs.size()) {
            answer.message = "A setting stands in the request more than once.";
        } else if (mentions[{wanted.resourceType, wanted.resourceName}] == 1) {
            answer = change(services, call, wanted, mode);
        }
        if (answer.code != ErrorCode::kNone) {
            call.noteError();
        }
        response.responses.push_back(
            {answer.code, std::move(answer.message), wanted.resourceType, wanted.resourceName, {}});
    }
    return response;
}

}  // namespace

constinit const Handler kIncrementalAlterConfigsHandler =
    handledBy<incrementalAlter>(IncrementalAlterConfigsRequest::kVersions).onDiskThread();

}  // namespace weir::server
