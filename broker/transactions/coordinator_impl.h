// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "broker/transactions/coordinator.h"

namespace weir::transactions {

/// What stands behind the Coordinator: the ids, and the way of one change through store, partitions and groups.
class Coordinator::Impl final : public std::enable_shared_from_this<Impl> {
public:
    Impl(CoordinatorOptions options, Environment environment);

    Result<void, Error<StoreErrc>> start();
    void stop();

    void initProducerId(InitProducerId request, std::function<void(InitAnswer)> done, std::optional<ProducerId> fresh);
    void add(AddToTransaction request, std::function<void(TxnErrc)> done);
    void end(EndTransaction request, std::function<void(EndAnswer)> done, std::optional<ProducerId> fresh);

    /// A copy of what is known of the id; nothing where there is none.
    [[nodiscard]] std::optional<Transaction> look(const std::string& transactionalId) const;
    /// Asks `question` of the values without copying them.
    template <class Question>
    [[nodiscard]] TxnErrc ask(const std::string& transactionalId, Question question) const {
        const SlotPtr slot = find(transactionalId);
        if (!slot) {
            return TxnErrc::kInvalidProducerIdMapping;
        }
        const std::lock_guard lock(slot->mutex);
        return question(slot->values);
    }
    [[nodiscard]] std::vector<StoredTransaction> list() const;
    void housekeep();

private:
    using Lock = std::unique_lock<std::mutex>;
    struct Slot;
    using SlotPtr = std::shared_ptr<Slot>;
    using Task = std::function<void(const SlotPtr&, Lock&)>;

    /// One transactional id.
    struct Slot {
        explicit Slot(std::string name) : id(std::move(name)) {}

        const std::string id;
        mutable std::mutex mutex;
        Transaction values;
        /// A change is on its way to the store or to the markers; others wait.
        bool isBusy = false;
        bool isForgotten = false;
        std::deque<Task> waiting;
        /// Of a prepared transaction: what has not got its marker, or its offsets settled, yet.
        std::set<TopicPartition> unmarked;
        std::set<std::string> unsettled;
        topics::TransactionMarker::Write write = topics::TransactionMarker::Write::kAlways;
    };

    [[nodiscard]] SlotPtr find(const std::string& transactionalId) const;
    [[nodiscard]] SlotPtr findOrCreate(const std::string& transactionalId);
    [[nodiscard]] std::vector<SlotPtr> all() const;
    [[nodiscard]] Timestamp now() const { return Timestamp(m_environment.clock.wallNowMs()); }

    /// Runs `task` with the id's lock when it is its turn. The task lets go of the lock before it completes anything.
    void enter(const SlotPtr& slot, Task task);
    /// From here until `release` the id is this thread's or its continuation's.
    void occupy(Slot& slot);
    void release(const SlotPtr& slot);

    /// Writes `next` and puts it in the place of the values if that worked; `then` runs on the executor, with the id
    /// still occupied, and sees to its release.
    void transit(const SlotPtr& slot, Lock& lock, Transaction next, std::function<void(bool)> then);
    /// As above with a prepared transaction, and then ends it everywhere; `then` runs before the release.
    void prepare(const SlotPtr& slot, Lock& lock, Transaction next, std::function<void(bool)> then);
    /// Writes what is missing of markers and offsets; the id is occupied.
    void deliver(const SlotPtr& slot, std::function<void()> then);
    void finish(const SlotPtr& slot, const std::function<void()>& then);
    void forget(const SlotPtr& slot, Lock& lock);
    void look(const SlotPtr& slot, bool sweepsTimeouts, bool sweepsIds);

    const CoordinatorOptions m_options;
    const Environment m_environment;

    mutable std::mutex m_mutex;
    std::map<std::string, SlotPtr> m_slots;

    std::mutex m_openMutex;
    std::condition_variable m_openChanged;
    std::size_t m_open = 0;

    std::mutex m_sweepMutex;
    Clock::Steady m_timeoutsSwept{};
    Clock::Steady m_idsSwept{};
};

}  // namespace weir::transactions
