// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/administering.h"

#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/metadata.h"

namespace weir::simulation {

using protocol::ErrorCode;

namespace {

constexpr const char* kSetting = "retention.ms";
constexpr std::int8_t kOfTopic = 2;
constexpr std::int32_t kTimeoutMs = 3000;

}  // namespace

void Administrator::complainOf(const std::string& name, const std::string& what) {
    m_world.complain(this->name() + " finds " + name + " " + what);
}

bool Administrator::settles(Topic& topic, const std::optional<ErrorCode>& error) {
    topic.isSettled = error == ErrorCode::kNone;
    if (topic.isSettled) {
        m_world.count(&Outcome::changesOfTopics);
    }
    return topic.isSettled;
}

Script<> Administrator::run() {
    while (!m_world.isClosing()) {
        const auto found = m_topics.find(m_current);
        if (found == m_topics.end() || !found->second.isSettled || found->second.mayBeAbsent) {
            co_await make();
        } else {
            constexpr std::size_t kDeeds = 5;
            switch (dice().below(kDeeds)) {
                case 0:
                    co_await remove(m_current);
                    break;
                case 1:
                    co_await grow(m_current);
                    break;
                case 2:
                    co_await look(m_current);
                    break;
                default:
                    co_await change(m_current);
                    break;
            }
        }
        co_await sleepAbout(150);
    }
    for (const auto& [name, topic] : m_topics) {
        co_await look(name);
    }
}

Script<> Administrator::make() {
    constexpr std::int32_t kMostPartitions = 3;
    m_current = name() + "-" + std::to_string(m_made++);
    const auto count = static_cast<std::int32_t>(dice().between(1, kMostPartitions));
    const std::string retention = std::to_string(dice().between(1'000'000, 9'000'000));
    protocol::CreateTopicsRequest request;
    request.timeoutMs = kTimeoutMs;
    auto& topic = request.topics.emplace_back();
    topic.name = m_current;
    topic.numPartitions = count;
    topic.replicationFactor = 1;
    topic.configs.push_back({kSetting, retention, {}});
    m_topics[m_current] = {.partitions = {count}, .retentions = {retention}, .mayBeAbsent = true};
    const auto response = co_await call<protocol::CreateTopicsResponse>(std::move(request), 7);
    const auto error = response ? std::optional(response->topics.at(0).errorCode) : std::nullopt;
    if (error == ErrorCode::kTopicAlreadyExists) {
        complainOf(m_current, "before it made it");
    }
    Topic& made = m_topics[m_current];
    made.mayBeAbsent = !settles(made, error);
}

Script<> Administrator::change(std::string name) {
    const std::string retention = std::to_string(dice().between(1'000'000, 9'000'000));
    m_topics[name].retentions.insert(retention);
    protocol::IncrementalAlterConfigsRequest request;
    request.resources.push_back({kOfTopic, name, {{kSetting, 0, retention, {}}}, {}});
    const auto response = co_await call<protocol::IncrementalAlterConfigsResponse>(std::move(request), 1);
    if (settles(m_topics[name], response ? std::optional(response->responses.at(0).errorCode) : std::nullopt)) {
        m_topics[name].retentions = {retention};
    }
}

Script<> Administrator::grow(std::string name) {
    const std::int32_t count = *m_topics[name].partitions.rbegin() + 1;
    m_topics[name].partitions.insert(count);
    protocol::CreatePartitionsRequest request;
    request.timeoutMs = kTimeoutMs;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.count = count;
    const auto response = co_await call<protocol::CreatePartitionsResponse>(std::move(request), 3);
    if (settles(m_topics[name], response ? std::optional(response->results.at(0).errorCode) : std::nullopt)) {
        m_topics[name].partitions = {count};
    }
}

Script<> Administrator::remove(std::string name) {
    m_topics[name].mayBeAbsent = true;
    protocol::DeleteTopicsRequest request;
    request.timeoutMs = kTimeoutMs;
    request.topics.emplace_back().name = name;
    const auto response = co_await call<protocol::DeleteTopicsResponse>(std::move(request), 6);
    const auto error = response ? std::optional(response->responses.at(0).errorCode) : std::nullopt;
    if (error == ErrorCode::kUnknownTopicOrPartition) {
        complainOf(name, "gone before it deleted it");
    }
    m_topics[name].mayBeThere = !settles(m_topics[name], error);
}

Script<> Administrator::look(std::string name) {
    while (true) {
        protocol::MetadataRequest request;
        request.topics->emplace_back().name = name;
        request.allowAutoTopicCreation = false;
        const auto response = co_await call<protocol::MetadataResponse>(std::move(request), 12);
        const Topic& known = m_topics[name];
        if (response && response->topics.at(0).errorCode == ErrorCode::kUnknownTopicOrPartition) {
            if (!known.mayBeAbsent) {
                complainOf(name, "gone");
            }
            co_return;
        }
        if (response && response->topics.at(0).errorCode == ErrorCode::kNone) {
            const auto count = static_cast<std::int32_t>(response->topics.at(0).partitions.size());
            if (!known.mayBeThere) {
                complainOf(name, "again after it was deleted");
            } else if (!known.partitions.contains(count)) {
                complainOf(name, "with " + std::to_string(count) + " partitions");
            } else {
                co_await lookAtSettings(name);
            }
            co_return;
        }
        co_await sleepAbout(100);
    }
}

Script<> Administrator::lookAtSettings(std::string name) {
    while (true) {
        protocol::DescribeConfigsRequest request;
        request.resources.push_back({kOfTopic, name, std::vector<std::string>{kSetting}, {}});
        const auto response = co_await call<protocol::DescribeConfigsResponse>(std::move(request), 4);
        if (response && response->results.at(0).errorCode == ErrorCode::kUnknownTopicOrPartition) {
            // What was asked before may come true in between.
            if (m_topics[name].isSettled) {
                complainOf(name, "without settings");
            }
            co_return;
        }
        if (response && response->results.at(0).errorCode == ErrorCode::kNone) {
            const auto& settings = response->results.at(0).configs;
            const std::string value = settings.empty() ? "" : settings.front().value.value_or("");
            if (!m_topics[name].retentions.contains(value)) {
                complainOf(name, std::string("with ") + kSetting + "=" + value);
            }
            co_return;
        }
        co_await sleepAbout(100);
    }
}

}  // namespace weir::simulation
