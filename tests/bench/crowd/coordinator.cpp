// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/crowd/coordinator.h"

#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"

namespace weir::bench {

using namespace protocol;

namespace {

void pause(Crowd& crowd) {
    crowd.runFor(std::chrono::milliseconds(20), 0.001, [](std::int64_t, SteadyClock::time_point) {});
}

}  // namespace

void makeTopics(Crowd& crowd, const std::vector<std::string>& names, std::int32_t partitions) {
    CreateTopicsRequest request;
    MetadataRequest question;
    ListOffsetsRequest offsets{.replicaId = BrokerId(-1)};
    for (const std::string& name : names) {
        request.topics.push_back({.name = name, .numPartitions = partitions, .replicationFactor = 1});
        question.topics->push_back({.name = name});
        offsets.topics.push_back({.name = name});
        for (std::int32_t i = 0; i < partitions; ++i) {
            offsets.topics.back().partitions.push_back({.partitionIndex = PartitionId(i), .timestamp = Timestamp(-1)});
        }
    }
    crowd.call<CreateTopicsResponse>(request, 5, [](const CreateTopicsResponse& response) {
        for (const auto& topic : response.topics) {
            if (topic.errorCode != ErrorCode::kNone && topic.errorCode != ErrorCode::kTopicAlreadyExists) {
                fail("cannot make " + topic.name);
            }
        }
    });
    for (bool ready = false; !ready;) {
        crowd.call<MetadataResponse>(question, 9, [&](const MetadataResponse& response) {
            ready = true;
            for (const auto& topic : response.topics) {
                ready = ready && topic.errorCode == ErrorCode::kNone &&
                        topic.partitions.size() == static_cast<std::size_t>(partitions);
                for (const auto& partition : topic.partitions) {
                    ready = ready && partition.errorCode == ErrorCode::kNone;
                }
            }
        });
        // Metadata may speak of a partition before it serves.
        if (ready) {
            crowd.call<ListOffsetsResponse>(offsets, 5, [&](const ListOffsetsResponse& response) {
                for (const auto& topic : response.topics) {
                    for (const auto& partition : topic.partitions) {
                        ready = ready && partition.errorCode == ErrorCode::kNone;
                    }
                }
            });
        }
        if (!ready) {
            pause(crowd);
        }
    }
}

void findCoordinator(Crowd& crowd, const std::string& group) {
    for (bool found = false; !found;) {
        crowd.call<FindCoordinatorResponse>(
            FindCoordinatorRequest{.key = group}, 3,
            [&](const FindCoordinatorResponse& response) { found = response.errorCode == ErrorCode::kNone; });
        if (!found) {
            pause(crowd);
        }
    }
}

}  // namespace weir::bench
