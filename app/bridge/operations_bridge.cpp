// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/operations_bridge.h"

#include <utility>

namespace weir::app {

template <class T>
void OperationsBridge::ask(QObject* context, ui::Callback<T> done,
                           std::function<ClusterResult<T>(api::Operations&)> work) {
    m_workshop.ask<T>(context, std::move(done), [workshop = &m_workshop, work = std::move(work)]() -> ClusterResult<T> {
        const auto operations = workshop->cluster().operations();
        if (!operations) {
            return fail(ClusterError(operations.error()));
        }
        return work(**operations);
    });
}

void OperationsBridge::change(QObject* context, ui::Callback<void> done,
                              std::function<ClusterResult<void>(api::Operations&)> work) {
    ask<void>(
        context,
        [live = QPointer<LiveFeedBridge>(&m_live), done = std::move(done)](ClusterResult<void> result) {
            if (live) {
                live->refresh();
            }
            done(std::move(result));
        },
        std::move(work));
}

void OperationsBridge::transactions(QObject* context, ui::Callback<std::vector<TransactionInfo>> done) {
    ask<std::vector<TransactionInfo>>(context, std::move(done), [](api::Operations& to) { return to.transactions(); });
}

void OperationsBridge::abortTransaction(const TransactionInfo& transaction, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [transaction](api::Operations& to) { return to.abortTransaction(transaction); });
}

void OperationsBridge::producers(const TopicPartition& partition, QObject* context,
                                 ui::Callback<std::vector<ProducerInfo>> done) {
    ask<std::vector<ProducerInfo>>(context, std::move(done),
                                   [partition](api::Operations& to) { return to.producers(partition); });
}

void OperationsBridge::compaction(const QString& topic, QObject* context,
                                  ui::Callback<std::vector<CompactionInfo>> done) {
    ask<std::vector<CompactionInfo>>(context, std::move(done),
                                     [name = toStd(topic)](api::Operations& to) { return to.compaction(name); });
}

void OperationsBridge::shareDeliveries(const QString& group, QObject* context,
                                       ui::Callback<std::vector<ShareDelivery>> done) {
    ask<std::vector<ShareDelivery>>(context, std::move(done),
                                    [id = toStd(group)](api::Operations& to) { return to.shareDeliveries(id); });
}

void OperationsBridge::streams(const QString& group, QObject* context, ui::Callback<StreamsInfo> done) {
    ask<StreamsInfo>(context, std::move(done), [id = toStd(group)](api::Operations& to) { return to.streams(id); });
}

void OperationsBridge::describeGroupConfig(const QString& group, QObject* context,
                                           ui::Callback<std::vector<ConfigEntry>> done) {
    ask<std::vector<ConfigEntry>>(context, std::move(done),
                                  [id = toStd(group)](api::Operations& to) { return to.describeGroupConfig(id); });
}

void OperationsBridge::alterGroupConfig(const QString& group, const std::vector<ConfigChange>& changes,
                                        QObject* context, ui::Callback<void> done) {
    change(context, std::move(done),
           [id = toStd(group), changes](api::Operations& to) { return to.alterGroupConfig(id, changes, false); });
}

void OperationsBridge::users(QObject* context, ui::Callback<std::vector<UserInfo>> done) {
    ask<std::vector<UserInfo>>(context, std::move(done), [](api::Operations& to) { return to.users(); });
}

void OperationsBridge::putLogin(const NewLogin& login, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [login](api::Operations& to) { return to.putLogin(login); });
}

void OperationsBridge::removeLogin(const QString& user, LoginMechanism mechanism, QObject* context,
                                   ui::Callback<void> done) {
    change(context, std::move(done),
           [name = toStd(user), mechanism](api::Operations& to) { return to.removeLogin(name, mechanism); });
}

void OperationsBridge::accessRules(QObject* context, ui::Callback<AccessRules> done) {
    ask<AccessRules>(context, std::move(done), [](api::Operations& to) { return to.accessRules(); });
}

void OperationsBridge::addRule(const AccessRule& rule, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [rule](api::Operations& to) { return to.addRule(rule); });
}

void OperationsBridge::removeRule(const AccessRule& rule, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [rule](api::Operations& to) { return to.removeRule(rule); });
}

void OperationsBridge::quotas(QObject* context, ui::Callback<std::vector<QuotaInfo>> done) {
    ask<std::vector<QuotaInfo>>(context, std::move(done), [](api::Operations& to) { return to.quotas(); });
}

void OperationsBridge::setQuotas(const QuotaTarget& target, const std::map<std::string, std::optional<double>>& limits,
                                 QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [target, limits](api::Operations& to) { return to.setQuotas(target, limits); });
}

void OperationsBridge::quorum(QObject* context, ui::Callback<QuorumInfo> done) {
    ask<QuorumInfo>(context, std::move(done), [](api::Operations& to) { return to.quorum(); });
}

void OperationsBridge::features(QObject* context, ui::Callback<FeaturesInfo> done) {
    ask<FeaturesInfo>(context, std::move(done), [](api::Operations& to) { return to.features(); });
}

void OperationsBridge::logDirs(QObject* context, ui::Callback<std::vector<LogDir>> done) {
    ask<std::vector<LogDir>>(context, std::move(done), [](api::Operations& to) { return to.logDirs(); });
}

}  // namespace weir::app
