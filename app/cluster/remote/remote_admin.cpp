// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_admin.h"

#include <algorithm>

#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/incremental_alter_configs.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

constexpr std::int32_t kTimeoutMs = 10'000;
/// Later versions name a topic by id or name in one field.
constexpr std::int16_t kDeleteTopicsByName = 5;

template <class Results>
ClusterResult<void> firstError(const Results& results) {
    for (const auto& one : results) {
        if (one.errorCode != ErrorCode::kNone) {
            return fail(errorOf(one.errorCode, one.errorMessage));
        }
    }
    return {};
}

/// Asks the controller; where it moved, once more with a new map.
template <class Response, class Request, class Results>
ClusterResult<void> change(Wire& wire, const Request& request, Results Response::*results, std::int16_t cap = 32767) {
    for (int attempt = 0;; ++attempt) {
        const auto answer = wire.callController<Response>(request, cap);
        if (!answer) {
            return fail(ClusterError(answer.error()));
        }
        auto done = firstError(answer->message.*results);
        if (done || attempt > 0 || !saysMoved(static_cast<ErrorCode>(done.error().kafkaCode))) {
            return done;
        }
        if (auto map = wire.refreshMap(); !map) {
            return fail(ClusterError(map.error()));
        }
    }
}

// Kafka's numbers (DescribeConfigsResponse.ConfigSource).
ConfigEntry::Source sourceOf(std::int8_t source) {
    switch (source) {
        case 1:
            return ConfigEntry::Source::kTopic;
        case 2:
            return ConfigEntry::Source::kDynamicBroker;
        case 3:
            return ConfigEntry::Source::kDynamicDefaultBroker;
        case 4:
            return ConfigEntry::Source::kStaticBroker;
        case 8:
            return ConfigEntry::Source::kGroup;
        default:
            return ConfigEntry::Source::kDefault;
    }
}

constexpr std::int8_t kDefaultSource = 5;

}  // namespace

ClusterResult<void> createRemoteTopic(Wire& wire, const NewTopic& topic) {
    protocol::CreateTopicsRequest request;
    request.timeoutMs = kTimeoutMs;
    protocol::CreateTopicsRequest::CreatableTopic one;
    one.name = topic.name;
    one.numPartitions = topic.partitions;
    one.replicationFactor = topic.replicationFactor;
    for (const ConfigChange& config : topic.configs) {
        one.configs.push_back({config.name, config.value, {}});
    }
    request.topics.push_back(std::move(one));
    return change(wire, request, &protocol::CreateTopicsResponse::topics);
}

ClusterResult<void> deleteRemoteTopic(Wire& wire, const std::string& name) {
    protocol::DeleteTopicsRequest request;
    request.timeoutMs = kTimeoutMs;
    request.topicNames.push_back(name);
    return change(wire, request, &protocol::DeleteTopicsResponse::responses, kDeleteTopicsByName);
}

ClusterResult<void> addRemotePartitions(Wire& wire, const std::string& topic, std::int32_t total) {
    protocol::CreatePartitionsRequest request;
    request.timeoutMs = kTimeoutMs;
    request.topics.push_back({topic, total, std::nullopt, {}});
    return change(wire, request, &protocol::CreatePartitionsResponse::results);
}

ClusterResult<Offset> deleteRemoteRecords(Wire& wire, const TopicPartition& partition, Offset before) {
    const auto map = wire.refreshMap();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    const MappedPartition* const found = (*map)->find(partition);
    if (found == nullptr) {
        return fail(errorOf(ErrorCode::kUnknownTopicOrPartition));
    }
    protocol::DeleteRecordsRequest request;
    request.timeoutMs = kTimeoutMs;
    // -1 is the high watermark for Kafka as it is for us.
    request.topics.push_back({partition.topic, {{partition.partition, before, {}}}, {}});
    const auto answer = wire.call<protocol::DeleteRecordsResponse>(found->leader, request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.topics.empty() || answer->message.topics.front().partitions.empty()) {
        return fail(errorOf(ErrorCode::kUnknownTopicOrPartition));
    }
    const auto& result = answer->message.topics.front().partitions.front();
    return result.errorCode == ErrorCode::kNone ? ClusterResult<Offset>(result.lowWatermark)
                                                : fail(errorOf(result.errorCode));
}

ClusterResult<std::vector<ConfigEntry>> describeRemoteConfig(Wire& wire, ConfigResource type, const std::string& name) {
    protocol::DescribeConfigsRequest request;
    request.includeSynonyms = true;
    // A field since version 3, which every broker of the last years speaks.
    const auto versions = wire.versions();
    const auto theirs = versions.find(static_cast<std::int16_t>(protocol::ApiKey::kDescribeConfigs));
    constexpr std::int16_t kFirstDocumented = 3;
    request.includeDocumentation = theirs != versions.end() && theirs->second.last >= kFirstDocumented;
    request.resources.push_back({static_cast<std::int8_t>(type), name, std::nullopt, {}});
    ClusterResult<WireAnswer<protocol::DescribeConfigsResponse>> answer =
        type == ConfigResource::kBroker && !name.empty()
            ? wire.call<protocol::DescribeConfigsResponse>(BrokerId(std::stoi(name)), request)
            : wire.callAny<protocol::DescribeConfigsResponse>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (auto done = firstError(answer->message.results); !done) {
        return fail(ClusterError(done.error()));
    }
    std::vector<ConfigEntry> entries;
    for (auto& result : answer->message.results) {
        for (auto& from : result.configs) {
            ConfigEntry to;
            to.name = from.name;
            to.value = from.isSensitive ? std::nullopt : from.value;
            to.source = sourceOf(from.configSource);
            to.type = from.configType >= 0 && from.configType <= static_cast<int>(ConfigEntry::Type::kPassword)
                          ? static_cast<ConfigEntry::Type>(from.configType)
                          : ConfigEntry::Type::kUnknown;
            to.documentation = from.documentation.value_or("");
            to.readOnly = from.readOnly;
            to.sensitive = from.isSensitive;
            for (const auto& synonym : from.synonyms) {
                if (synonym.source == kDefaultSource) {
                    to.defaultValue = synonym.value;
                }
            }
            if (to.source == ConfigEntry::Source::kDefault && !to.defaultValue) {
                to.defaultValue = to.value;
            }
            entries.push_back(std::move(to));
        }
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
}

ClusterResult<void> alterRemoteConfig(Wire& wire, ConfigResource type, const std::string& name,
                                      const std::vector<ConfigChange>& changes, bool validateOnly) {
    constexpr std::int8_t kSet = 0;
    constexpr std::int8_t kDelete = 1;
    protocol::IncrementalAlterConfigsRequest request;
    request.validateOnly = validateOnly;
    protocol::IncrementalAlterConfigsRequest::AlterConfigsResource resource;
    resource.resourceType = static_cast<std::int8_t>(type);
    resource.resourceName = name;
    for (const ConfigChange& one : changes) {
        resource.configs.push_back({one.name, one.value ? kSet : kDelete, one.value, {}});
    }
    request.resources.push_back(std::move(resource));
    if (type == ConfigResource::kBroker && !name.empty()) {
        const auto answer = wire.call<protocol::IncrementalAlterConfigsResponse>(BrokerId(std::stoi(name)), request);
        return answer ? firstError(answer->message.responses) : fail(ClusterError(answer.error()));
    }
    return change(wire, request, &protocol::IncrementalAlterConfigsResponse::responses);
}

}  // namespace weir::app
