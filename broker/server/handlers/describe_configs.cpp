// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_configs.h"

#include <algorithm>

#include "broker/config/definitions.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/broker_loggers.h"
#include "broker/server/handlers/config_resource.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/telemetry_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeConfigsRequest;
using protocol::DescribeConfigsResponse;
using protocol::ErrorCode;
using Result = DescribeConfigsResponse::DescribeConfigsResult;
using Line = DescribeConfigsResponse::DescribeConfigsResourceResult;

Line toLine(const config::DescribedConfig& described, const DescribeConfigsRequest& request) {
    Line line;
    line.name = described.name();
    line.value = described.value;
    line.readOnly = described.readOnly;
    line.configSource = static_cast<std::int8_t>(described.source);
    line.isSensitive = described.def->isSensitive();
    line.configType = static_cast<std::int8_t>(described.def->type);
    line.documentation.reset();
    if (request.includeDocumentation) {
        line.documentation = config::documentationOf(*described.def);
    }
    if (request.includeSynonyms) {
        for (const auto& synonym : described.synonyms) {
            line.synonyms.push_back({synonym.name, synonym.value, static_cast<std::int8_t>(synonym.source), {}});
        }
    }
    return line;
}

void refuse(Result& result, ConfigAnswer answer) {
    result.errorCode = answer.code;
    result.errorMessage = std::move(answer.message);
}

std::vector<config::DescribedConfig> describe(Services& services, const Call& call, Result& result) {
    if (auto denied =
            judgeAccess(services, call, AclOperation::kDescribeConfigs, result.resourceType, result.resourceName);
        denied.code != ErrorCode::kNone) {
        refuse(result, std::move(denied));
        return {};
    }
    switch (static_cast<ConfigResource>(result.resourceType)) {
        case ConfigResource::kTopic: {
            auto described = services.topics.describeTopicConfig(result.resourceName);
            if (described) {
                return std::move(*described);
            }
            refuse(result, {toKafka(described.error().code), described.error().message});
            return {};
        }
        case ConfigResource::kBroker: {
            const auto scope = brokerScope(result.resourceName, services.self);
            if (!scope) {
                refuse(result, wrongBroker(result.resourceName));
                return {};
            }
            return *scope == catalog::ConfigScope::kBroker ? services.topics.describeBrokerConfig()
                                                           : services.topics.describeBrokerDefaults();
        }
        case ConfigResource::kGroup:
            if (result.resourceName.empty()) {
                refuse(result, {ErrorCode::kInvalidRequest, "A group is described by its name."});
                return {};
            }
            return services.groupConfigs.describe(result.resourceName);
        default:
            refuse(result, unservedResource());
            return {};
    }
}

/// Kafka's number for what a subscription to client metrics has set.
constexpr std::int8_t kDynamicClientMetrics = 7;

std::vector<Line> describeClientMetrics(Services& services, const Call& call, const DescribeConfigsRequest& request,
                                        Result& result) {
    if (auto denied =
            judgeAccess(services, call, AclOperation::kDescribeConfigs, result.resourceType, result.resourceName);
        denied.code != ErrorCode::kNone) {
        refuse(result, std::move(denied));
        return {};
    }
    if (result.resourceName.empty()) {
        refuse(result, {ErrorCode::kInvalidRequest, "A subscription to client metrics is described by its name."});
        return {};
    }
    const auto settings = services.telemetry.settingsOf(result.resourceName);
    std::vector<Line> lines;
    for (const telemetry::SubscriptionSetting& setting : telemetry::kSubscriptionSettings) {
        const auto set = settings.find(setting.name);
        Line& line = lines.emplace_back();
        line.name = setting.name;
        line.value = set == settings.end() ? std::string(setting.defaultValue) : set->second;
        line.configSource =
            set == settings.end() ? static_cast<std::int8_t>(config::ConfigSource::kDefault) : kDynamicClientMetrics;
        line.configType = static_cast<std::int8_t>(setting.type);
        line.documentation.reset();
        if (request.includeDocumentation) {
            line.documentation = std::string(setting.text);
        }
        if (request.includeSynonyms && set != settings.end()) {
            line.synonyms.push_back({line.name, line.value, kDynamicClientMetrics, {}});
        }
    }
    return lines;
}

/// Kafka's number for the level of a logger.
constexpr std::int8_t kDynamicBrokerLogger = 6;

std::vector<Line> describeLoggers(Services& services, const Call& call, Result& result) {
    auto refusal =
        judgeAccess(services, call, AclOperation::kDescribeConfigs, result.resourceType, result.resourceName);
    if (refusal.code == ErrorCode::kNone) {
        refusal = refusalOfLogger(result.resourceName, services.self);
    }
    if (refusal.code != ErrorCode::kNone) {
        refuse(result, std::move(refusal));
        return {};
    }
    std::vector<Line> lines;
    for (auto& [name, level] : loggerLevels(services.logger)) {
        Line& line = lines.emplace_back();
        line.name = name;
        line.value = level;
        line.configSource = kDynamicBrokerLogger;
        line.documentation.reset();
    }
    return lines;
}

std::vector<Line> linesOf(Services& services, const Call& call, const DescribeConfigsRequest& request, Result& result) {
    if (result.resourceType == static_cast<std::int8_t>(ConfigResource::kClientMetrics)) {
        return describeClientMetrics(services, call, request, result);
    }
    if (result.resourceType == static_cast<std::int8_t>(ConfigResource::kBrokerLogger)) {
        return describeLoggers(services, call, result);
    }
    std::vector<Line> lines;
    for (const auto& described : describe(services, call, result)) {
        lines.push_back(toLine(described, request));
    }
    return lines;
}

DescribeConfigsResponse describeConfigs(Services& services, const Call& call, DescribeConfigsRequest request) {
    DescribeConfigsResponse response;
    for (auto& wanted : request.resources) {
        Result& result = response.results.emplace_back();
        result.resourceType = wanted.resourceType;
        result.resourceName = std::move(wanted.resourceName);
        result.errorMessage.reset();
        const auto& keys = wanted.configurationKeys;
        for (auto& line : linesOf(services, call, request, result)) {
            if (!keys || std::find(keys->begin(), keys->end(), line.name) != keys->end()) {
                result.configs.push_back(std::move(line));
            }
        }
        if (result.errorCode != ErrorCode::kNone) {
            call.noteError();
        }
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeConfigsHandler = handledBy<describeConfigs>(DescribeConfigsRequest::kVersions);

}  // namespace weir::server
