// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cluster/remote/remote_sampler.h"
#include "broker/api/operations.h"

namespace weir::app {

/// What an administrator asks beyond topics, records and offsets, over the wire. What Kafka's protocol has no question
/// for (how far compaction is, what a share group has in flight) answers kUnsupported with the reason. Thread safe.
class RemoteOperations final : public api::Operations {
public:
    RemoteOperations(Wire& wire, RemoteSampler& sampler) : m_wire(wire), m_sampler(sampler) {}

    ClusterResult<std::vector<TransactionInfo>> transactions() override;
    ClusterResult<void> abortTransaction(const TransactionInfo& transaction) override;
    ClusterResult<std::vector<ProducerInfo>> producers(const TopicPartition& partition) override;
    ClusterResult<std::vector<CompactionInfo>> compaction(const std::string& topic) override;

    ClusterResult<std::vector<ShareDelivery>> shareDeliveries(const std::string& group) override;
    ClusterResult<StreamsInfo> streams(const std::string& group) override;
    ClusterResult<std::vector<ConfigEntry>> describeGroupConfig(const std::string& group) override;
    ClusterResult<void> alterGroupConfig(const std::string& group, const std::vector<ConfigChange>& changes,
                                         bool validateOnly) override;

    ClusterResult<std::vector<UserInfo>> users() override;
    ClusterResult<void> putLogin(const NewLogin& login) override;
    ClusterResult<void> removeLogin(const std::string& user, LoginMechanism mechanism) override;

    ClusterResult<AccessRules> accessRules() override;
    ClusterResult<void> addRule(const AccessRule& rule) override;
    ClusterResult<void> removeRule(const AccessRule& rule) override;

    ClusterResult<std::vector<QuotaInfo>> quotas() override;
    ClusterResult<void> setQuotas(const QuotaTarget& target,
                                  const std::map<std::string, std::optional<double>>& limits) override;

    ClusterResult<QuorumInfo> quorum() override;
    ClusterResult<FeaturesInfo> features() override;
    ClusterResult<std::vector<LogDir>> logDirs() override;

private:
    ClusterResult<void> abortCoordinated(const TransactionInfo& transaction);
    ClusterResult<void> abortUnowned(const TransactionInfo& transaction);

    Wire& m_wire;
    RemoteSampler& m_sampler;
};

}  // namespace weir::app
