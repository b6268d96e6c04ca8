// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/model/access.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

struct UserRow {
    UserInfo info;

    [[nodiscard]] const std::string& key() const { return info.name; }
    bool operator==(const UserRow&) const = default;
};
/// User, logins.
std::vector<KeyedColumn<UserRow>> userColumns();

struct RuleRow {
    AccessRule rule;

    [[nodiscard]] const AccessRule& key() const { return rule; }
    bool operator==(const RuleRow&) const = default;
};
/// Who, permission, operation, what, from.
std::vector<KeyedColumn<RuleRow>> ruleColumns();

struct QuotaRow {
    QuotaInfo info;

    [[nodiscard]] const QuotaTarget& key() const { return info.target; }
    bool operator==(const QuotaRow&) const = default;
};
/// For whom, then a column for each limit.
std::vector<KeyedColumn<QuotaRow>> quotaColumns();

}  // namespace weir::ui
