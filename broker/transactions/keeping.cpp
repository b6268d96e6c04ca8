// SPDX-License-Identifier: GPL-3.0-or-later
// What happens by itself: the start, timeouts, expiry, second attempts, the stop.
#include <chrono>
#include <utility>

#include "broker/transactions/coordinator_impl.h"

namespace weir::transactions {

Result<void, Error<StoreErrc>> Coordinator::Impl::start() {
    auto loaded = m_environment.store.load();
    if (!loaded) {
        return fail(loaded.error());
    }
    std::vector<SlotPtr> interrupted;
    for (StoredTransaction& stored : *loaded) {
        const SlotPtr slot = findOrCreate(stored.transactionalId);
        slot->values = std::move(stored.transaction);
        if (slot->values.isPrepared()) {
            slot->unmarked = slot->values.partitions;
            slot->unsettled = slot->values.groups;
            slot->write = topics::TransactionMarker::Write::kOnlyIfOpen;
            occupy(*slot);
            interrupted.push_back(slot);
        }
    }
    for (const SlotPtr& slot : interrupted) {
        m_environment.logger.info("transactional id {}: its transaction is ended after a restart", slot->id);
        deliver(slot, [] {});
    }
    return {};
}

void Coordinator::Impl::stop() {
    Lock lock(m_openMutex);
    m_openChanged.wait(lock, [this] { return m_open == 0; });
}

void Coordinator::Impl::housekeep() {
    bool sweepsTimeouts = false;
    bool sweepsIds = false;
    {
        const std::lock_guard lock(m_sweepMutex);
        const auto at = m_environment.clock.steadyNow();
        sweepsTimeouts = at - m_timeoutsSwept >= std::chrono::milliseconds(m_options.abortIntervalMs);
        sweepsIds = at - m_idsSwept >= std::chrono::milliseconds(m_options.expiryIntervalMs);
        m_timeoutsSwept = sweepsTimeouts ? at : m_timeoutsSwept;
        m_idsSwept = sweepsIds ? at : m_idsSwept;
    }
    for (const SlotPtr& slot : all()) {
        look(slot, sweepsTimeouts, sweepsIds);
    }
}

void Coordinator::Impl::look(const SlotPtr& slot, bool sweepsTimeouts, bool sweepsIds) {
    Lock lock(slot->mutex);
    if (slot->isBusy || !slot->waiting.empty()) {
        return;
    }
    const Transaction& values = slot->values;
    if (values.isPrepared()) {
        occupy(*slot);
        lock.unlock();
        deliver(slot, [] {});
        return;
    }
    if (values.state == TxnState::kOngoing) {
        if (sweepsTimeouts && now() - values.startedAt >= values.timeoutMs) {
            m_environment.logger.info("transactional id {}: aborted after {} ms", slot->id, values.timeoutMs);
            const TxnVersion own = m_environment.ownVersion ? m_environment.ownVersion() : values.version;
            prepare(slot, lock, fenced(values, own, now()), [](bool) {});
        }
        return;
    }
    if (sweepsIds && now() - values.updatedAt >= m_options.idExpiryMs) {
        forget(slot, lock);
    }
}

void Coordinator::Impl::forget(const SlotPtr& slot, Lock& lock) {
    occupy(*slot);
    const bool isStored = slot->values.producerId != kNoProducerId;
    lock.unlock();
    const auto drop = [self = shared_from_this(), slot](bool stored) {
        if (stored) {
            const std::lock_guard registry(self->m_mutex);
            const std::lock_guard again(slot->mutex);
            if (slot->waiting.empty()) {
                self->m_slots.erase(slot->id);
                slot->isForgotten = true;
            }
            slot->values = Transaction{};
        }
        self->release(slot);
    };
    if (!isStored) {
        return drop(true);
    }
    StoreChange change;
    change.transactionalId = slot->id;
    change.remove = true;
    m_environment.store.write(std::move(change), [self = shared_from_this(), drop](bool stored) {
        self->m_environment.post([drop, stored] { drop(stored); });
    });
}

}  // namespace weir::transactions
