// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/transactions/transaction_words.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Transactions", text);
}

QVariant tinted(Tint tint) {
    return static_cast<int>(tint);
}

qint64 holdingOf(const TransactionInfo& info) {
    return std::count_if(info.places.begin(), info.places.end(), [](const auto& each) { return each.holdsReaders; });
}

KeyedColumn<TransactionRow> number(const QString& title, qint64 (*value)(const TransactionRow&),
                                   const QString& tooltip = {}) {
    return {title,
            [value](const TransactionRow& row, int role) -> QVariant {
                const qint64 count = value(row);
                return role == Qt::DisplayRole ? QVariant(count < 0 ? kNone : formatCount(count))
                       : role == kSortRole     ? QVariant(count)
                                               : QVariant();
            },
            tooltip, true};
}

QVariant idData(const TransactionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.info.id.empty() ? tr("(nobody's)") : QString::fromStdString(row.info.id);
        case kMonoRole:
            return !row.info.id.empty();
        case kTintRole:
            return row.info.id.empty() ? tinted(Tint::kTextSecondary) : QVariant();
        default:
            return {};
    }
}

QVariant stateData(const TransactionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return wordOf(row.info.state);
        case kChipRole:
            return tinted(tintOf(row.info.state));
        case Qt::ToolTipRole:
            return meaningOf(row.info.state);
        default:
            return {};
    }
}

QVariant ageData(const TransactionRow& row, int role) {
    const bool isLate = row.info.timeoutMs > 0 && row.ageMs > row.info.timeoutMs;
    switch (role) {
        case Qt::DisplayRole:
            return row.ageMs < 0 ? kNone : formatDuration(row.ageMs);
        case kSortRole:
            return row.ageMs;
        case Qt::ToolTipRole:
            return row.info.startedAt == kNoTimestamp ? QString() : formatAbsolute(row.info.startedAt);
        case kTintRole:
            return isLate ? tinted(Tint::kBadText) : row.ageMs < 0 ? tinted(Tint::kTextDisabled) : QVariant();
        default:
            return {};
    }
}

QVariant holdsData(const TransactionRow& row, int role) {
    const qint64 holding = holdingOf(row.info);
    switch (role) {
        case Qt::DisplayRole:
            return holding > 0 ? plural(holding, tr("partition"), tr("partitions")) : kNone;
        case kSortRole:
            return holding;
        case kTintRole:
            return tinted(holding > 0 ? Tint::kWarnText : Tint::kTextDisabled);
        default:
            return {};
    }
}

QVariant timeoutData(const TransactionRow& row, int role) {
    switch (role) {
        case Qt::DisplayRole:
            return row.info.timeoutMs > 0 ? formatDuration(row.info.timeoutMs) : kNone;
        case kSortRole:
            return row.info.timeoutMs;
        default:
            return {};
    }
}

}  // namespace

QString wordOf(TransactionState state) {
    switch (state) {
        case TransactionState::kEmpty:
            return tr("Idle");
        case TransactionState::kOngoing:
            return tr("Open");
        case TransactionState::kPrepareCommit:
            return tr("Committing");
        case TransactionState::kPrepareAbort:
            return tr("Aborting");
        case TransactionState::kCompleteCommit:
            return tr("Committed");
        case TransactionState::kCompleteAbort:
            return tr("Aborted");
        case TransactionState::kUnowned:
            return tr("Hanging");
        case TransactionState::kDead:
            break;
    }
    return tr("Dead");
}

QString meaningOf(TransactionState state) {
    switch (state) {
        case TransactionState::kEmpty:
            return tr("Its producer has begun no transaction yet.");
        case TransactionState::kOngoing:
            return tr(
                "Its producer writes. Readers of committed data stop at its first record in each partition until "
                "it commits or aborts; when its timeout is over, the broker aborts it.");
        case TransactionState::kPrepareCommit:
            return tr("The commit is decided and durable; its markers are being written.");
        case TransactionState::kPrepareAbort:
            return tr("The abort is decided and durable; its markers are being written.");
        case TransactionState::kCompleteCommit:
            return tr("Its last transaction was committed: everybody reads its records.");
        case TransactionState::kCompleteAbort:
            return tr("Its last transaction was aborted: readers of committed data skip its records.");
        case TransactionState::kUnowned:
            return tr(
                "A transaction is open in these partitions that no coordinator knows, so nobody will end it. "
                "Readers of committed data wait for ever unless it is aborted here.");
        case TransactionState::kDead:
            break;
    }
    return tr("The transactional id is being removed.");
}

Tint tintOf(TransactionState state) {
    switch (state) {
        case TransactionState::kOngoing:
            return Tint::kAccent;
        case TransactionState::kPrepareCommit:
        case TransactionState::kPrepareAbort:
            return Tint::kWarn;
        case TransactionState::kCompleteCommit:
            return Tint::kOk;
        case TransactionState::kUnowned:
            return Tint::kBad;
        default:
            return Tint::kTextSecondary;
    }
}

std::vector<KeyedColumn<TransactionRow>> transactionColumns() {
    std::vector<KeyedColumn<TransactionRow>> columns;
    columns.push_back({tr("Transactional id"), idData});
    columns.push_back({tr("State"), stateData});
    columns.push_back({tr("Age"), ageData, tr("Since it began"), true});
    columns.push_back(
        number(tr("Partitions"), [](const auto& row) { return static_cast<qint64>(row.info.places.size()); }));
    columns.push_back({tr("Holds readers"), holdsData, tr("Where readers of committed data wait because of it"), true});
    columns.push_back(number(tr("Producer id"), [](const auto& row) { return qint64{row.info.producerId.value}; }));
    columns.push_back(number(
        tr("Epoch"), [](const auto& row) { return qint64{row.info.epoch.value}; },
        tr("A newer incarnation of the producer has a higher one; older ones are fenced")));
    columns.push_back(number(
        tr("Groups"), [](const auto& row) { return static_cast<qint64>(row.info.groups.size()); },
        tr("Groups whose offsets are committed with it")));
    columns.push_back({tr("Timeout"), timeoutData, tr("After it the broker aborts the transaction"), true});
    return columns;
}

std::vector<KeyedColumn<PlaceRow>> placeColumns() {
    std::vector<KeyedColumn<PlaceRow>> columns;
    columns.push_back(
        {tr("Partition"), [](const PlaceRow& row, int role) -> QVariant {
             const TopicPartition& p = row.place.partition;
             return role == Qt::DisplayRole
                        ? QVariant(QStringLiteral("%1-%2").arg(QString::fromStdString(p.topic)).arg(p.partition.value))
                    : role == kMonoRole   ? QVariant(true)
                    : role == kSeriesRole ? QVariant(p.partition.value)
                                          : QVariant();
         }});
    columns.push_back({tr("First offset"),
                       [](const PlaceRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(formatCountOrNone(row.place.first.value))
                                  : role == kSortRole     ? QVariant::fromValue<qint64>(row.place.first.value)
                                                          : QVariant();
                       },
                       tr("Of its first record there"), true});
    columns.push_back({tr("Readers"), [](const PlaceRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(row.place.holdsReaders ? tr("wait here") : kNone)
                                  : role == kTintRole
                                      ? tinted(row.place.holdsReaders ? Tint::kWarnText : Tint::kTextDisabled)
                                      : QVariant();
                       }});
    return columns;
}

}  // namespace weir::ui
