// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/cluster/cluster.h"
#include "app/cluster/remote/broker_link.h"
#include "app/cluster/remote/oauth_token.h"
#include "broker/protocol/error_code.h"

namespace weir::app {

/// A partition as the cluster's metadata tells it.
struct MappedPartition {
    PartitionId partition;
    BrokerId leader{-1};
    LeaderEpoch leaderEpoch = kNoLeaderEpoch;
    std::vector<BrokerId> replicas;
    std::vector<BrokerId> inSync;
};
struct MappedTopic {
    TopicId id;
    bool isInternal = false;
    std::vector<MappedPartition> partitions;  // by number
};
/// Who is where. Immutable once made.
struct ClusterMap {
    std::string clusterId;
    BrokerId controller{-1};
    std::map<BrokerId, HostPort> brokers;
    std::map<std::string, MappedTopic> topics;

    /// nullptr when there is none.
    [[nodiscard]] const MappedPartition* find(const TopicPartition& partition) const;
};
using ClusterMapPtr = std::shared_ptr<const ClusterMap>;

[[nodiscard]] ClusterError errorOf(const LinkError& error);
/// An empty `message` becomes the code's own sentence.
[[nodiscard]] ClusterError errorOf(protocol::ErrorCode code, const std::optional<std::string>& message = {});
/// A refusal that says the map is old: ask the next broker.
[[nodiscard]] bool saysMoved(protocol::ErrorCode code);

/// The connections to one cluster: a few to each broker, made when needed, kept while they are good. This is no
/// client: it remembers no positions, joins nothing and sends only what it is told. Thread safe; calls block.
class Wire {
public:
    explicit Wire(RemoteOptions options);
    ~Wire();

    [[nodiscard]] const RemoteOptions& options() const { return m_options; }
    /// Every call under way and every later one answers kStopped.
    void stop() { m_stop.stop(); }
    [[nodiscard]] bool isStopped() const { return m_stop.isStopped(); }

    /// The newest map; asks the cluster when there is none.
    ClusterResult<ClusterMapPtr> map();
    ClusterResult<ClusterMapPtr> refreshMap();
    /// The newest map without asking; nullptr before the first answer.
    [[nodiscard]] ClusterMapPtr knownMap() const;
    /// What the brokers speak, by API; empty before the first connection.
    [[nodiscard]] BrokerLink::Versions versions() const;
    [[nodiscard]] bool speaks(protocol::ApiKey key) const;

    template <class Response, class Request>
    ClusterResult<WireAnswer<Response>> call(BrokerId broker, const Request& request, std::int16_t cap = 32767) {
        auto link = take(broker);
        return link ? callOn<Response>(*std::move(link), request, cap) : fail(errorOf(link.error()));
    }
    /// Whoever answers.
    template <class Response, class Request>
    ClusterResult<WireAnswer<Response>> callAny(const Request& request, std::int16_t cap = 32767) {
        auto link = takeAny();
        return link ? callOn<Response>(*std::move(link), request, cap) : fail(errorOf(link.error()));
    }
    /// Where changes of topics are decided; any broker forwards for a controller that is not to be reached directly.
    template <class Response, class Request>
    ClusterResult<WireAnswer<Response>> callController(const Request& request, std::int16_t cap = 32767) {
        const auto known = map();
        if (!known) {
            return fail(ClusterError(known.error()));
        }
        return (*known)->brokers.contains((*known)->controller) ? call<Response>((*known)->controller, request, cap)
                                                                : callAny<Response>(request, cap);
    }
    /// A request that is never answered: Produce without acknowledgement.
    template <class Request>
    ClusterResult<void> tell(BrokerId broker, const Request& request, std::int16_t cap) {
        auto link = take(broker);
        if (!link) {
            return fail(errorOf(link.error()));
        }
        const auto version = (*link)->versionFor(Request::kApiKey, Request::kVersions, cap);
        if (!version) {
            return fail(unsupported(Request::kName));
        }
        if (auto told = (*link)->tell(request, *version, m_options.requestTimeoutMs); !told) {
            return fail(errorOf(told.error()));
        }
        give(*std::move(link));
        return {};
    }
    /// Whether a broker of the map lets us in.
    LinkResult<void> reach(BrokerId broker);
    /// Whether somebody at that address does, told by the cluster or not.
    LinkResult<void> reachAt(const HostPort& address) { return keep(takeAt(address)); }
    /// Waits; true if stopped meanwhile.
    bool pause(int milliseconds) { return m_stop.waitFor(milliseconds); }
    /// Kafka's numbers (FindCoordinatorRequest.CoordinatorType).
    enum class CoordinatorOf : std::int8_t { kGroup = 0, kTransaction = 1 };
    /// The broker that coordinates a group or the transactions of an id.
    ClusterResult<BrokerId> coordinatorOf(const std::string& key, CoordinatorOf kind = CoordinatorOf::kGroup);
    /// Runs what asks a coordinator, and again while the answer is that it comes or moves: the first group of a cluster
    /// is asked for before the topic exists that its coordinator keeps its offsets in.
    template <class Run>
    auto withCoordinator(Run run) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(m_options.requestTimeoutMs);
        for (;;) {
            auto result = run();
            if (result.ok() || !saysComing(result.error()) || std::chrono::steady_clock::now() >= until ||
                pause(kBetweenTriesMs)) {
                return result;
            }
        }
    }

private:
    using LinkPtr = std::unique_ptr<BrokerLink>;

    template <class Response, class Request>
    ClusterResult<WireAnswer<Response>> callOn(LinkPtr link, const Request& request, std::int16_t cap) {
        const auto version = link->versionFor(Request::kApiKey, Request::kVersions, cap);
        if (!version) {
            give(std::move(link));
            return fail(unsupported(Request::kName));
        }
        auto answer = link->template call<Response>(request, *version, m_options.requestTimeoutMs);
        if (!answer) {
            return fail(errorOf(answer.error()));
        }
        give(std::move(link));
        return *std::move(answer);
    }

    LinkResult<LinkPtr> take(BrokerId broker);
    LinkResult<LinkPtr> takeAny();
    LinkResult<LinkPtr> takeAt(const HostPort& address);
    LinkResult<LinkPtr> openAt(const HostPort& address, const TlsClient* tls);
    void give(LinkPtr link);
    LinkResult<void> keep(LinkResult<LinkPtr> link);
    [[nodiscard]] static ClusterError unsupported(const char* request);
    [[nodiscard]] static bool saysComing(const ClusterError& error);

    static constexpr std::size_t kMaxIdle = 4;
    static constexpr int kBetweenTriesMs = 100;
    const RemoteOptions m_options;
    OAuthToken m_token{m_options};
    SystemRandom m_random;
    WireStop m_stop;
    mutable std::mutex m_mutex;
    std::map<HostPort, std::vector<LinkPtr>> m_idle;
    std::shared_ptr<const TlsClient> m_tls;
    ClusterMapPtr m_map;
    BrokerLink::Versions m_versions;
};

}  // namespace weir::app
