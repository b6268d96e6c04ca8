// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "broker/model/access.h"

/// Users, rules and quotas in words, the same in lists, forms and questions.
namespace weir::ui {

QString wordOf(LoginMechanism mechanism);
QString wordOf(AccessResource resource);
QString wordOf(AccessOperation operation);
/// "the topic orders", "topics that begin with stock.", "every topic", "the cluster".
QString whatOf(const AccessRule& rule);
/// "alice", "everybody".
QString whoOf(const AccessRule& rule);
/// "alice may read the topic orders, from anywhere."
QString sentenceOf(const AccessRule& rule);
/// Operations that make sense for a resource, the usual ones first.
std::vector<AccessOperation> operationsOf(AccessResource resource);

/// "user alice, any other client id".
QString whoOf(const QuotaTarget& target);
struct QuotaKey {
    const char* key;
    QString title;
    QString hint;
    bool isForIp;
};
std::vector<QuotaKey> quotaKeys();
/// "1.0 MB/s", "50 %".
QString limitOf(const char* key, double value);

}  // namespace weir::ui
