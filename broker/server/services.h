// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/catalog/errors.h"
#include "broker/config/broker_config.h"
#include "broker/groups/group_manager.h"
#include "broker/groups/share/share_partitions.h"
#include "broker/groups/topic_directory.h"
#include "broker/model/ids.h"
#include "broker/security/authorizer.h"
#include "broker/security/delegation_tokens.h"
#include "broker/security/quotas.h"
#include "broker/security/scram.h"
#include "broker/server/features.h"
#include "broker/server/fetch_session.h"
#include "broker/server/group_configs.h"
#include "broker/server/net/endpoint.h"
#include "broker/server/net/memory_budget.h"
#include "broker/server/net/peer.h"
#include "broker/server/parked_work.h"
#include "broker/server/produce_service.h"
#include "broker/server/share_sessions.h"
#include "broker/topics/topic_registry.h"
#include "broker/transactions/coordinator.h"

namespace weir::telemetry {
class ClientTelemetry;
}

namespace weir::server {

/// What every handler may use. Made by the broker, outlives all calls; each member is thread safe on its own.
struct Services {
    const Clock& clock;
    Logger logger;
    std::string clusterId;
    BrokerId self;
    topics::TopicRegistry& topics;
    groups::GroupManager& groups;
    transactions::Coordinator& transactions;
    GroupConfigs& groupConfigs;
    Features& features;
    telemetry::ClientTelemetry& telemetry;
    groups::SharePartitions& shares;
    ShareSessions& shareSessions;
    const groups::TopicDirectory& topicFacts;
    storage::LogDirectory& directory;
    groups::TimerService& timers;
    ProduceService& produce;
    FetchSessions& fetchSessions;
    ParkedWork& parked;
    MemoryBudget& budget;
    security::ScramUsers* scramUsers = nullptr;
    security::Quotas* quotas = nullptr;
    /// nullptr: no delegation.token.secret.key is set.
    security::DelegationTokens* tokens = nullptr;
    Random& random;
    /// nullptr: everybody may do everything.
    security::Authorizer* authorizer = nullptr;
    /// The settings as they are now.
    std::function<std::shared_ptr<const config::BrokerConfig>()> brokerConfig;
    /// How many changes of the catalog were committed since the start.
    std::function<Offset()> metadataOffset;
    /// Never the same twice, not even after a restart.
    std::function<Result<ProducerId, catalog::CatalogError>()> nextProducerId;
    /// Where this client is to connect to, by the listener it came through.
    std::function<Endpoint(const Peer&)> advertised;
    /// Runs the rest of a call on the thread that may wait for the disk, as whole calls that do
    /// (Handler::onDiskThread).
    std::function<void(std::function<void()>)> onDisk;
};

}  // namespace weir::server
