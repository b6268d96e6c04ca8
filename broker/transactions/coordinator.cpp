// SPDX-License-Identifier: GPL-3.0-or-later
// The requests. How a change is carried out is in changing.cpp, what happens by itself in keeping.cpp.
#include "broker/transactions/coordinator.h"

#include <utility>

#include "broker/transactions/coordinator_impl.h"

namespace weir::transactions {

Coordinator::Impl::Impl(CoordinatorOptions options, Environment environment)
    : m_options(options), m_environment(std::move(environment)) {}

void Coordinator::Impl::initProducerId(InitProducerId request, std::function<void(InitAnswer)> done,
                                       std::optional<ProducerId> fresh) {
    if (request.transactionalId.empty()) {
        return done({TxnErrc::kInvalidRequest, {}});
    }
    if (request.timeoutMs <= 0 || request.timeoutMs > m_options.maxTimeoutMs) {
        return done({TxnErrc::kInvalidTransactionTimeout, {}});
    }
    const SlotPtr known = findOrCreate(request.transactionalId);
    enter(known, [self = shared_from_this(), request = std::move(request), done = std::move(done), fresh](
                     const SlotPtr& slot, Lock& lock) {
        if (slot->isForgotten) {
            lock.unlock();
            return self->initProducerId(request, done, fresh);
        }
        Decision decision = decideInit(
            slot->values,
            {.timeoutMs = request.timeoutMs, .expected = request.expected, .fresh = fresh, .now = self->now()});
        if (std::holds_alternative<NeedsProducerId>(decision)) {
            lock.unlock();
            const auto id = self->m_environment.freshProducerId();
            return id ? self->initProducerId(request, done, id) : done({TxnErrc::kCoordinatorNotAvailable, {}});
        }
        if (const auto* settled = std::get_if<Settled>(&decision)) {
            const TxnErrc error = settled->error;
            lock.unlock();
            return done({error, {}});
        }
        Transaction next = std::get<Transaction>(std::move(decision));
        if (next.isPrepared()) {
            // The client comes again, and gets an epoch that the fencing has not used.
            return self->prepare(slot, lock, std::move(next), [done](bool stored) {
                done({stored ? TxnErrc::kConcurrentTransactions : TxnErrc::kCoordinatorNotAvailable, {}});
            });
        }
        const ProducerIdAndEpoch given{next.producerId, next.epoch};
        self->transit(slot, lock, std::move(next), [self, slot, done, given](bool stored) {
            done(stored ? InitAnswer{TxnErrc::kNone, given} : InitAnswer{TxnErrc::kCoordinatorNotAvailable, {}});
            self->release(slot);
        });
    });
}

void Coordinator::Impl::add(AddToTransaction request, std::function<void(TxnErrc)> done) {
    if (request.transactionalId.empty()) {
        return done(TxnErrc::kInvalidRequest);
    }
    const SlotPtr known = find(request.transactionalId);
    if (!known) {
        return done(TxnErrc::kInvalidProducerIdMapping);
    }
    enter(known, [self = shared_from_this(), request = std::move(request), done = std::move(done)](const SlotPtr& slot,
                                                                                                   Lock& lock) {
        Decision decision = decideAdd(slot->values, {.producer = request.producer,
                                                     .partitions = request.partitions,
                                                     .groups = request.groups,
                                                     .version = request.version,
                                                     .now = self->now()});
        if (const auto* settled = std::get_if<Settled>(&decision)) {
            const TxnErrc error = settled->error;
            lock.unlock();
            return done(error);
        }
        self->transit(slot, lock, std::get<Transaction>(std::move(decision)), [self, slot, done](bool stored) {
            done(stored ? TxnErrc::kNone : TxnErrc::kCoordinatorNotAvailable);
            self->release(slot);
        });
    });
}

void Coordinator::Impl::end(EndTransaction request, std::function<void(EndAnswer)> done,
                            std::optional<ProducerId> fresh) {
    if (request.transactionalId.empty()) {
        return done({TxnErrc::kInvalidRequest, {}});
    }
    const SlotPtr known = find(request.transactionalId);
    if (!known) {
        return done({TxnErrc::kInvalidProducerIdMapping, {}});
    }
    enter(known, [self = shared_from_this(), request = std::move(request), done = std::move(done), fresh](
                     const SlotPtr& slot, Lock& lock) {
        Decision decision = decideEnd(slot->values, {.producer = request.producer,
                                                     .outcome = request.outcome,
                                                     .version = request.version,
                                                     .fresh = fresh,
                                                     .now = self->now()});
        if (std::holds_alternative<NeedsProducerId>(decision)) {
            lock.unlock();
            const auto id = self->m_environment.freshProducerId();
            return id ? self->end(request, done, id) : done({TxnErrc::kCoordinatorNotAvailable, {}});
        }
        if (const auto* settled = std::get_if<Settled>(&decision)) {
            EndAnswer answer{settled->error, {}};
            if (settled->error == TxnErrc::kNone) {
                answer.producer = {slot->values.producerId, slot->values.epoch};
            }
            lock.unlock();
            return done(answer);
        }
        Transaction next = std::get<Transaction>(std::move(decision));
        const Transaction after = completed(next, self->now());
        const ProducerIdAndEpoch goesOn{after.producerId, after.epoch};
        self->prepare(slot, lock, std::move(next), [done, goesOn](bool stored) {
            done(stored ? EndAnswer{TxnErrc::kNone, goesOn} : EndAnswer{TxnErrc::kCoordinatorNotAvailable, {}});
        });
    });
}

std::optional<Transaction> Coordinator::Impl::look(const std::string& transactionalId) const {
    const SlotPtr slot = find(transactionalId);
    if (!slot) {
        return std::nullopt;
    }
    const std::lock_guard lock(slot->mutex);
    return slot->values.producerId == kNoProducerId ? std::nullopt : std::optional(slot->values);
}

std::vector<StoredTransaction> Coordinator::Impl::list() const {
    std::vector<StoredTransaction> listed;
    for (const SlotPtr& slot : all()) {
        const std::lock_guard lock(slot->mutex);
        if (slot->values.producerId != kNoProducerId) {
            listed.push_back({slot->id, slot->values});
        }
    }
    return listed;
}

Coordinator::Coordinator(CoordinatorOptions options, Environment environment)
    : m_impl(std::make_shared<Impl>(options, std::move(environment))) {}
Coordinator::~Coordinator() = default;

Result<void, Error<StoreErrc>> Coordinator::start() {
    return m_impl->start();
}
void Coordinator::stop() {
    m_impl->stop();
}
void Coordinator::initProducerId(InitProducerId request, std::function<void(InitAnswer)> done) {
    m_impl->initProducerId(std::move(request), std::move(done), std::nullopt);
}
void Coordinator::add(AddToTransaction request, std::function<void(TxnErrc)> done) {
    m_impl->add(std::move(request), std::move(done));
}
void Coordinator::end(EndTransaction request, std::function<void(EndAnswer)> done) {
    m_impl->end(std::move(request), std::move(done), std::nullopt);
}
TxnErrc Coordinator::verify(const std::string& transactionalId, const ProducerIdAndEpoch& producer,
                            const TopicPartition& partition) const {
    return m_impl->ask(transactionalId,
                       [&](const Transaction& values) { return transactions::verify(values, producer, partition); });
}
TxnErrc Coordinator::verify(const std::string& transactionalId, const ProducerIdAndEpoch& producer,
                            const std::string& group) const {
    return m_impl->ask(transactionalId,
                       [&](const Transaction& values) { return transactions::verify(values, producer, group); });
}
std::optional<Transaction> Coordinator::describe(const std::string& transactionalId) const {
    return m_impl->look(transactionalId);
}
std::vector<StoredTransaction> Coordinator::list() const {
    return m_impl->list();
}
void Coordinator::housekeep() {
    m_impl->housekeep();
}

}  // namespace weir::transactions
