// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/access/access_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <string_view>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Access", text);
}

QString pluralOf(AccessResource resource) {
    switch (resource) {
        case AccessResource::kTopic:
            return tr("topics");
        case AccessResource::kGroup:
            return tr("groups");
        case AccessResource::kTransactionalId:
            return tr("transactional ids");
        case AccessResource::kDelegationToken:
            return tr("delegation tokens");
        case AccessResource::kUser:
            return tr("users");
        case AccessResource::kCluster:
            break;
    }
    return tr("clusters");
}

}  // namespace

QString wordOf(LoginMechanism mechanism) {
    return mechanism == LoginMechanism::kScramSha256 ? QStringLiteral("SCRAM-SHA-256")
                                                     : QStringLiteral("SCRAM-SHA-512");
}

QString wordOf(AccessResource resource) {
    switch (resource) {
        case AccessResource::kTopic:
            return tr("Topic");
        case AccessResource::kGroup:
            return tr("Group");
        case AccessResource::kCluster:
            return tr("Cluster");
        case AccessResource::kTransactionalId:
            return tr("Transactional id");
        case AccessResource::kDelegationToken:
            return tr("Delegation token");
        case AccessResource::kUser:
            break;
    }
    return tr("User");
}

QString wordOf(AccessOperation operation) {
    switch (operation) {
        case AccessOperation::kAll:
            return tr("do everything with");
        case AccessOperation::kRead:
            return tr("read");
        case AccessOperation::kWrite:
            return tr("write");
        case AccessOperation::kCreate:
            return tr("create");
        case AccessOperation::kDelete:
            return tr("delete");
        case AccessOperation::kAlter:
            return tr("alter");
        case AccessOperation::kDescribe:
            return tr("describe");
        case AccessOperation::kClusterAction:
            return tr("act as a broker in");
        case AccessOperation::kDescribeConfigs:
            return tr("see the settings of");
        case AccessOperation::kAlterConfigs:
            return tr("change the settings of");
        case AccessOperation::kIdempotentWrite:
            return tr("write idempotently to");
        case AccessOperation::kCreateTokens:
            return tr("create tokens for");
        case AccessOperation::kDescribeTokens:
            return tr("see the tokens of");
        case AccessOperation::kTwoPhaseCommit:
            break;
    }
    return tr("commit in two phases with");
}

QString whatOf(const AccessRule& rule) {
    const QString name = QString::fromStdString(rule.name);
    if (rule.resource == AccessResource::kCluster) {
        return tr("the cluster");
    }
    if (rule.pattern == AccessPattern::kPrefixed) {
        return tr("%1 that begin with %2").arg(pluralOf(rule.resource), name);
    }
    return rule.name == "*" ? tr("all %1").arg(pluralOf(rule.resource))
                            : tr("the %1 %2").arg(wordOf(rule.resource).toLower(), name);
}

QString whoOf(const AccessRule& rule) {
    constexpr std::string_view kUser = "User:";
    if (rule.principal == "User:*") {
        return tr("everybody");
    }
    return QString::fromStdString(rule.principal.starts_with(kUser) ? rule.principal.substr(kUser.size())
                                                                    : rule.principal);
}

QString sentenceOf(const AccessRule& rule) {
    const QString from = rule.host == "*" ? tr("from anywhere") : tr("from %1").arg(QString::fromStdString(rule.host));
    return (rule.permission == AccessPermission::kAllow ? tr("%1 may %2 %3, %4.") : tr("%1 must not %2 %3, %4."))
        .arg(whoOf(rule), wordOf(rule.operation), whatOf(rule), from);
}

std::vector<AccessOperation> operationsOf(AccessResource resource) {
    using Op = AccessOperation;
    switch (resource) {
        case AccessResource::kTopic:
            return {Op::kRead,  Op::kWrite,           Op::kDescribe,     Op::kCreate, Op::kDelete,
                    Op::kAlter, Op::kDescribeConfigs, Op::kAlterConfigs, Op::kAll};
        case AccessResource::kGroup:
            return {Op::kRead, Op::kDescribe, Op::kDelete, Op::kDescribeConfigs, Op::kAlterConfigs, Op::kAll};
        case AccessResource::kCluster:
            return {Op::kDescribe,     Op::kCreate,        Op::kAlter,           Op::kDescribeConfigs,
                    Op::kAlterConfigs, Op::kClusterAction, Op::kIdempotentWrite, Op::kAll};
        case AccessResource::kTransactionalId:
            return {Op::kWrite, Op::kDescribe, Op::kTwoPhaseCommit, Op::kAll};
        case AccessResource::kDelegationToken:
            return {Op::kDescribe, Op::kAll};
        case AccessResource::kUser:
            break;
    }
    return {Op::kCreateTokens, Op::kDescribeTokens, Op::kAll};
}

QString whoOf(const QuotaTarget& target) {
    QStringList parts;
    const auto add = [&parts](const std::optional<std::string>& name, const QString& one, const QString& others) {
        if (name) {
            parts.append(name->empty() ? others : one.arg(QString::fromStdString(*name)));
        }
    };
    add(target.user, tr("user %1"), tr("each other user"));
    add(target.clientId, tr("client id %1"), tr("each other client id"));
    add(target.ip, tr("address %1"), tr("each other address"));
    return parts.join(QStringLiteral(", "));
}

std::vector<QuotaKey> quotaKeys() {
    return {{"producer_byte_rate", tr("Write at most"), tr("Bytes a second"), false},
            {"consumer_byte_rate", tr("Read at most"), tr("Bytes a second"), false},
            {"request_percentage", tr("Broker time at most"), tr("Percent of one thread"), false},
            {"controller_mutation_rate", tr("Create and delete at most"), tr("Partitions a second"), false},
            {"connection_creation_rate", tr("Connect at most"), tr("New connections a second"), true}};
}

QString limitOf(const char* key, double value) {
    const std::string_view name(key);
    if (name.ends_with("byte_rate")) {
        return formatByteRate(value);
    }
    const QString number = QLocale(QLocale::English).toString(value, 'g', 6);
    return name == "request_percentage" ? tr("%1 %").arg(number) : tr("%1/s").arg(number);
}

}  // namespace weir::ui
