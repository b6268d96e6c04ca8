// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/live_feed_bridge.h"
#include "app/bridge/workshop.h"
#include "ui/backend/operations.h"

namespace weir::app {

/// The cluster's operations as the window asks for them: each question goes to a worker, a change takes the snapshot
/// anew.
class OperationsBridge final : public ui::Operations {
public:
    OperationsBridge(Workshop& workshop, LiveFeedBridge& live) : m_workshop(workshop), m_live(live) {}

    void transactions(QObject* context, ui::Callback<std::vector<TransactionInfo>> done) override;
    void abortTransaction(const TransactionInfo& transaction, QObject* context, ui::Callback<void> done) override;
    void producers(const TopicPartition& partition, QObject* context,
                   ui::Callback<std::vector<ProducerInfo>> done) override;
    void compaction(const QString& topic, QObject* context, ui::Callback<std::vector<CompactionInfo>> done) override;
    void shareDeliveries(const QString& group, QObject* context,
                         ui::Callback<std::vector<ShareDelivery>> done) override;
    void streams(const QString& group, QObject* context, ui::Callback<StreamsInfo> done) override;
    void describeGroupConfig(const QString& group, QObject* context,
                             ui::Callback<std::vector<ConfigEntry>> done) override;
    void alterGroupConfig(const QString& group, const std::vector<ConfigChange>& changes, QObject* context,
                          ui::Callback<void> done) override;
    void users(QObject* context, ui::Callback<std::vector<UserInfo>> done) override;
    void putLogin(const NewLogin& login, QObject* context, ui::Callback<void> done) override;
    void removeLogin(const QString& user, LoginMechanism mechanism, QObject* context, ui::Callback<void> done) override;
    void accessRules(QObject* context, ui::Callback<AccessRules> done) override;
    void addRule(const AccessRule& rule, QObject* context, ui::Callback<void> done) override;
    void removeRule(const AccessRule& rule, QObject* context, ui::Callback<void> done) override;
    void quotas(QObject* context, ui::Callback<std::vector<QuotaInfo>> done) override;
    void setQuotas(const QuotaTarget& target, const std::map<std::string, std::optional<double>>& limits,
                   QObject* context, ui::Callback<void> done) override;
    void quorum(QObject* context, ui::Callback<QuorumInfo> done) override;
    void features(QObject* context, ui::Callback<FeaturesInfo> done) override;
    void logDirs(QObject* context, ui::Callback<std::vector<LogDir>> done) override;

private:
    /// `work` with the cluster's operations, or why there are none.
    template <class T>
    void ask(QObject* context, ui::Callback<T> done, std::function<ClusterResult<T>(api::Operations&)> work);
    void change(QObject* context, ui::Callback<void> done, std::function<ClusterResult<void>(api::Operations&)> work);

    Workshop& m_workshop;
    LiveFeedBridge& m_live;
};

}  // namespace weir::app
