// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "broker/model/operations.h"
#include "ui/theme/theme.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

QString wordOf(TransactionState state);
/// What it means for who reads and who writes, in a sentence or two.
QString meaningOf(TransactionState state);
Tint tintOf(TransactionState state);

struct TransactionRow {
    TransactionInfo info;
    /// Milliseconds since it began; -1 outside of a transaction.
    qint64 ageMs = -1;

    [[nodiscard]] std::pair<std::string, std::int64_t> key() const { return {info.id, info.producerId.value}; }
    bool operator==(const TransactionRow&) const = default;
};
/// Id, state, age, partitions, holds readers, producer id, epoch, groups, timeout.
std::vector<KeyedColumn<TransactionRow>> transactionColumns();

struct PlaceRow {
    TransactionPlace place;

    [[nodiscard]] const TopicPartition& key() const { return place.partition; }
    bool operator==(const PlaceRow&) const = default;
};
/// Partition, first offset, what it does to readers.
std::vector<KeyedColumn<PlaceRow>> placeColumns();

}  // namespace weir::ui
