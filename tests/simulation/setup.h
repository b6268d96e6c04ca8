// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/protocol/messages/create_topics.h"
#include "tests/simulation/client.h"
#include "tests/simulation/table.h"

namespace weir::simulation {

/// Makes the topics that a run is about, before anything goes wrong.
class Setup final : public Client {
public:
    using Client::Client;
    [[nodiscard]] const std::vector<checker::Place>& made() const { return m_made; }
    [[nodiscard]] const std::map<Uuid, std::string>& ids() const { return m_ids; }

private:
    Script<> run() override {
        constexpr std::int32_t kPartitions = 2;
        protocol::CreateTopicsRequest request;
        for (const char* const each : {"orders", "events"}) {
            auto& topic = request.topics.emplace_back();
            topic.name = each;
            topic.numPartitions = kPartitions;
            topic.replicationFactor = 1;
            // Segments roll and indexes grow within a run.
            topic.configs.push_back({"segment.bytes", "1048576", {}});
            topic.configs.push_back({"index.interval.bytes", "256", {}});
            for (std::int32_t i = 0; i < kPartitions; ++i) {
                m_made.push_back({each, i});
            }
        }
        // Rolls often, so that there is something to compact.
        auto& table = request.topics.emplace_back();
        table.name = kTablePlace.topic;
        table.numPartitions = 1;
        table.replicationFactor = 1;
        for (const auto& [name, value] : {std::pair{"cleanup.policy", "compact"},
                                          {"segment.ms", "120"},
                                          {"min.cleanable.dirty.ratio", "0.01"},
                                          {"delete.retention.ms", "500"}}) {
            table.configs.push_back({name, value, {}});
        }
        while (true) {
            const auto response = co_await call<protocol::CreateTopicsResponse>(request, 7);
            if (response && response->topics.at(0).errorCode == protocol::ErrorCode::kNone) {
                for (const auto& topic : response->topics) {
                    m_ids[topic.topicId] = topic.name;
                }
                co_return;
            }
            co_await sleepAbout(100);
        }
    }

    std::vector<checker::Place> m_made;
    std::map<Uuid, std::string> m_ids;
};

}  // namespace weir::simulation
