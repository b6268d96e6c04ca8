// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_operations.h"

#include <QTimer>
#include <algorithm>

#include "tests/support/fake_backend.h"

namespace weir::ui::test {

template <class T>
void FakeOperations::give(QObject* context, Callback<T> done, std::type_identity_t<ClusterResult<T>> result) {
    if (const auto failure = m_asked.takeFailure()) {
        result = fail(*failure);
    }
    QTimer::singleShot(0, context, [done = std::move(done), result = std::move(result)] { done(result); });
}

void FakeOperations::change(const QString& what, QObject* context, Callback<void> done,
                            const std::function<void()>& apply) {
    m_asked.add(what);
    ClusterResult<void> result;
    if (const auto failure = m_asked.takeFailure()) {
        result = fail(*failure);
    } else {
        apply();
    }
    QTimer::singleShot(0, context, [done = std::move(done), result] { done(result); });
}

void FakeOperations::transactions(QObject* context, Callback<std::vector<TransactionInfo>> done) {
    give(context, std::move(done), transactionList);
}

void FakeOperations::abortTransaction(const TransactionInfo& transaction, QObject* context, Callback<void> done) {
    change(QStringLiteral("abort ") + QString::fromStdString(transaction.id), context, std::move(done), [&] {
        for (TransactionInfo& each : transactionList) {
            if (each.id == transaction.id) {
                each.state = TransactionState::kCompleteAbort;
                each.places.clear();
                each.startedAt = kNoTimestamp;
            }
        }
    });
}

void FakeOperations::producers(const TopicPartition&, QObject* context, Callback<std::vector<ProducerInfo>> done) {
    give(context, std::move(done), producerList);
}

void FakeOperations::compaction(const QString&, QObject* context, Callback<std::vector<CompactionInfo>> done) {
    give(context, std::move(done), compactionList);
}

void FakeOperations::shareDeliveries(const QString&, QObject* context, Callback<std::vector<ShareDelivery>> done) {
    give(context, std::move(done), deliveries);
}

void FakeOperations::streams(const QString&, QObject* context, Callback<StreamsInfo> done) {
    give(context, std::move(done), streamsInfo);
}

void FakeOperations::describeGroupConfig(const QString&, QObject* context, Callback<std::vector<ConfigEntry>> done) {
    give(context, std::move(done), groupConfigs);
}

void FakeOperations::alterGroupConfig(const QString& group, const std::vector<ConfigChange>& changes, QObject* context,
                                      Callback<void> done) {
    change(QStringLiteral("groupConfig ") + group, context, std::move(done), [&] {
        for (const ConfigChange& each : changes) {
            for (ConfigEntry& entry : groupConfigs) {
                if (entry.name == each.name) {
                    entry.value = each.value ? each.value : entry.defaultValue;
                    entry.source = each.value ? ConfigEntry::Source::kGroup : ConfigEntry::Source::kDefault;
                }
            }
        }
    });
}

void FakeOperations::users(QObject* context, Callback<std::vector<UserInfo>> done) {
    give(context, std::move(done), userList);
}

void FakeOperations::putLogin(const NewLogin& login, QObject* context, Callback<void> done) {
    change(QStringLiteral("putLogin %1 %2").arg(QString::fromStdString(login.user)).arg(login.password.size()), context,
           std::move(done), [&] {
               for (UserInfo& user : userList) {
                   if (user.name == login.user) {
                       user.logins = {{login.mechanism, login.iterations}};
                       return;
                   }
               }
               userList.push_back({login.user, {{login.mechanism, login.iterations}}});
           });
}

void FakeOperations::removeLogin(const QString& user, LoginMechanism mechanism, QObject* context, Callback<void> done) {
    change(QStringLiteral("removeLogin ") + user, context, std::move(done), [&] {
        for (UserInfo& each : userList) {
            if (each.name == user.toStdString()) {
                std::erase_if(each.logins, [mechanism](const auto& login) { return login.mechanism == mechanism; });
            }
        }
        std::erase_if(userList, [](const UserInfo& each) { return each.logins.empty(); });
    });
}

void FakeOperations::accessRules(QObject* context, Callback<AccessRules> done) {
    give(context, std::move(done), ruleList);
}

void FakeOperations::addRule(const AccessRule& rule, QObject* context, Callback<void> done) {
    change(QStringLiteral("addRule ") + QString::fromStdString(rule.principal), context, std::move(done),
           [&] { ruleList.rules.push_back(rule); });
}

void FakeOperations::removeRule(const AccessRule& rule, QObject* context, Callback<void> done) {
    change(QStringLiteral("removeRule ") + QString::fromStdString(rule.principal), context, std::move(done),
           [&] { std::erase(ruleList.rules, rule); });
}

void FakeOperations::quotas(QObject* context, Callback<std::vector<QuotaInfo>> done) {
    give(context, std::move(done), quotaList);
}

void FakeOperations::setQuotas(const QuotaTarget& target, const std::map<std::string, std::optional<double>>& limits,
                               QObject* context, Callback<void> done) {
    change(QStringLiteral("setQuotas %1").arg(limits.size()), context, std::move(done), [&] {
        auto known = std::find_if(quotaList.begin(), quotaList.end(),
                                  [&](const QuotaInfo& each) { return each.target == target; });
        if (known == quotaList.end()) {
            known = quotaList.insert(known, {target, {}});
        }
        for (const auto& [key, value] : limits) {
            if (value) {
                known->limits[key] = *value;
            } else {
                known->limits.erase(key);
            }
        }
        std::erase_if(quotaList, [](const QuotaInfo& each) { return each.limits.empty(); });
    });
}

void FakeOperations::quorum(QObject* context, Callback<QuorumInfo> done) {
    give(context, std::move(done), quorumInfo);
}

void FakeOperations::features(QObject* context, Callback<FeaturesInfo> done) {
    give(context, std::move(done), featuresInfo);
}

void FakeOperations::logDirs(QObject* context, Callback<std::vector<LogDir>> done) {
    give(context, std::move(done), logDirList);
}

}  // namespace weir::ui::test
