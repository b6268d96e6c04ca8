// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "broker/base/result.h"
#include "broker/base/threads.h"
#include "broker/catalog/catalog.h"
#include "broker/groups/store/catalog_group_store.h"
#include "broker/groups/store/catalog_share_store.h"
#include "broker/io/file_system.h"
#include "broker/registry/service.h"
#include "broker/security/authorizer.h"
#include "broker/security/delegation_tokens.h"
#include "broker/security/listener_security.h"
#include "broker/security/quotas.h"
#include "broker/security/scram.h"
#include "broker/server/advertised.h"
#include "broker/server/dispatcher.h"
#include "broker/server/features.h"
#include "broker/server/group_configs.h"
#include "broker/server/net/connection_limits.h"
#include "broker/server/net/endpoint.h"
#include "broker/server/services.h"
#include "broker/server/topic_directory.h"
#include "broker/server/transaction_places.h"
#include "broker/storage/commit_queue.h"
#include "broker/topics/compactor.h"
#include "broker/transactions/coordinator.h"

namespace weir::server {

class Listener;
class NetPool;
class TimerQueue;

struct EngineOptions {
    std::filesystem::path dataFolder;
    /// Used unless `configs` names listeners.
    std::vector<Endpoint> listen;
    /// Kafka's names, unchecked.
    std::map<std::string, std::string> configs;
    /// Unless `configs` says num.network.threads; 0: its default.
    int networkThreads = 0;
    /// How long a begun request or a login may take; not given: that of NetLimits.
    std::optional<std::chrono::milliseconds> frameDeadline;
    Logger logger;
};

enum class EngineErrc { kPortBusy, kAddressRefused, kFolderInUse, kFolderForeign, kFolderUnusable, kBadConfig };
struct EngineError {
    EngineErrc code;
    std::string message;
    /// For kPortBusy.
    std::uint16_t freePort = 0;
};

/// The outer world, which a test or a simulator replaces. Outlives the engine.
struct World {
    const Clock& clock;
    Random& random;
    io::FileSystem& disk;
    /// kNone: whoever made the engine calls Engine::work, and connections come through Listener::adopt.
    Threads threads = Threads::kOwn;
    /// Under the catalog; empty: the system's.
    std::string sqliteVfs{};
};

/// What an engine without threads is asked to do next: each is what one kind of thread would do.
enum class Work : std::uint8_t { kNetwork, kTimers, kDisk, kCatalog, kCommits, kCompaction, kHousekeeping };

/// Everything of a broker put together: the data folder, topics, groups, sockets and the housekeeping thread, started
/// in order and stopped in reverse. Several may live in one process.
class Engine {
public:
    static Result<std::unique_ptr<Engine>, EngineError> start(EngineOptions options, const World& world);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Answers nobody any more, then makes everything durable and marks the folder clean. Idempotent, from any thread
    /// that is not the engine's own.
    void stop();

    /// One piece of it, on the caller's thread, which stands for that kind's; false: there was none. For an engine
    /// without threads.
    bool work(Work what);
    /// When timers are due next. Likewise.
    [[nodiscard]] Clock::Steady nextTimer() const;

    [[nodiscard]] Services& services() { return *m_services; }
    [[nodiscard]] Listener& listener() { return *m_listener; }
    [[nodiscard]] catalog::Catalog& catalog() { return *m_catalog; }
    [[nodiscard]] registry::Service& schemas() { return *m_schemas; }
    [[nodiscard]] const Advertised& advertised() const { return *m_advertised; }
    [[nodiscard]] const std::filesystem::path& dataFolder() const { return m_options.dataFolder; }
    [[nodiscard]] const World& world() const { return m_world; }

    /// `observer` is called after a topic is gone for clients, on the deleting thread. It outlives the engine.
    void onTopicDeleted(std::function<void(const topics::Topic&)> observer);

private:
    using Started = Result<void, EngineError>;
    using ListenerPtr = std::shared_ptr<const security::ListenerSecurity>;
    using Listeners = std::vector<ListenerPtr>;

    Engine(EngineOptions options, const World& world);
    Started readConfigs();
    [[nodiscard]] Result<ListenerPtr, config::ConfigError> listenerBy(const config::ConfigMap& settings,
                                                                      const Endpoint& endpoint) const;
    /// What protects the listeners of these endpoints by `settings`.
    [[nodiscard]] Result<Listeners, config::ConfigError> listenersBy(const config::ConfigMap& settings,
                                                                     const std::vector<Endpoint>& endpoints) const;
    [[nodiscard]] Result<void, config::ConfigError> judgeBrokerConfig(const config::BrokerLayers& layers) const;
    Result<void, config::ConfigError> protectAnew();
    void protectAtStart();
    void followBrokerConfig();
    Started bind();
    [[nodiscard]] ConnectionLimits connectionLimits(const std::string& ip) const;
    Started openFolder();
    Started openSchemas();
    Started openSecurity();
    Started openTopics();
    Started startGroups();
    Started startTransactions();
    void serve();
    void housekeep();
    void housekeepOnce();
    Result<ProducerId, catalog::CatalogError> nextProducerId();

    EngineOptions m_options;
    const World m_world;
    Logger m_logger;
    config::ConfigMap m_fixed;
    config::BrokerConfig m_config;

    // In the order of their making; each may use those above it, and goes before them.
    Dispatcher m_dispatcher;
    std::unique_ptr<NetPool> m_pool;
    std::unique_ptr<Listener> m_listener;
    std::unique_ptr<TimerQueue> m_timers;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<registry::Service> m_schemas;
    std::unique_ptr<security::Authorizer> m_authorizer;
    std::unique_ptr<security::ScramUsers> m_scramUsers;
    std::unique_ptr<security::Quotas> m_quotas;
    std::unique_ptr<security::DelegationTokens> m_tokens;
    std::unique_ptr<storage::LogDirectory> m_directory;
    std::unique_ptr<storage::CommitQueue> m_commits;
    std::unique_ptr<topics::PartitionAccess> m_partitions;
    std::unique_ptr<topics::TopicRegistry> m_topics;
    std::unique_ptr<topics::Compactor> m_compactor;
    std::unique_ptr<TopicDirectory> m_topicFacts;
    std::unique_ptr<Features> m_features;
    std::unique_ptr<telemetry::ClientTelemetry> m_telemetry;
    std::unique_ptr<groups::CatalogGroupStore> m_groupStore;
    std::unique_ptr<GroupConfigs> m_groupConfigs;
    std::unique_ptr<groups::GroupManager> m_groups;
    std::unique_ptr<transactions::CatalogTransactionStore> m_transactionStore;
    std::unique_ptr<TransactionPlaces> m_transactionPlaces;
    std::unique_ptr<transactions::Coordinator> m_transactions;
    std::unique_ptr<groups::CatalogShareStore> m_shareStore;
    std::unique_ptr<groups::SharePartitions> m_shares;
    std::unique_ptr<ShareSessions> m_shareSessions;
    std::unique_ptr<FetchSessions> m_fetchSessions;
    std::unique_ptr<ProduceService> m_produce;
    std::unique_ptr<Advertised> m_advertised;
    ParkedWork m_parked;
    std::unique_ptr<Services> m_services;

    std::mutex m_observerMutex;
    std::function<void(const topics::Topic&)> m_topicDeleted;

    std::mutex m_idMutex;
    ProducerId m_nextProducerId;
    ProducerId m_lastProducerId;

    std::mutex m_stopMutex;
    std::condition_variable m_stopChanged;
    bool m_isStopping = false;
    std::thread m_housekeeper;
    Clock::Steady m_lastFlush{};
    Clock::Steady m_lastSweep{};
    std::once_flag m_stopped;
};

}  // namespace weir::server
