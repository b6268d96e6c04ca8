// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <shared_mutex>
#include <type_traits>

#include "broker/api/cluster_errors.h"
#include "broker/api/operations.h"
#include "broker/server/engine.h"

namespace weir::api {

/// What its owner's calls hold while they are under way, and whether there is nothing to call any more.
struct RunState {
    std::shared_mutex mutex;
    bool isStopped = false;
};

/// The contract over an engine of this process; part of EmbeddedBroker, which outlives it.
class EmbeddedOperations final : public Operations {
public:
    EmbeddedOperations(server::Engine& engine, RunState& state) : m_engine(engine), m_state(state) {}

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
    [[nodiscard]] server::Services& services() { return m_engine.services(); }
    ClusterResult<void> abortUnowned(const TransactionInfo& transaction);
    ClusterResult<void> abortCoordinated(const TransactionInfo& transaction);
    /// `work` while the broker runs; kStopped after.
    template <class Work>
    std::invoke_result_t<Work> running(Work work) {
        const std::shared_lock lock(m_state.mutex);
        if (m_state.isStopped) {
            return fail(stoppedError());
        }
        return work();
    }

    server::Engine& m_engine;
    RunState& m_state;
};

}  // namespace weir::api
