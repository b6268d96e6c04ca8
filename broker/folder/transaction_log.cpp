// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/folder/transaction_log.h"

#include <utility>

#include "broker/folder/log_bytes.h"

namespace weir::folder {

namespace {

TransactionState stateOf(std::int8_t status) {
    switch (status) {
        case 1:
            return TransactionState::kOngoing;
        case 2:
            return TransactionState::kPrepareCommit;
        // The last is an abort that fences its producer.
        case 3:
        case 7:
            return TransactionState::kPrepareAbort;
        case 4:
            return TransactionState::kCompleteCommit;
        case 5:
            return TransactionState::kCompleteAbort;
        case 6:
            return TransactionState::kDead;
        default:
            return TransactionState::kEmpty;
    }
}

}  // namespace

void TransactionLog::add(const RecordView& record) {
    if (!record.key) {
        return;
    }
    LogBytes name(*record.key);
    const auto keyVersion = name.number<std::int16_t>();
    TransactionInfo info;
    info.id = name.text();
    if (!name.ok() || keyVersion != 0) {
        return;
    }
    if (!record.value) {
        m_known.erase(info.id);
        return;
    }
    LogBytes in(*record.value);
    const auto version = in.number<std::int16_t>();
    in.setFlexible(version >= 1);
    info.producerId = ProducerId(in.number<std::int64_t>());
    info.epoch = ProducerEpoch(in.number<std::int16_t>());
    info.timeoutMs = in.number<std::int32_t>();
    info.state = stateOf(in.byte());
    // Flexible values are written since transactions of version 2 came.
    info.version = version >= 1 ? 2 : 1;
    for (std::size_t left = in.count(); left > 0 && in.ok(); --left) {
        const std::string topic = in.text();
        for (const std::int32_t partition : in.numbers()) {
            info.places.push_back({{topic, PartitionId(partition)}, kNoOffset, false});
        }
        in.skipTags();
    }
    info.updatedAt = Timestamp(in.number<std::int64_t>());
    info.startedAt = Timestamp(in.number<std::int64_t>());
    if (in.ok()) {
        m_known.insert_or_assign(info.id, std::move(info));
    }
}

std::vector<TransactionInfo> TransactionLog::transactions() const {
    std::vector<TransactionInfo> all;
    for (const auto& [id, info] : m_known) {
        all.push_back(info);
    }
    return all;
}

}  // namespace weir::folder
