// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <type_traits>
#include <vector>

#include "ui/backend/operations.h"

namespace weir::ui::test {

class Asked;

/// What a test puts in comes out; changes are kept in the vectors, so that a page sees what it did.
class FakeOperations : public Operations {
public:
    explicit FakeOperations(Asked& asked) : m_asked(asked) {}

    void transactions(QObject* context, Callback<std::vector<TransactionInfo>> done) override;
    void abortTransaction(const TransactionInfo& transaction, QObject* context, Callback<void> done) override;
    void producers(const TopicPartition& partition, QObject* context,
                   Callback<std::vector<ProducerInfo>> done) override;
    void compaction(const QString& topic, QObject* context, Callback<std::vector<CompactionInfo>> done) override;
    void shareDeliveries(const QString& group, QObject* context, Callback<std::vector<ShareDelivery>> done) override;
    void streams(const QString& group, QObject* context, Callback<StreamsInfo> done) override;
    void describeGroupConfig(const QString& group, QObject* context, Callback<std::vector<ConfigEntry>> done) override;
    void alterGroupConfig(const QString& group, const std::vector<ConfigChange>& changes, QObject* context,
                          Callback<void> done) override;
    void users(QObject* context, Callback<std::vector<UserInfo>> done) override;
    void putLogin(const NewLogin& login, QObject* context, Callback<void> done) override;
    void removeLogin(const QString& user, LoginMechanism mechanism, QObject* context, Callback<void> done) override;
    void accessRules(QObject* context, Callback<AccessRules> done) override;
    void addRule(const AccessRule& rule, QObject* context, Callback<void> done) override;
    void removeRule(const AccessRule& rule, QObject* context, Callback<void> done) override;
    void quotas(QObject* context, Callback<std::vector<QuotaInfo>> done) override;
    void setQuotas(const QuotaTarget& target, const std::map<std::string, std::optional<double>>& limits,
                   QObject* context, Callback<void> done) override;
    void quorum(QObject* context, Callback<QuorumInfo> done) override;
    void features(QObject* context, Callback<FeaturesInfo> done) override;
    void logDirs(QObject* context, Callback<std::vector<LogDir>> done) override;

    /// What the sample cluster has.
    void fill();

    std::vector<TransactionInfo> transactionList;
    std::vector<ProducerInfo> producerList;
    std::vector<CompactionInfo> compactionList;
    std::vector<ShareDelivery> deliveries;
    StreamsInfo streamsInfo;
    std::vector<ConfigEntry> groupConfigs;
    std::vector<UserInfo> userList;
    AccessRules ruleList;
    std::vector<QuotaInfo> quotaList;
    ClusterResult<QuorumInfo> quorumInfo = QuorumInfo();
    ClusterResult<FeaturesInfo> featuresInfo = FeaturesInfo();
    ClusterResult<std::vector<LogDir>> logDirList = std::vector<LogDir>();

private:
    template <class T>
    void give(QObject* context, Callback<T> done, std::type_identity_t<ClusterResult<T>> result);
    void change(const QString& what, QObject* context, Callback<void> done, const std::function<void()>& apply);

    Asked& m_asked;
};

}  // namespace weir::ui::test
