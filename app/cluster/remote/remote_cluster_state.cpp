// SPDX-License-Identifier: GPL-3.0-or-later
// How a remote cluster itself stands: its quorum, its features, its brokers' log folders.
#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "app/cluster/remote/remote_operations.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/describe_quorum.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

using Quorum = protocol::DescribeQuorumResponse;

Failure<ClusterError> cannot(std::string why) {
    return fail(ClusterError{ClusterErrc::kUnsupported, 0, std::move(why)});
}

void addReplicas(QuorumInfo& info, const std::vector<Quorum::ReplicaState>& from, bool areVoters) {
    for (const Quorum::ReplicaState& one : from) {
        info.replicas.push_back({one.replicaId,
                                 areVoters,
                                 one.replicaDirectoryId,
                                 one.logEndOffset,
                                 one.lastFetchTimestamp,
                                 one.lastCaughtUpTimestamp,
                                 {}});
    }
}

std::string listenerText(const Quorum::Listener& from) {
    const bool isBare6 = from.host.find(':') != std::string::npos && !from.host.starts_with('[');
    const std::string host = isBare6 ? '[' + from.host + ']' : from.host;
    return from.name + "://" + host + ':' + std::to_string(from.port);
}

QuorumInfo quorumOf(const Quorum& answer, const Quorum::PartitionData& from) {
    QuorumInfo info;
    info.leader = from.leaderId;
    info.leaderEpoch = from.leaderEpoch;
    info.highWatermark = from.highWatermark;
    addReplicas(info, from.currentVoters, true);
    addReplicas(info, from.observers, false);
    for (const Quorum::Node& node : answer.nodes) {
        for (QuorumReplica& replica : info.replicas) {
            for (const Quorum::Listener& each : node.listeners) {
                if (replica.id == node.nodeId) {
                    replica.listeners.push_back(listenerText(each));
                }
            }
        }
    }
    return info;
}

FeaturesInfo featuresOf(const protocol::ApiVersionsResponse& from) {
    std::map<std::string, FeatureState> byName;
    for (const auto& each : from.supportedFeatures) {
        byName[each.name].supported = FeatureState::Range{each.minVersion, each.maxVersion};
    }
    for (const auto& each : from.finalizedFeatures) {
        byName[each.name].finalized = each.maxVersionLevel;
    }
    FeaturesInfo info;
    info.epoch = from.finalizedFeaturesEpoch;
    for (auto& [name, state] : byName) {
        state.name = name;
        info.features.push_back(std::move(state));
    }
    return info;
}

std::vector<LogDir> logDirsOf(BrokerId broker, const protocol::DescribeLogDirsResponse& from) {
    std::vector<LogDir> all;
    for (const auto& folder : from.results) {
        LogDir& to = all.emplace_back();
        to.broker = broker;
        to.path = folder.logDir;
        to.totalBytes = folder.totalBytes;
        to.usableBytes = folder.usableBytes;
        if (folder.errorCode != ErrorCode::kNone) {
            to.problem = errorOf(folder.errorCode).message;
        }
        for (const auto& topic : folder.topics) {
            for (const auto& each : topic.partitions) {
                to.replicas.push_back(
                    {{topic.name, each.partitionIndex}, each.partitionSize, each.offsetLag, each.isFutureKey});
            }
        }
    }
    return all;
}

ClusterResult<std::vector<LogDir>> logDirsAt(Wire& wire, BrokerId broker) {
    protocol::DescribeLogDirsRequest request;
    request.topics = std::nullopt;
    const auto answer = wire.call<protocol::DescribeLogDirsResponse>(broker, request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    // Up to version 2 a client without the right to look is told of nothing.
    if (answer->message.results.empty()) {
        return fail(ClusterError{ClusterErrc::kRefused, 0,
                                 "Broker " + std::to_string(broker.value) +
                                     " tells of no folder: most likely this login may not describe the cluster."});
    }
    return logDirsOf(broker, answer->message);
}

}  // namespace

ClusterResult<QuorumInfo> RemoteOperations::quorum() {
    if (const auto known = m_wire.map(); !known) {
        return fail(ClusterError(known.error()));
    }
    if (!m_wire.speaks(protocol::ApiKey::kDescribeQuorum)) {
        return cannot(
            "This cluster has no metadata quorum to tell of: it keeps its metadata in ZooKeeper, or is older "
            "than Apache Kafka 3.3.");
    }
    protocol::DescribeQuorumRequest request;
    request.topics = {{"__cluster_metadata", {{PartitionId(0), {}}}, {}}};
    const auto answer = m_wire.callAny<Quorum>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    const Quorum& quorum = answer->message;
    if (quorum.errorCode != ErrorCode::kNone) {
        return fail(errorOf(quorum.errorCode, quorum.errorMessage));
    }
    if (quorum.topics.empty() || quorum.topics.front().partitions.empty()) {
        return cannot("This cluster answered without saying anything of its metadata quorum.");
    }
    const Quorum::PartitionData& partition = quorum.topics.front().partitions.front();
    if (partition.errorCode != ErrorCode::kNone) {
        return fail(errorOf(partition.errorCode, partition.errorMessage));
    }
    return quorumOf(quorum, partition);
}

// Asked anew on a connection that knows the versions already: levels change while it lasts.
ClusterResult<FeaturesInfo> RemoteOperations::features() {
    constexpr std::int16_t kFirstWithFeatures = 3;
    protocol::ApiVersionsRequest request;
    request.clientSoftwareName = BrokerLink::kClientId;
    request.clientSoftwareVersion = BrokerLink::kClientVersion;
    const auto answer = m_wire.callAny<protocol::ApiVersionsResponse>(request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    if (answer->version.value < kFirstWithFeatures) {
        return cannot("This cluster is older than features: Apache Kafka has them since 2.7.");
    }
    if (answer->message.supportedFeatures.empty() && answer->message.finalizedFeatures.empty()) {
        return cannot("This cluster tells of no features: it keeps its metadata in ZooKeeper, or is no Apache Kafka.");
    }
    return featuresOf(answer->message);
}

ClusterResult<std::vector<LogDir>> RemoteOperations::logDirs() {
    const auto map = m_wire.refreshMap();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    std::vector<LogDir> all;
    std::optional<ClusterError> first;
    bool hasAny = false;
    for (const auto& [broker, address] : (*map)->brokers) {
        auto answer = logDirsAt(m_wire, broker);
        if (answer) {
            hasAny = true;
            std::move(answer->begin(), answer->end(), std::back_inserter(all));
        } else {
            all.push_back({broker, {}, answer.error().message, -1, -1, {}});
            first = first ? first : std::optional(answer.error());
        }
    }
    if (!hasAny && first) {
        return fail(*std::move(first));
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return std::tie(a.broker, a.path) < std::tie(b.broker, b.path); });
    return all;
}

}  // namespace weir::app
