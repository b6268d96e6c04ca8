// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/wire.h"

#include <algorithm>

#include "broker/protocol/error_kind.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/metadata.h"

namespace weir::app {

using protocol::ErrorCode;

const MappedPartition* ClusterMap::find(const TopicPartition& partition) const {
    const auto topic = topics.find(partition.topic);
    if (topic == topics.end()) {
        return nullptr;
    }
    const auto& all = topic->second.partitions;
    const auto found =
        std::lower_bound(all.begin(), all.end(), partition.partition,
                         [](const MappedPartition& one, PartitionId wanted) { return one.partition < wanted; });
    return found != all.end() && found->partition == partition.partition ? &*found : nullptr;
}

ClusterError errorOf(const LinkError& error) {
    const ClusterErrc code = error.stage == LinkStage::kStopped ? ClusterErrc::kStopped
                             : error.stage == LinkStage::kLogin ? ClusterErrc::kRefused
                             : error.isTimeout                  ? ClusterErrc::kTimeout
                                                                : ClusterErrc::kUnreachable;
    return {code, 0, error.message};
}

namespace {

ClusterErrc kindOf(ErrorCode code) {
    return code == ErrorCode::kUnsupportedVersion ? ClusterErrc::kUnsupported
           : code == ErrorCode::kRequestTimedOut  ? ClusterErrc::kTimeout
                                                  : protocol::errorKind(code);
}

}  // namespace

ClusterError errorOf(ErrorCode code, const std::optional<std::string>& message) {
    const bool isSaid = message.has_value() && !message->empty();
    return {kindOf(code), static_cast<std::int16_t>(code),
            isSaid ? *message : std::string(protocol::errorSentence(code))};
}

bool saysMoved(ErrorCode code) {
    return code == ErrorCode::kNotLeaderOrFollower || code == ErrorCode::kLeaderNotAvailable ||
           code == ErrorCode::kFencedLeaderEpoch || code == ErrorCode::kUnknownLeaderEpoch ||
           code == ErrorCode::kNotCoordinator || code == ErrorCode::kNotController;
}

Wire::Wire(RemoteOptions options) : m_options(std::move(options)) {}

Wire::~Wire() {
    stop();
}

ClusterMapPtr Wire::knownMap() const {
    const std::lock_guard lock(m_mutex);
    return m_map;
}

BrokerLink::Versions Wire::versions() const {
    const std::lock_guard lock(m_mutex);
    return m_versions;
}

bool Wire::speaks(protocol::ApiKey key) const {
    const std::lock_guard lock(m_mutex);
    return m_versions.contains(static_cast<std::int16_t>(key));
}

ClusterError Wire::unsupported(const char* request) {
    std::string name = request;
    if (name.ends_with("Request")) {
        name.resize(name.size() - std::string_view("Request").size());
    }
    return {ClusterErrc::kUnsupported, 35, "This cluster does not offer " + name + " in a version that Weir speaks."};
}

bool Wire::saysComing(const ClusterError& error) {
    const auto code = static_cast<ErrorCode>(error.kafkaCode);
    return code == ErrorCode::kCoordinatorNotAvailable || code == ErrorCode::kCoordinatorLoadInProgress ||
           code == ErrorCode::kNotCoordinator;
}

LinkResult<Wire::LinkPtr> Wire::takeAt(const HostPort& address) {
    std::shared_ptr<const TlsClient> tls;
    {
        const std::lock_guard lock(m_mutex);
        std::vector<LinkPtr>& idle = m_idle[address];
        while (!idle.empty()) {
            LinkPtr link = std::move(idle.back());
            idle.pop_back();
            if (link->isIdle()) {
                return link;
            }
        }
        tls = m_tls;
    }
    if (m_options.tls.isOn && tls == nullptr) {
        auto made = TlsClient::make(m_options.tls);
        if (!made) {
            return fail(LinkError(made.error()));
        }
        tls = *made;
        const std::lock_guard lock(m_mutex);
        m_tls = tls;
    }
    auto opened = openAt(address, tls.get());
    if (opened) {
        const std::lock_guard lock(m_mutex);
        m_versions = (*opened)->versions();
    }
    return opened;
}

LinkResult<Wire::LinkPtr> Wire::openAt(const HostPort& address, const TlsClient* tls) {
    if (m_options.sasl.mechanism != SaslMechanism::kOAuthBearer) {
        return BrokerLink::open(address, m_options, tls, m_stop, m_random);
    }
    auto token = m_token.get(m_stop);
    if (!token) {
        return fail(LinkError(token.error()));
    }
    RemoteOptions options = m_options;
    options.sasl.token = *std::move(token);
    auto opened = BrokerLink::open(address, options, tls, m_stop, m_random);
    if (!opened && opened.error().stage == LinkStage::kLogin) {
        m_token.forget();
    }
    return opened;
}

LinkResult<Wire::LinkPtr> Wire::take(BrokerId broker) {
    const ClusterMapPtr known = knownMap();
    if (known == nullptr || !known->brokers.contains(broker)) {
        return fail(LinkError{LinkStage::kConnect,
                              "Broker " + std::to_string(broker.value) + " is not part of the cluster.", false});
    }
    return takeAt(known->brokers.at(broker));
}

LinkResult<Wire::LinkPtr> Wire::takeAny() {
    // The addresses that the person gave, then what the cluster told of itself.
    std::vector<HostPort> addresses = m_options.bootstrap;
    if (const ClusterMapPtr known = knownMap()) {
        for (const auto& [id, address] : known->brokers) {
            addresses.push_back(address);
        }
    }
    LinkError first{LinkStage::kResolve, "No address of the cluster was given.", false};
    bool isFirst = true;
    for (const HostPort& address : addresses) {
        auto link = takeAt(address);
        if (link) {
            return link;
        }
        if (link.error().stage == LinkStage::kStopped || link.error().stage == LinkStage::kLogin) {
            return link;
        }
        if (std::exchange(isFirst, false)) {
            first = link.error();
        }
    }
    return fail(std::move(first));
}

LinkResult<void> Wire::reach(BrokerId broker) {
    return keep(take(broker));
}

LinkResult<void> Wire::keep(LinkResult<LinkPtr> link) {
    if (!link) {
        return fail(LinkError(link.error()));
    }
    give(*std::move(link));
    return {};
}

void Wire::give(LinkPtr link) {
    const std::lock_guard lock(m_mutex);
    std::vector<LinkPtr>& idle = m_idle[link->address()];
    if (idle.size() < kMaxIdle) {
        idle.push_back(std::move(link));
    }
}

ClusterResult<ClusterMapPtr> Wire::map() {
    if (auto known = knownMap()) {
        return known;
    }
    return refreshMap();
}

ClusterResult<ClusterMapPtr> Wire::refreshMap() {
    protocol::MetadataRequest request;
    request.topics = std::nullopt;
    request.allowAutoTopicCreation = false;
    constexpr std::int16_t kCap = 12;
    auto answer = callAny<protocol::MetadataResponse>(request, kCap);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    auto map = std::make_shared<ClusterMap>();
    map->clusterId = answer->message.clusterId.value_or("");
    map->controller = answer->message.controllerId;
    for (const auto& broker : answer->message.brokers) {
        map->brokers[broker.nodeId] = {broker.host, static_cast<std::uint16_t>(broker.port)};
    }
    for (auto& from : answer->message.topics) {
        if (!from.name) {
            continue;
        }
        MappedTopic& topic = map->topics[*from.name];
        topic.id = from.topicId;
        topic.isInternal = from.isInternal;
        for (auto& partition : from.partitions) {
            topic.partitions.push_back({partition.partitionIndex, partition.leaderId, partition.leaderEpoch,
                                        std::move(partition.replicaNodes), std::move(partition.isrNodes)});
        }
        std::sort(topic.partitions.begin(), topic.partitions.end(),
                  [](const auto& a, const auto& b) { return a.partition < b.partition; });
    }
    const std::lock_guard lock(m_mutex);
    m_map = map;
    return ClusterMapPtr(std::move(map));
}

ClusterResult<BrokerId> Wire::coordinatorOf(const std::string& key, CoordinatorOf kind) {
    if (auto known = map(); !known) {
        return fail(ClusterError(known.error()));
    }
    // Up to version 3 one key a request; every broker since 0.10 speaks one of 0 to 3, and Kafka 4 still does.
    protocol::FindCoordinatorRequest request;
    request.key = key;
    request.keyType = static_cast<std::int8_t>(kind);
    constexpr std::int16_t kOneKey = 3;
    auto answer = callAny<protocol::FindCoordinatorResponse>(request, kOneKey);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode, answer->message.errorMessage));
    }
    return answer->message.nodeId;
}

}  // namespace weir::app
