// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/model/access.h"
#include "broker/model/admin.h"
#include "broker/model/cluster_state.h"
#include "broker/model/operations.h"

namespace weir::api {

/// What an administrator asks beyond topics, records and groups' offsets: transactions, deliveries, tasks, compaction,
/// settings of groups, users, access rules, quotas, the cluster's own state. Beside Broker, so that what cannot do all
/// of it (a remote cluster) leaves it out as a whole. Thread safe; calls block for as long as the disk takes. After the
/// broker's stop every call answers kStopped.
class Operations {
public:
    virtual ~Operations() = default;

    /// By id; those that nobody coordinates last.
    virtual ClusterResult<std::vector<TransactionInfo>> transactions() = 0;
    /// Ends an open transaction as aborted. Its producer is fenced: what it sends next is refused. Answers once that is
    /// decided; the markers stand within moments.
    virtual ClusterResult<void> abortTransaction(const TransactionInfo& transaction) = 0;
    virtual ClusterResult<std::vector<ProducerInfo>> producers(const TopicPartition& partition) = 0;
    virtual ClusterResult<std::vector<CompactionInfo>> compaction(const std::string& topic) = 0;

    virtual ClusterResult<std::vector<ShareDelivery>> shareDeliveries(const std::string& group) = 0;
    virtual ClusterResult<StreamsInfo> streams(const std::string& group) = 0;
    virtual ClusterResult<std::vector<ConfigEntry>> describeGroupConfig(const std::string& group) = 0;
    virtual ClusterResult<void> alterGroupConfig(const std::string& group, const std::vector<ConfigChange>& changes,
                                                 bool validateOnly) = 0;

    virtual ClusterResult<std::vector<UserInfo>> users() = 0;
    /// Makes the user, or gives it another password for this mechanism.
    virtual ClusterResult<void> putLogin(const NewLogin& login) = 0;
    virtual ClusterResult<void> removeLogin(const std::string& user, LoginMechanism mechanism) = 0;

    virtual ClusterResult<AccessRules> accessRules() = 0;
    virtual ClusterResult<void> addRule(const AccessRule& rule) = 0;
    virtual ClusterResult<void> removeRule(const AccessRule& rule) = 0;

    virtual ClusterResult<std::vector<QuotaInfo>> quotas() = 0;
    /// A limit that is absent goes.
    virtual ClusterResult<void> setQuotas(const QuotaTarget& target,
                                          const std::map<std::string, std::optional<double>>& limits) = 0;

    virtual ClusterResult<QuorumInfo> quorum() = 0;
    virtual ClusterResult<FeaturesInfo> features() = 0;
    /// Of every broker, by broker and path. Fails only where no broker tells anything.
    virtual ClusterResult<std::vector<LogDir>> logDirs() = 0;
};

}  // namespace weir::api
