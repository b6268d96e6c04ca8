// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/engine.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <asio/post.hpp>
#include <future>
#include <new>
#include <utility>

#include "broker/catalog/folder_lock.h"
#include "broker/config/properties.h"
#include "broker/groups/consumer/assignor.h"
#include "broker/server/net/listener.h"
#include "broker/server/net/net_pool.h"
#include "broker/server/net/timer_queue.h"
#include "broker/telemetry/client_telemetry.h"

namespace weir::server {

namespace {

constexpr std::chrono::seconds kHousekeepingPause{1};
constexpr std::size_t kCommitThreads = 2;
/// Producer ids taken from the catalog at once; what is left of them at a stop is never used.
constexpr std::int32_t kProducerIdBlock = 1000;
constexpr std::size_t kDefaultBytesInFlight = std::size_t{256} << 20;

groups::GroupOptions groupOptionsOf(const config::BrokerConfig& config, const config::BrokerLayers& layers) {
    using std::chrono::milliseconds;
    groups::GroupOptions options;
    options.minSessionTimeout = milliseconds(config.groupMinSessionTimeoutMs);
    options.maxSessionTimeout = milliseconds(config.groupMaxSessionTimeoutMs);
    options.initialRebalanceDelay = milliseconds(config.groupInitialRebalanceDelayMs);
    options.maxGroupSize = static_cast<std::size_t>(config.groupMaxSize);
    options.maxOffsetMetadataBytes = static_cast<std::size_t>(config.offsetMetadataMaxBytes);
    options.offsetsRetention = milliseconds(config.offsetsRetentionMs);
    options.offsetsRetentionCheckInterval = milliseconds(config.offsetsRetentionCheckIntervalMs);
    options.broker = config::resolveNewGroups(layers);
    // Assignors of other people's making cannot be loaded.
    std::erase_if(options.broker.consumerAssignors,
                  [](const std::string& name) { return groups::assignorNamed(name) == nullptr; });
    if (options.broker.consumerAssignors.empty()) {
        options.broker.consumerAssignors = config::NewGroupsConfig{}.consumerAssignors;
    }
    return options;
}

NetLimits limitsOf(const config::BrokerConfig& config, const EngineOptions& options) {
    NetLimits limits;
    limits.frameDeadline = options.frameDeadline.value_or(limits.frameDeadline);
    limits.maxFrameBytes = static_cast<std::size_t>(config.socketRequestMaxBytes);
    limits.maxBytesInFlight = config.queuedMaxRequestBytes > 0 ? static_cast<std::size_t>(config.queuedMaxRequestBytes)
                                                               : kDefaultBytesInFlight;
    limits.idle = std::chrono::milliseconds(config.connectionsMaxIdleMs);
    return limits;
}

EngineError fromCatalog(const catalog::CatalogError& error) {
    using catalog::CatalogErrc;
    switch (error.code) {
        case CatalogErrc::kInUse:
            return {EngineErrc::kFolderInUse, error.message, 0};
        case CatalogErrc::kForeign:
        case CatalogErrc::kNewer:
            return {EngineErrc::kFolderForeign, error.message, 0};
        default:
            return {EngineErrc::kFolderUnusable, error.message, 0};
    }
}

}  // namespace

Engine::Engine(EngineOptions options, const World& world)
    : m_options(std::move(options)),
      m_world(world),
      m_logger(m_options.logger.named("broker")),
      m_dispatcher(world.threads) {}

Engine::~Engine() {
    stop();
}

Result<std::unique_ptr<Engine>, EngineError> Engine::start(EngineOptions options, const World& world) {
    std::unique_ptr<Engine> engine(new Engine(std::move(options), world));
    for (const auto step :
         {&Engine::readConfigs, &Engine::bind, &Engine::openFolder, &Engine::openSchemas, &Engine::openSecurity,
          &Engine::openTopics, &Engine::startGroups, &Engine::startTransactions}) {
        if (auto done = ((*engine).*step)(); !done) {
            return fail(std::move(done).error());
        }
    }
    engine->serve();
    return engine;
}

Engine::Started Engine::readConfigs() {
    std::vector<config::Property> properties;
    for (const auto& [key, value] : m_options.configs) {
        properties.push_back({key, value, 0});
    }
    auto checked = config::checkBrokerSettings(properties);
    if (!checked) {
        return fail(EngineError{EngineErrc::kBadConfig, checked.error().message, 0});
    }
    if (const auto whole = config::checkBrokerMap(*checked); !whole) {
        return fail(EngineError{EngineErrc::kBadConfig, whole.error().message, 0});
    }
    m_fixed = std::move(*checked);
    m_config = config::resolveBrokerConfig({.dynamicBroker = {}, .dynamicDefault = {}, .fixed = m_fixed});
    return {};
}

ConnectionLimits Engine::connectionLimits(const std::string& ip) const {
    const auto config = m_topics->brokerConfig();
    const auto own = config->maxConnectionsPerIpOverrides.find(ip);
    const bool hasOwn = own != config->maxConnectionsPerIpOverrides.end();
    return {.total = static_cast<std::size_t>(config->maxConnections),
            .perIp = static_cast<std::size_t>(hasOwn ? own->second : config->maxConnectionsPerIp),
            .rate = static_cast<double>(config->maxConnectionCreationRate),
            .rateOfIp = m_quotas->connectionRate(ip)};
}

Engine::Started Engine::bind() {
    std::vector<Endpoint> endpoints = m_options.listen;
    for (Endpoint& each : endpoints) {
        each.listener = "PLAINTEXT";
    }
    if (m_fixed.contains("listeners")) {
        endpoints.clear();
        for (const config::Listener& each : m_config.listeners) {
            endpoints.push_back({each.host.empty() ? "0.0.0.0" : each.host, each.port, each.name});
        }
    }
    auto listeners = listenersBy(m_fixed, endpoints);
    if (!listeners) {
        return fail(EngineError{EngineErrc::kBadConfig, listeners.error().message, 0});
    }
    const bool isSet = m_options.networkThreads <= 0 || m_fixed.contains("num.network.threads");
    const int threads = isSet ? m_config.networkThreads : m_options.networkThreads;
    m_pool = std::make_unique<NetPool>(static_cast<std::size_t>(threads), m_world.threads);
    m_listener = std::make_unique<Listener>(*m_pool, limitsOf(m_config, m_options), m_world.clock,
                                            m_options.logger.named("net"), m_dispatcher);
    if (const auto bound = m_listener->bind(std::move(endpoints)); !bound) {
        const ListenError& error = bound.error();
        // Whoever has both the port and the folder is one broker, and another port would not help.
        if (const auto lock = catalog::FolderLock::take(m_options.dataFolder);
            !lock && lock.error().code == catalog::CatalogErrc::kInUse) {
            return fail(EngineError{EngineErrc::kFolderInUse, lock.error().message, 0});
        }
        return fail(
            EngineError{error.code == ListenErrc::kPortBusy ? EngineErrc::kPortBusy : EngineErrc::kAddressRefused,
                        error.message, error.freePort});
    }
    m_listener->protect(*std::move(listeners));
    m_listener->limit([this](const std::string& ip) { return connectionLimits(ip); });
    m_advertised = std::make_unique<Advertised>(m_listener->endpoints(), m_config.advertisedListeners);
    m_timers = m_world.threads == Threads::kOwn ? std::make_unique<TimerQueue>(m_pool->at(0))
                                                : std::make_unique<TimerQueue>(m_pool->at(0), m_world.clock);
    return {};
}

Engine::Started Engine::openFolder() {
    const auto sync =
        m_config.durability == config::Durability::kDurable ? catalog::SyncMode::kDisk : catalog::SyncMode::kSystem;
    auto catalog = catalog::Catalog::open({.folder = m_options.dataFolder,
                                           .sync = sync,
                                           .onDamage = catalog::OnDamage::kSetAside,
                                           .threads = m_world.threads,
                                           .vfs = m_world.sqliteVfs},
                                          m_world.clock, m_world.random, m_options.logger.named("catalog"));
    if (!catalog) {
        return fail(fromCatalog(catalog.error()));
    }
    m_catalog = std::move(*catalog);
    auto directory = storage::LogDirectory::open(m_world.disk, m_options.dataFolder, m_options.logger.named("storage"));
    if (!directory) {
        const auto code = directory.error().code == storage::StorageErrc::kLocked ? EngineErrc::kFolderInUse
                                                                                  : EngineErrc::kFolderUnusable;
        return fail(EngineError{code, directory.error().message, 0});
    }
    m_directory = std::move(*directory);
    return {};
}

Engine::Started Engine::openSchemas() {
    auto schemas = registry::Service::open(*m_catalog, m_options.logger.named("schemas"));
    if (!schemas) {
        return fail(fromCatalog(schemas.error()));
    }
    m_schemas = *std::move(schemas);
    return {};
}

Engine::Started Engine::openSecurity() {
    auto users = security::ScramUsers::open(*m_catalog, m_world.random);
    auto quotas = security::Quotas::open(*m_catalog, m_world.clock);
    if (!users || !quotas) {
        return fail(fromCatalog(users ? quotas.error() : users.error()));
    }
    m_scramUsers = std::move(*users);
    m_quotas = std::move(*quotas);
    if (!m_config.tokenSecret.empty()) {
        auto tokens =
            security::DelegationTokens::open(*m_catalog,
                                             {.secretKey = m_config.tokenSecret,
                                              .maxLifetime = std::chrono::milliseconds(m_config.tokenMaxLifetimeMs),
                                              .renewEvery = std::chrono::milliseconds(m_config.tokenExpiryMs)},
                                             m_world.clock, m_world.random);
        if (!tokens) {
            return fail(fromCatalog(tokens.error()));
        }
        m_tokens = std::move(*tokens);
    }
    if (m_config.hasAuthorizer) {
        auto authorizer = security::Authorizer::open(
            *m_catalog, {.superUsers = {m_config.superUsers.begin(), m_config.superUsers.end()},
                         .allowIfNoAcl = m_config.allowIfNoAcl});
        if (!authorizer) {
            return fail(fromCatalog(authorizer.error()));
        }
        m_authorizer = std::move(*authorizer);
    }
    return {};
}

Engine::Started Engine::openTopics() {
    m_commits = std::make_unique<storage::CommitQueue>(m_world.threads == Threads::kOwn ? kCommitThreads : 0);
    m_partitions = std::make_unique<topics::DiskPartitions>(
        topics::PartitionContext{*m_directory, *m_commits, m_world.clock, m_options.logger.named("partition")});
    auto topics = topics::TopicRegistry::open({.catalog = *m_catalog,
                                               .directory = *m_directory,
                                               .partitions = *m_partitions,
                                               .clock = m_world.clock,
                                               .random = m_world.random,
                                               .logger = m_options.logger.named("topics"),
                                               .threads = m_world.threads},
                                              m_fixed);
    if (!topics) {
        return fail(EngineError{EngineErrc::kFolderUnusable, topics.error().message, 0});
    }
    m_topics = std::move(*topics);
    m_compactor = std::make_unique<topics::Compactor>(
        topics::Compactor::Environment{.topics = [this] { return m_topics->snapshot(); },
                                       .config = [this] { return m_topics->brokerConfig(); },
                                       .clock = m_world.clock,
                                       .random = m_world.random,
                                       .logger = m_options.logger.named("compaction"),
                                       .threads = m_world.threads});
    m_topicFacts = std::make_unique<TopicDirectory>(*m_topics);
    auto features = Features::open(*m_catalog, m_config.transactionVersion);
    if (!features) {
        return fail(fromCatalog(features.error()));
    }
    m_features = std::move(*features);
    auto telemetry =
        telemetry::ClientTelemetry::open({.catalog = *m_catalog,
                                          .clock = m_world.clock,
                                          .random = m_world.random,
                                          .maxBytes = static_cast<std::size_t>(m_config.telemetryMaxBytes)});
    if (!telemetry) {
        return fail(fromCatalog(telemetry.error()));
    }
    m_telemetry = std::move(*telemetry);
    return {};
}

Engine::Started Engine::startGroups() {
    m_groupStore = std::make_unique<groups::CatalogGroupStore>(*m_catalog);
    auto configs = GroupConfigs::open(*m_catalog, *m_topics);
    if (!configs) {
        return fail(EngineError{EngineErrc::kFolderUnusable,
                                "The settings of groups cannot be read: " + configs.error().message, 0});
    }
    m_groupConfigs = std::move(*configs);
    m_groups = std::make_unique<groups::GroupManager>(
        groupOptionsOf(*m_topics->brokerConfig(), *m_topics->brokerLayers()),
        groups::GroupManager::Environment{.clock = m_world.clock,
                                          .random = m_world.random,
                                          .timers = *m_timers,
                                          .store = *m_groupStore,
                                          .topics = *m_topicFacts,
                                          .logger = m_options.logger.named("groups"),
                                          .settings = m_groupConfigs.get()});
    std::promise<std::string> loaded;
    m_groups->start(
        [&loaded](groups::StoreStatus status) { loaded.set_value(status ? std::string() : status.error().message); });
    m_catalog->runPending();
    if (const std::string failure = loaded.get_future().get(); !failure.empty()) {
        return fail(EngineError{EngineErrc::kFolderUnusable, "Committed offsets cannot be read: " + failure, 0});
    }
    const auto kinds = config::resolveNewGroups(*m_topics->brokerLayers());
    m_shareStore = std::make_unique<groups::CatalogShareStore>(*m_catalog);
    m_shares = std::make_unique<groups::SharePartitions>(
        groups::SharePartition::Environment{.clock = m_world.clock,
                                            .timers = *m_timers,
                                            .store = *m_shareStore,
                                            .logger = m_options.logger.named("share")},
        groups::DeliveryRanges::Limits{kinds.shareDeliveryLimit, kinds.shareMaxLocksPerPartition});
    if (const auto read = m_shares->load(); !read) {
        return fail(EngineError{EngineErrc::kFolderUnusable,
                                "What share groups were delivered cannot be read: " + read.error().message, 0});
    }
    m_shareSessions = std::make_unique<ShareSessions>(kinds.shareMaxSessions);
    followBrokerConfig();
    return {};
}

Engine::Started Engine::startTransactions() {
    const auto config = m_topics->brokerConfig();
    m_transactionStore = std::make_unique<transactions::CatalogTransactionStore>(*m_catalog);
    m_transactionPlaces = std::make_unique<TransactionPlaces>(*m_topics, *m_groups, m_world.clock,
                                                              m_options.logger.named("transactions"));
    m_transactions = std::make_unique<transactions::Coordinator>(
        transactions::CoordinatorOptions{.maxTimeoutMs = config->transactionMaxTimeoutMs,
                                         .idExpiryMs = config->transactionalIdExpirationMs,
                                         .abortIntervalMs = config->transactionAbortIntervalMs,
                                         .expiryIntervalMs = config->transactionExpiryIntervalMs},
        transactions::Coordinator::Environment{
            .clock = m_world.clock,
            .store = *m_transactionStore,
            .places = *m_transactionPlaces,
            .freshProducerId =
                [this] {
                    const auto id = nextProducerId();
                    return id ? std::optional(*id) : std::nullopt;
                },
            .post = [this](std::function<void()> task) { asio::post(m_pool->next(), std::move(task)); },
            .ownVersion =
                [this] {
                    return m_features->level(kTransactionVersion) < 2 ? transactions::TxnVersion::kFirst
                                                                      : transactions::TxnVersion::kSecond;
                },
            .logger = m_options.logger.named("transactions")});
    if (const auto started = m_transactions->start(); !started) {
        return fail(
            EngineError{EngineErrc::kFolderUnusable, "Transactions cannot be read: " + started.error().message, 0});
    }
    return {};
}

void Engine::serve() {
    if (m_catalog->report().isNew) {
        m_catalog->flushSoon([log = m_logger](const catalog::CatalogResult<void>& done) {
            if (!done) {
                log.error("The new catalog is not on the disk yet: {}", done.error().message);
            }
        });
    }
    FetchSessions::Limits sessions;
    sessions.capacity = static_cast<std::size_t>(m_config.fetchSessionSlots);
    m_fetchSessions = std::make_unique<FetchSessions>(sessions, m_world.clock, m_world.random);
    m_produce = std::make_unique<ProduceService>(m_world.clock);
    m_services = std::make_unique<Services>(Services{
        .clock = m_world.clock,
        .logger = m_options.logger.named("server"),
        .clusterId = m_catalog->clusterId(),
        .self = m_config.nodeId,
        .topics = *m_topics,
        .groups = *m_groups,
        .transactions = *m_transactions,
        .groupConfigs = *m_groupConfigs,
        .features = *m_features,
        .telemetry = *m_telemetry,
        .shares = *m_shares,
        .shareSessions = *m_shareSessions,
        .topicFacts = *m_topicFacts,
        .directory = *m_directory,
        .timers = *m_timers,
        .produce = *m_produce,
        .fetchSessions = *m_fetchSessions,
        .parked = m_parked,
        .budget = m_listener->budget(),
        .scramUsers = m_scramUsers.get(),
        .quotas = m_quotas.get(),
        .tokens = m_tokens.get(),
        .random = m_world.random,
        .authorizer = m_authorizer.get(),
        .brokerConfig = [this] { return m_topics->brokerConfig(); },
        .metadataOffset = [this] { return Offset(static_cast<std::int64_t>(m_catalog->transactions())); },
        .nextProducerId = [this] { return nextProducerId(); },
        .advertised = [this](const Peer& peer) { return m_advertised->forClient(peer); },
        .onDisk = [this](std::function<void()> rest) { m_dispatcher.onDisk(std::move(rest)); },
    });
    m_dispatcher.serve(*m_services);
    m_listener->startAccepting();
    m_pool->start();
    m_lastFlush = m_world.clock.steadyNow();
    m_lastSweep = m_lastFlush;
    if (m_world.threads == Threads::kOwn) {
        m_housekeeper = std::thread([this] { housekeep(); });
    }
    m_schemas->listenOn(m_topics->brokerConfig()->schemaRegistryPort);
    for (const Endpoint& endpoint : m_listener->endpoints()) {
        m_logger.info("listening on {} ({})", toText(endpoint), endpoint.listener);
    }
}

void Engine::onTopicDeleted(std::function<void(const topics::Topic&)> observer) {
    const std::lock_guard lock(m_observerMutex);
    m_topicDeleted = std::move(observer);
}

Result<ProducerId, catalog::CatalogError> Engine::nextProducerId() {
    const std::lock_guard lock(m_idMutex);
    if (m_nextProducerId == m_lastProducerId) {
        const auto first = m_catalog->allocateProducerIds(kProducerIdBlock);
        if (!first) {
            return fail(first.error());
        }
        m_nextProducerId = *first;
        m_lastProducerId = *first + kProducerIdBlock;
    }
    const ProducerId given = m_nextProducerId;
    ++m_nextProducerId;
    return given;
}

void Engine::housekeep() {
    nameThisThread("weir-house");
    std::unique_lock lock(m_stopMutex);
    while (!m_stopChanged.wait_for(lock, kHousekeepingPause, [this] { return m_isStopping; })) {
        lock.unlock();
        try {
            housekeepOnce();
        } catch (const std::bad_alloc&) {
            m_logger.error("no memory to keep house; next try in {} ms",
                           std::chrono::milliseconds(kHousekeepingPause).count());
        }
        lock.lock();
    }
}

void Engine::housekeepOnce() {
    m_topics->housekeep(Timestamp(m_world.clock.wallNowMs()));
    m_compactor->housekeep();
    m_transactions->housekeep();
    const auto now = m_world.clock.steadyNow();
    if (m_tokens && now - m_lastSweep >= std::chrono::milliseconds(m_config.tokenCheckIntervalMs)) {
        m_lastSweep = now;
        m_tokens->sweep();
    }
    const auto interval = std::chrono::milliseconds(m_config.durabilityIntervalMs);
    if (m_config.durability == config::Durability::kInterval && now - m_lastFlush >= interval) {
        m_lastFlush = now;
        if (const auto flushed = m_catalog->flush(); !flushed) {
            m_logger.error("the catalog could not be flushed: {}", flushed.error().message);
        }
    }
}

bool Engine::work(Work what) {
    switch (what) {
        case Work::kNetwork:
            return m_pool->runOne();
        case Work::kTimers: {
            const bool isDue = m_timers->nextDue() <= m_world.clock.steadyNow();
            if (isDue) {
                m_timers->ring();
            }
            return isDue;
        }
        case Work::kDisk:
            return m_dispatcher.serveOneOfDisk();
        case Work::kCatalog:
            return m_catalog->runPending() != 0;
        case Work::kCommits:
            return m_commits->runPending() != 0;
        case Work::kCompaction:
            return m_compactor->runOnce();
        case Work::kHousekeeping:
            m_listener->sweep();
            housekeepOnce();
            return true;
    }
    return false;
}

Clock::Steady Engine::nextTimer() const {
    return m_timers->nextDue();
}

void Engine::stop() {
    std::call_once(m_stopped, [this] {
        {
            const std::lock_guard lock(m_stopMutex);
            m_isStopping = true;
        }
        m_stopChanged.notify_all();
        if (m_schemas) {
            m_schemas->stop();
        }
        if (m_services) {
            m_listener->stop();
            m_dispatcher.stop();
            if (m_housekeeper.joinable()) {
                m_housekeeper.join();
            }
            // What is under way ends; nobody else would take it there.
            while (m_world.threads == Threads::kNone &&
                   (work(Work::kNetwork) || work(Work::kCatalog) || work(Work::kCommits))) {
            }
            m_transactions->stop();
            m_groups->stop();
            m_shares->stop();
            m_parked.cancelAll();
            m_timers->stop();
        }
        if (m_pool) {
            m_pool->stop();
        }
        if (m_compactor) {
            m_compactor->stop();
        }
        if (m_topics) {
            if (const auto closed = m_topics->close(); !closed) {
                m_logger.error("the logs could not be closed cleanly: {}", closed.error().message);
            }
        }
        if (m_catalog) {
            if (const auto closed = m_catalog->close(); !closed) {
                m_logger.error("the catalog could not be closed cleanly: {}", closed.error().message);
            }
        }
    });
}

}  // namespace weir::server
