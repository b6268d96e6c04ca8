// SPDX-License-Identifier: GPL-3.0-or-later
// One change on its way: whose turn it is, the write that decides, the markers behind it.
#include <algorithm>
#include <utility>

#include "broker/transactions/coordinator_impl.h"

namespace weir::transactions {

namespace {

/// What has to be written so that `next` stands where `current` stood.
StoreChange changeOf(const std::string& id, const Transaction& current, const Transaction& next) {
    StoreChange change{.transactionalId = id, .remove = false, .transaction = next, .forgetsTouched = false};
    const bool goesOn = current.state == TxnState::kOngoing && (next.state == TxnState::kOngoing || next.isPrepared());
    change.forgetsTouched = !goesOn;
    if (goesOn) {
        std::erase_if(change.transaction.partitions,
                      [&](const TopicPartition& partition) { return current.partitions.contains(partition); });
        std::erase_if(change.transaction.groups,
                      [&](const std::string& group) { return current.groups.contains(group); });
    }
    return change;
}

}  // namespace

Coordinator::Impl::SlotPtr Coordinator::Impl::find(const std::string& transactionalId) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_slots.find(transactionalId);
    return found == m_slots.end() ? nullptr : found->second;
}

Coordinator::Impl::SlotPtr Coordinator::Impl::findOrCreate(const std::string& transactionalId) {
    const std::lock_guard lock(m_mutex);
    SlotPtr& slot = m_slots[transactionalId];
    if (!slot) {
        slot = std::make_shared<Slot>(transactionalId);
    }
    return slot;
}

std::vector<Coordinator::Impl::SlotPtr> Coordinator::Impl::all() const {
    const std::lock_guard lock(m_mutex);
    std::vector<SlotPtr> slots;
    slots.reserve(m_slots.size());
    for (const auto& [id, slot] : m_slots) {
        slots.push_back(slot);
    }
    return slots;
}

void Coordinator::Impl::enter(const SlotPtr& slot, Task task) {
    Lock lock(slot->mutex);
    if (slot->isBusy || !slot->waiting.empty()) {
        slot->waiting.push_back(std::move(task));
        return;
    }
    task(slot, lock);
}

void Coordinator::Impl::occupy(Slot& slot) {
    WEIR_ASSERT(!slot.isBusy);
    slot.isBusy = true;
    const std::lock_guard lock(m_openMutex);
    ++m_open;
}

void Coordinator::Impl::release(const SlotPtr& slot) {
    {
        const std::lock_guard lock(slot->mutex);
        slot->isBusy = false;
    }
    // The tasks that have waited meanwhile count as under way, so that a stop waits for them as well.
    for (;;) {
        Lock lock(slot->mutex);
        if (slot->isBusy || slot->waiting.empty()) {
            break;
        }
        const Task task = std::move(slot->waiting.front());
        slot->waiting.pop_front();
        task(slot, lock);
    }
    const std::lock_guard lock(m_openMutex);
    --m_open;
    m_openChanged.notify_all();
}

void Coordinator::Impl::transit(const SlotPtr& slot, Lock& lock, Transaction next, std::function<void(bool)> then) {
    StoreChange change = changeOf(slot->id, slot->values, next);
    occupy(*slot);
    lock.unlock();
    m_environment.store.write(std::move(change), [self = shared_from_this(), slot, next = std::move(next),
                                                  then = std::move(then)](bool stored) {
        self->m_environment.post([self, slot, next, then, stored] {
            if (stored) {
                const std::lock_guard again(slot->mutex);
                slot->values = next;
            } else {
                self->m_environment.logger.error("transactional id {}: its change was not stored", slot->id);
            }
            then(stored);
        });
    });
}

void Coordinator::Impl::prepare(const SlotPtr& slot, Lock& lock, Transaction next, std::function<void(bool)> then) {
    transit(slot, lock, std::move(next), [self = shared_from_this(), slot, then = std::move(then)](bool stored) {
        if (!stored) {
            then(false);
            self->release(slot);
            return;
        }
        {
            const std::lock_guard again(slot->mutex);
            slot->unmarked = slot->values.partitions;
            slot->unsettled = slot->values.groups;
            slot->write = topics::TransactionMarker::Write::kAlways;
        }
        self->deliver(slot, [then] { then(true); });
    });
}

void Coordinator::Impl::deliver(const SlotPtr& slot, std::function<void()> then) {
    Transaction values;
    std::set<TopicPartition> unmarked;
    std::set<std::string> unsettled;
    topics::TransactionMarker marker;
    {
        const std::lock_guard lock(slot->mutex);
        WEIR_ASSERT(slot->isBusy && slot->values.isPrepared());
        values = slot->values;
        unmarked = slot->unmarked;
        unsettled = slot->unsettled;
        marker.write = slot->write;
    }
    const bool commits = values.state == TxnState::kPrepareCommit;
    marker.producerId = values.producerId;
    marker.producerEpoch = values.epoch;
    marker.type = commits ? records::MarkerType::kCommit : records::MarkerType::kAbort;
    // The one more is for this call: whoever answers inside it is not the last.
    const auto left = std::make_shared<std::atomic<std::size_t>>(unmarked.size() + unsettled.size() + 1);
    const auto answered = [self = shared_from_this(), slot, left, then] {
        if (left->fetch_sub(1) == 1) {
            self->m_environment.post([self, slot, then] { self->finish(slot, then); });
        }
    };
    for (const TopicPartition& partition : unmarked) {
        m_environment.places.writeMarker(partition, marker, [slot, partition, answered](bool isThere) {
            if (isThere) {
                const std::lock_guard lock(slot->mutex);
                slot->unmarked.erase(partition);
            }
            answered();
        });
    }
    for (const std::string& group : unsettled) {
        m_environment.places.endStagedOffsets(group, values.producerId, commits ? Outcome::kCommit : Outcome::kAbort,
                                              [slot, group, answered](bool isStored) {
                                                  if (isStored) {
                                                      const std::lock_guard lock(slot->mutex);
                                                      slot->unsettled.erase(group);
                                                  }
                                                  answered();
                                              });
    }
    if (left->fetch_sub(1) == 1) {
        finish(slot, then);
    }
}

void Coordinator::Impl::finish(const SlotPtr& slot, const std::function<void()>& then) {
    std::optional<StoreChange> change;
    {
        const std::lock_guard lock(slot->mutex);
        if (slot->unmarked.empty() && slot->unsettled.empty()) {
            Transaction next = completed(slot->values, now());
            change = changeOf(slot->id, slot->values, next);
            slot->values = std::move(next);
        }
    }
    if (change) {
        // Nobody waits for it: the next change of the id is written behind it, and without it a start finds every
        // marker in its place.
        m_environment.store.write(*std::move(change), [logger = m_environment.logger, id = slot->id](bool stored) {
            if (!stored) {
                logger.error("transactional id {}: its completion was not stored", id);
            }
        });
    } else {
        m_environment.logger.warn("transactional id {}: not ended everywhere yet, it is tried again", slot->id);
    }
    then();
    release(slot);
}

}  // namespace weir::transactions
