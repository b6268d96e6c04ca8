// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/access/access_models.h"

#include <QCoreApplication>

#include "ui/pages/access/access_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Access", text);
}

template <class Row>
KeyedColumn<Row> text(const QString& title, std::function<QString(const Row&)> value, bool mono = false) {
    return {title, [value = std::move(value), mono](const Row& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(value(row)) : role == kMonoRole ? QVariant(mono) : QVariant();
            }};
}

QString loginsOf(const UserRow& row) {
    QStringList words;
    for (const UserInfo::Login& login : row.info.logins) {
        words.append(tr("%1, %2 iterations").arg(wordOf(login.mechanism), formatCount(login.iterations)));
    }
    return words.join(QStringLiteral(" · "));
}

}  // namespace

std::vector<KeyedColumn<UserRow>> userColumns() {
    std::vector<KeyedColumn<UserRow>> columns;
    columns.push_back(text<UserRow>(
        tr("User"), [](const UserRow& row) { return QString::fromStdString(row.info.name); }, true));
    columns.push_back(text<UserRow>(tr("Logs in with"), loginsOf));
    return columns;
}

std::vector<KeyedColumn<RuleRow>> ruleColumns() {
    std::vector<KeyedColumn<RuleRow>> columns;
    columns.push_back(text<RuleRow>(
        tr("Who"), [](const RuleRow& row) { return whoOf(row.rule); }, true));
    columns.push_back({tr("May"), [](const RuleRow& row, int role) -> QVariant {
                           const bool allow = row.rule.permission == AccessPermission::kAllow;
                           return role == Qt::DisplayRole ? QVariant(allow ? tr("may") : tr("must not"))
                                  : role == kChipRole     ? QVariant(static_cast<int>(allow ? Tint::kOk : Tint::kBad))
                                                          : QVariant();
                       }});
    columns.push_back(text<RuleRow>(tr("Do"), [](const RuleRow& row) { return wordOf(row.rule.operation); }));
    columns.push_back(text<RuleRow>(tr("With"), [](const RuleRow& row) { return whatOf(row.rule); }));
    columns.push_back(text<RuleRow>(tr("From"), [](const RuleRow& row) {
        return row.rule.host == "*" ? tr("anywhere") : QString::fromStdString(row.rule.host);
    }));
    return columns;
}

std::vector<KeyedColumn<QuotaRow>> quotaColumns() {
    std::vector<KeyedColumn<QuotaRow>> columns;
    columns.push_back(text<QuotaRow>(tr("For"), [](const QuotaRow& row) { return whoOf(row.info.target); }));
    for (const QuotaKey& key : quotaKeys()) {
        columns.push_back({key.title,
                           [name = key.key](const QuotaRow& row, int role) -> QVariant {
                               const auto limit = row.info.limits.find(name);
                               const bool isSet = limit != row.info.limits.end();
                               switch (role) {
                                   case Qt::DisplayRole:
                                       return isSet ? limitOf(name, limit->second) : kNone;
                                   case kSortRole:
                                       return isSet ? limit->second : -1.0;
                                   case kTintRole:
                                       return isSet ? QVariant() : QVariant(static_cast<int>(Tint::kTextDisabled));
                                   default:
                                       return {};
                               }
                           },
                           key.hint, true});
    }
    return columns;
}

}  // namespace weir::ui
