// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "broker/transactions/transaction.h"

namespace weir::catalog {
class Catalog;
}

namespace weir::transactions {

struct StoredTransaction {
    std::string transactionalId;
    Transaction transaction;
};

/// One atomic change of one transactional id.
struct StoreChange {
    std::string transactionalId;
    /// The id is forgotten; nothing else of the change counts.
    bool remove = false;
    /// Replaces what is stored, but for partitions and groups: those it has are added to what is stored.
    Transaction transaction;
    /// What was stored of partitions and groups goes first.
    bool forgetsTouched = false;
};

enum class StoreErrc { kFailed };

/// The coordinator's disk. Owned by the caller, outlives the coordinator. Thread safe. Changes become durable in the
/// order of `write`, and are answered exactly once, from any thread.
class TransactionStore {
public:
    virtual ~TransactionStore() = default;
    [[nodiscard]] virtual Result<std::vector<StoredTransaction>, Error<StoreErrc>> load() = 0;
    virtual void write(StoreChange change, std::function<void(bool stored)> done) = 0;
};

/// The catalog as that disk. The catalog outlives this object.
class CatalogTransactionStore final : public TransactionStore {
public:
    explicit CatalogTransactionStore(catalog::Catalog& catalog) : m_catalog(catalog) {}

    [[nodiscard]] Result<std::vector<StoredTransaction>, Error<StoreErrc>> load() override;
    void write(StoreChange change, std::function<void(bool stored)> done) override;

private:
    catalog::Catalog& m_catalog;
};

}  // namespace weir::transactions
