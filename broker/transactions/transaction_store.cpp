// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/transactions/transaction_store.h"

#include <utility>

#include "broker/catalog/catalog.h"

namespace weir::transactions {

namespace {

catalog::TransactionRow toRow(const StoreChange& change) {
    const Transaction& from = change.transaction;
    return {.transactionalId = change.transactionalId,
            .producerId = from.producerId,
            .previousProducerId = from.previousProducerId,
            .nextProducerId = from.nextProducerId,
            .epoch = from.epoch,
            .lastEpoch = from.lastEpoch,
            .timeoutMs = from.timeoutMs,
            .state = std::string(stateName(from.state)),
            .version = static_cast<std::int32_t>(from.version),
            .startedAt = from.startedAt,
            .updatedAt = from.updatedAt,
            .partitions = {from.partitions.begin(), from.partitions.end()},
            .groups = {from.groups.begin(), from.groups.end()}};
}

Transaction fromRow(const catalog::TransactionRow& row, TxnState state) {
    return {.producerId = row.producerId,
            .previousProducerId = row.previousProducerId,
            .nextProducerId = row.nextProducerId,
            .epoch = row.epoch,
            .lastEpoch = row.lastEpoch,
            .timeoutMs = row.timeoutMs,
            .state = state,
            .version = row.version == 2 ? TxnVersion::kSecond : TxnVersion::kFirst,
            .startedAt = row.startedAt,
            .updatedAt = row.updatedAt,
            .partitions = {row.partitions.begin(), row.partitions.end()},
            .groups = {row.groups.begin(), row.groups.end()}};
}

}  // namespace

Result<std::vector<StoredTransaction>, Error<StoreErrc>> CatalogTransactionStore::load() {
    auto rows = m_catalog.storedTransactions();
    if (!rows) {
        return fail(StoreErrc::kFailed, rows.error().message);
    }
    std::vector<StoredTransaction> loaded;
    for (const catalog::TransactionRow& row : *rows) {
        const auto state = stateNamed(row.state);
        if (!state) {
            return fail(StoreErrc::kFailed, "transactional id " + row.transactionalId + " has the state " + row.state);
        }
        loaded.push_back({row.transactionalId, fromRow(row, *state)});
    }
    return loaded;
}

void CatalogTransactionStore::write(StoreChange change, std::function<void(bool)> done) {
    catalog::TransactionChange row;
    row.remove = change.remove;
    row.forgetsTouched = change.forgetsTouched;
    row.row = toRow(change);
    m_catalog.writeTransaction(
        std::move(row), [done = std::move(done)](const catalog::CatalogResult<void>& result) { done(result.ok()); });
}

}  // namespace weir::transactions
