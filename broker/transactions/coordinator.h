// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/result.h"
#include "broker/transactions/ending.h"
#include "broker/transactions/rules.h"
#include "broker/transactions/transaction_store.h"

namespace weir::transactions {

struct CoordinatorOptions {
    std::int32_t maxTimeoutMs = 900'000;                  ///< transaction.max.timeout.ms
    std::int64_t idExpiryMs = 7LL * 24 * 60 * 60 * 1000;  ///< transactional.id.expiration.ms
    std::int64_t abortIntervalMs = 10'000;      ///< transaction.abort.timed.out.transaction.cleanup.interval.ms
    std::int64_t expiryIntervalMs = 3'600'000;  ///< transaction.remove.expired.transaction.cleanup.interval.ms
};

struct InitProducerId {
    std::string transactionalId;
    std::int32_t timeoutMs = 0;
    std::optional<ProducerIdAndEpoch> expected;
};
struct InitAnswer {
    TxnErrc error = TxnErrc::kNone;
    ProducerIdAndEpoch producer;
};

struct AddToTransaction {
    std::string transactionalId;
    ProducerIdAndEpoch producer;
    std::set<TopicPartition> partitions;
    std::set<std::string> groups;
    TxnVersion version = TxnVersion::kFirst;
};

struct EndTransaction {
    std::string transactionalId;
    ProducerIdAndEpoch producer;
    Outcome outcome = Outcome::kAbort;
    TxnVersion version = TxnVersion::kFirst;
};
struct EndAnswer {
    TxnErrc error = TxnErrc::kNone;
    /// What the producer goes on with (EndTxn 5); none with an error.
    ProducerIdAndEpoch producer;
};

/// The transaction coordinator: every transactional id of this broker.
///
/// Durability: each change of an id is one write to the store, and an answer follows its write. The outcome of a
/// transaction is decided by one write (kPrepareCommit or kPrepareAbort) before any marker; then the markers are
/// written and the staged offsets settled, and only then the client is answered, so that who has committed can read.
/// What cannot be written is tried again by `housekeep`; the client is answered nevertheless, as Kafka does. `start`
/// finishes what a crash has left prepared, without giving a partition a second marker.
///
/// Threads: everything may be called from any thread. An id has one lock, held for looking and deciding only: never
/// while the store, a partition, a group or a completion is called. Requests to an id whose change is being written
/// wait in a queue and find its result. Completions are called exactly once, inside the call or on the executor that
/// was passed in, with no lock held. A partition asks `verify` inside its critical section and a group under its lock:
/// partition or group first, id second, never the other way round.
class Coordinator {
public:
    /// All of it outlives the coordinator.
    struct Environment {
        const Clock& clock;
        TransactionStore& store;
        EndingPlaces& places;
        /// Never the same twice; may block, called on requests' threads and on the executor only. Nothing: not now.
        std::function<std::optional<ProducerId>()> freshProducerId;
        /// The executor: runs the task soon, not inside the call.
        std::function<void(std::function<void()>)> post;
        /// The generation in which the coordinator itself ends transactions (transaction.version); may change at any
        /// time, clients say with every request which they use. Not set: that of the transaction.
        std::function<TxnVersion()> ownVersion{};
        Logger logger;
    };

    Coordinator(CoordinatorOptions options, Environment environment);
    ~Coordinator();
    Coordinator(const Coordinator&) = delete;
    Coordinator& operator=(const Coordinator&) = delete;

    /// Loads the ids and goes on with what was prepared. Before any request.
    [[nodiscard]] Result<void, Error<StoreErrc>> start();
    /// Waits until nothing is under way any more: after the last request, while store and executor still run.
    void stop();

    void initProducerId(InitProducerId request, std::function<void(InitAnswer)> done);
    /// Answered inside the call where there is nothing to add.
    void add(AddToTransaction request, std::function<void(TxnErrc)> done);
    void end(EndTransaction request, std::function<void(EndAnswer)> done);
    [[nodiscard]] TxnErrc verify(const std::string& transactionalId, const ProducerIdAndEpoch& producer,
                                 const TopicPartition& partition) const;
    [[nodiscard]] TxnErrc verify(const std::string& transactionalId, const ProducerIdAndEpoch& producer,
                                 const std::string& group) const;

    /// By id; nothing where there is none.
    [[nodiscard]] std::optional<Transaction> describe(const std::string& transactionalId) const;
    [[nodiscard]] std::vector<StoredTransaction> list() const;

    /// Aborts what has run out of time, forgets idle ids, tries failed markers again. About once a second.
    void housekeep();

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

}  // namespace weir::transactions
