// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_configs.h"

#include <algorithm>

#include "broker/config/definitions.h"
#include "broker/server/error_map.h"
#include "broker/server/handlers/config_resource.h"
#include "broker/server/handlers/handlers.h"
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
    line.name = described.def->name;
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

DescribeConfigsResponse describeConfigs(Services& services, const Call& call, DescribeConfigsRequest request) {
    DescribeConfigsResponse response;
    for (auto& wanted : request.resources) {
        Result& result = response.results.emplace_back();
        result.resourceType = wanted.resourceType;
        result.resourceName = std::move(wanted.resourceName);
        result.errorMessage.reset();
        const auto& keys = wanted.configurationKeys;
        for (const auto& described : describe(services, call, result)) {
            if (!keys || std::find(keys->begin(), keys->end(), described.def->name) != keys->end()) {
                result.configs.push_back(toLine(described, request));
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
