// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_configs.h"

#include <map>

#include "broker/server/handlers/config_resource.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/telemetry_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterConfigsRequest;
using protocol::AlterConfigsResponse;
using protocol::ErrorCode;
using Wanted = AlterConfigsRequest::AlterConfigsResource;

/// The legacy form: what is not named goes back to its default.
ConfigAnswer replace(Services& services, const Call& call, const Wanted& wanted, topics::Mode mode) {
    if (auto denied =
            judgeAccess(services, call, AclOperation::kAlterConfigs, wanted.resourceType, wanted.resourceName);
        denied.code != ErrorCode::kNone) {
        return denied;
    }
    config::ConfigMap settings;
    for (const auto& each : wanted.configs) {
        if (!each.value) {
            return {ErrorCode::kInvalidRequest, "The setting " + each.name + " has no value."};
        }
        if (!settings.emplace(each.name, *each.value).second) {
            return {ErrorCode::kInvalidRequest, "The setting " + each.name + " stands there more than once."};
        }
    }
    switch (static_cast<ConfigResource>(wanted.resourceType)) {
        case ConfigResource::kTopic:
            return answerOf(services.topics.replaceTopicConfig(wanted.resourceName, settings, mode));
        case ConfigResource::kBroker: {
            const auto scope = brokerScope(wanted.resourceName, services.self);
            return scope ? answerOf(services.topics.replaceBrokerConfig(*scope, settings, mode))
                         : wrongBroker(wanted.resourceName);
        }
        case ConfigResource::kGroup:
            return answerOf(services.groupConfigs.replace(wanted.resourceName, settings, mode));
        case ConfigResource::kClientMetrics: {
            const bool isTrial = mode == topics::Mode::kValidateOnly;
            using Mode = telemetry::ClientTelemetry::Mode;
            const auto changed =
                services.telemetry.replace(wanted.resourceName, settings, isTrial ? Mode::kValidateOnly : Mode::kApply);
            return changed ? ConfigAnswer() : ConfigAnswer{toKafka(changed.error().code), changed.error().message};
        }
        default:
            return unservedResource();
    }
}

AlterConfigsResponse alterConfigs(Services& services, const Call& call, AlterConfigsRequest request) {
    const auto mode = request.validateOnly ? topics::Mode::kValidateOnly : topics::Mode::kApply;
    std::map<std::pair<std::int8_t, std::string>, int> mentions;
    for (const auto& wanted : request.resources) {
        ++mentions[{wanted.resourceType, wanted.resourceName}];
    }
    AlterConfigsResponse response;
    for (const auto& wanted : request.resources) {
        ConfigAnswer answer{ErrorCode::kInvalidRequest, "The resource stands in the request more than once."};
        if (mentions[{wanted.resourceType, wanted.resourceName}] == 1) {
            answer = replace(services, call, wanted, mode);
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

constinit const Handler kAlterConfigsHandler = handledBy<alterConfigs>(AlterConfigsRequest::kVersions).onDiskThread();

}  // namespace weir::server
