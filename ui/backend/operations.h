// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <map>
#include <vector>

#include "broker/model/access.h"
#include "broker/model/cluster_state.h"
#include "broker/model/operations.h"
#include "ui/backend/answer.h"

namespace weir::ui {

/// Transactions, deliveries, tasks, compaction, settings of groups, users, access rules, quotas, and how the cluster
/// itself stands. A cluster that cannot be asked answers kUnsupported with a sentence for the page.
class Operations {
public:
    virtual ~Operations() = default;

    virtual void transactions(QObject* context, Callback<std::vector<TransactionInfo>> done) = 0;
    /// Ends it as aborted and fences its producer; answers once that is decided.
    virtual void abortTransaction(const TransactionInfo& transaction, QObject* context, Callback<void> done) = 0;
    virtual void producers(const TopicPartition& partition, QObject* context,
                           Callback<std::vector<ProducerInfo>> done) = 0;
    virtual void compaction(const QString& topic, QObject* context, Callback<std::vector<CompactionInfo>> done) = 0;

    virtual void shareDeliveries(const QString& group, QObject* context, Callback<std::vector<ShareDelivery>> done) = 0;
    virtual void streams(const QString& group, QObject* context, Callback<StreamsInfo> done) = 0;
    virtual void describeGroupConfig(const QString& group, QObject* context,
                                     Callback<std::vector<ConfigEntry>> done) = 0;
    virtual void alterGroupConfig(const QString& group, const std::vector<ConfigChange>& changes, QObject* context,
                                  Callback<void> done) = 0;

    virtual void users(QObject* context, Callback<std::vector<UserInfo>> done) = 0;
    virtual void putLogin(const NewLogin& login, QObject* context, Callback<void> done) = 0;
    virtual void removeLogin(const QString& user, LoginMechanism mechanism, QObject* context, Callback<void> done) = 0;
    virtual void accessRules(QObject* context, Callback<AccessRules> done) = 0;
    virtual void addRule(const AccessRule& rule, QObject* context, Callback<void> done) = 0;
    virtual void removeRule(const AccessRule& rule, QObject* context, Callback<void> done) = 0;
    virtual void quotas(QObject* context, Callback<std::vector<QuotaInfo>> done) = 0;
    /// A limit that is absent goes.
    virtual void setQuotas(const QuotaTarget& target, const std::map<std::string, std::optional<double>>& limits,
                           QObject* context, Callback<void> done) = 0;

    virtual void quorum(QObject* context, Callback<QuorumInfo> done) = 0;
    virtual void features(QObject* context, Callback<FeaturesInfo> done) = 0;
    virtual void logDirs(QObject* context, Callback<std::vector<LogDir>> done) = 0;
};

}  // namespace weir::ui
