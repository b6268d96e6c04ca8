// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/api/operations.h"

namespace weir::api {

/// What a folder of logs tells of transactions and producers; all else is refused, for only a broker could do it.
class FolderOperations final : public Operations {
public:
    /// A transaction that has no marker yet in one log.
    struct Open {
        ProducerInfo producer;
        TransactionPlace place;
    };
    /// Where the facts come from; outlives the object.
    class Source {
    public:
        virtual ~Source() = default;
        virtual ClusterResult<std::vector<ProducerInfo>> producersOf(const TopicPartition& partition) = 0;
        /// As the coordinator's own topic has them; by id.
        virtual ClusterResult<std::vector<TransactionInfo>> coordinated() = 0;
        virtual std::vector<Open> open() = 0;
    };
    explicit FolderOperations(Source& source) : m_source(source) {}

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
    Source& m_source;
};

}  // namespace weir::api
