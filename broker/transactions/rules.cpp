// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/transactions/rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker/base/assert.h"

namespace weir::transactions {

namespace {

constexpr std::array<std::string_view, 8> kNames{"Empty",        "Ongoing",          "PrepareCommit",
                                                 "PrepareAbort", "CompleteCommit",   "CompleteAbort",
                                                 "Dead",         "PrepareEpochFence"};

Decision settled(TxnErrc error) {
    return Settled{error};
}

/// A new round of the id: nothing open, nothing touched.
Transaction emptied(const Transaction& current, const InitRequest& request) {
    Transaction next = current;
    next.state = TxnState::kEmpty;
    next.timeoutMs = request.timeoutMs;
    next.nextProducerId = kNoProducerId;
    next.startedAt = kNoTimestamp;
    next.updatedAt = request.now;
    next.partitions.clear();
    next.groups.clear();
    return next;
}

Decision bumped(const Transaction& current, const InitRequest& request) {
    Transaction next = emptied(current, request);
    if (!request.expected) {
        next.epoch = current.epoch + 1;
        next.lastEpoch = kNoProducerEpoch;
        return next;
    }
    const ProducerEpoch expected = request.expected->epoch;
    if (current.epoch == kNoProducerEpoch || expected == current.epoch) {
        next.epoch = current.epoch + 1;
        next.lastEpoch = current.epoch;
        return next;
    }
    if (expected == current.lastEpoch) {
        // It has not seen the answer to the same request: it gets it again.
        return next;
    }
    return settled(TxnErrc::kProducerFenced);
}

}  // namespace

std::string_view stateName(TxnState state) {
    return kNames[static_cast<std::size_t>(state)];
}

std::optional<TxnState> stateNamed(std::string_view name) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    return found == kNames.end() ? std::nullopt : std::optional(static_cast<TxnState>(found - kNames.begin()));
}

Transaction fenced(const Transaction& current, TxnVersion version, Timestamp now) {
    WEIR_ASSERT(current.state == TxnState::kOngoing);
    Transaction next = current;
    next.state = TxnState::kPrepareAbort;
    next.epoch = current.epoch + 1;
    // Whoever had the epoch before is fenced, and not repeating anything: its EndTxn has to hear so (KAFKA-20785).
    next.lastEpoch = kNoProducerEpoch;
    next.nextProducerId = kNoProducerId;
    next.version = version;
    next.updatedAt = now;
    return next;
}

Decision decideInit(const Transaction& current, const InitRequest& request) {
    const auto& expected = request.expected;
    const bool isKnown = !expected || current.epoch == kNoProducerEpoch || expected->id == current.producerId ||
                         (expected->id == current.previousProducerId && expected->epoch >= kLastEpoch);
    if (!isKnown) {
        return settled(TxnErrc::kProducerFenced);
    }
    if (current.isPrepared()) {
        return settled(TxnErrc::kConcurrentTransactions);
    }
    if (current.state == TxnState::kOngoing) {
        return fenced(current, current.version, request.now);
    }
    const bool rotates = current.producerId == kNoProducerId ||
                         (current.isExhausted() && (!expected || expected->epoch == current.epoch));
    if (!rotates) {
        return bumped(current, request);
    }
    if (!request.fresh) {
        return NeedsProducerId{};
    }
    Transaction next = emptied(current, request);
    next.previousProducerId = current.producerId;
    next.producerId = *request.fresh;
    next.epoch = ProducerEpoch(0);
    next.lastEpoch = expected ? current.epoch : kNoProducerEpoch;
    return next;
}

Decision decideAdd(const Transaction& current, const AddRequest& request) {
    if (current.producerId != request.producer.id) {
        return settled(TxnErrc::kInvalidProducerIdMapping);
    }
    if (current.epoch != request.producer.epoch) {
        return settled(TxnErrc::kProducerFenced);
    }
    if (current.isPrepared()) {
        return settled(TxnErrc::kConcurrentTransactions);
    }
    const bool isOngoing = current.state == TxnState::kOngoing;
    const auto contains = [](const auto& all, const auto& some) {
        return std::includes(all.begin(), all.end(), some.begin(), some.end());
    };
    if (isOngoing && contains(current.partitions, request.partitions) && contains(current.groups, request.groups)) {
        return settled(TxnErrc::kNone);
    }
    Transaction next = current;
    if (!isOngoing) {
        next.partitions.clear();
        next.groups.clear();
        next.startedAt = request.now;
    }
    next.state = TxnState::kOngoing;
    next.version = request.version;
    next.updatedAt = request.now;
    next.partitions.insert(request.partitions.begin(), request.partitions.end());
    next.groups.insert(request.groups.begin(), request.groups.end());
    return next;
}

namespace {

Decision prepared(const Transaction& current, const EndRequest& request) {
    Transaction next = current;
    next.state = request.outcome == Outcome::kCommit ? TxnState::kPrepareCommit : TxnState::kPrepareAbort;
    next.version = request.version;
    next.updatedAt = request.now;
    if (current.state != TxnState::kOngoing) {
        // Version 2 may abort what has not begun.
        next.startedAt = request.now;
        next.partitions.clear();
        next.groups.clear();
    }
    if (request.version == TxnVersion::kSecond) {
        if (current.isExhausted()) {
            if (!request.fresh) {
                return NeedsProducerId{};
            }
            next.nextProducerId = *request.fresh;
        }
        next.epoch = current.epoch + 1;
        next.lastEpoch = current.epoch;
    }
    return next;
}

Decision decideEndFirst(const Transaction& current, const EndRequest& request) {
    if (current.producerId != request.producer.id) {
        return settled(TxnErrc::kInvalidProducerIdMapping);
    }
    if (current.epoch != request.producer.epoch) {
        return settled(TxnErrc::kProducerFenced);
    }
    const bool commits = request.outcome == Outcome::kCommit;
    switch (current.state) {
        case TxnState::kOngoing:
            return prepared(current, request);
        case TxnState::kCompleteCommit:
            return settled(commits ? TxnErrc::kNone : TxnErrc::kInvalidTxnState);
        case TxnState::kCompleteAbort:
            return settled(commits ? TxnErrc::kInvalidTxnState : TxnErrc::kNone);
        case TxnState::kPrepareCommit:
            return settled(commits ? TxnErrc::kConcurrentTransactions : TxnErrc::kInvalidTxnState);
        case TxnState::kPrepareAbort:
            return settled(commits ? TxnErrc::kInvalidTxnState : TxnErrc::kConcurrentTransactions);
        default:
            return settled(TxnErrc::kInvalidTxnState);
    }
}

}  // namespace

Decision decideEnd(const Transaction& current, const EndRequest& request) {
    if (request.version == TxnVersion::kFirst) {
        return decideEndFirst(current, request);
    }
    const auto& producer = request.producer;
    // The same request once more, because its answer was lost: the epoch, or the producer id, has moved on by it.
    const bool repeatsOverRotation = current.previousProducerId == producer.id && producer.epoch == kLastEpoch &&
                                     current.epoch.value == 0 && current.lastEpoch == kLastEpoch;
    const bool repeats =
        repeatsOverRotation ||
        (current.producerId == producer.id && current.lastEpoch.value >= 0 && current.lastEpoch == producer.epoch &&
         current.state != TxnState::kOngoing && current.state != TxnState::kEmpty);
    if (current.producerId != producer.id && !repeatsOverRotation) {
        return settled(TxnErrc::kInvalidProducerIdMapping);
    }
    const bool isCurrent = !current.isPrepared() && producer.epoch == current.epoch;
    if (!repeats && !isCurrent) {
        return settled(TxnErrc::kProducerFenced);
    }
    const bool commits = request.outcome == Outcome::kCommit;
    if (repeats) {
        const bool same =
            commits == (current.state == TxnState::kCompleteCommit || current.state == TxnState::kPrepareCommit);
        if (!same) {
            return settled(TxnErrc::kInvalidTxnState);
        }
        return settled(current.isPrepared() ? TxnErrc::kConcurrentTransactions : TxnErrc::kNone);
    }
    if (current.state != TxnState::kOngoing && commits) {
        return settled(TxnErrc::kInvalidTxnState);
    }
    return prepared(current, request);
}

Transaction completed(const Transaction& current, Timestamp now) {
    WEIR_ASSERT(current.isPrepared());
    Transaction next = current;
    next.state = current.state == TxnState::kPrepareCommit ? TxnState::kCompleteCommit : TxnState::kCompleteAbort;
    next.updatedAt = now;
    next.partitions.clear();
    next.groups.clear();
    if (current.nextProducerId != kNoProducerId) {
        next.previousProducerId = current.producerId;
        next.producerId = current.nextProducerId;
        next.nextProducerId = kNoProducerId;
        next.epoch = ProducerEpoch(0);
    }
    return next;
}

namespace {

TxnErrc verifyProducer(const Transaction& current, const ProducerIdAndEpoch& producer) {
    if (current.producerId != producer.id) {
        return TxnErrc::kInvalidProducerIdMapping;
    }
    if (current.epoch != producer.epoch) {
        return TxnErrc::kProducerFenced;
    }
    return current.isPrepared() ? TxnErrc::kConcurrentTransactions : TxnErrc::kNone;
}

}  // namespace

TxnErrc verify(const Transaction& current, const ProducerIdAndEpoch& producer, const TopicPartition& partition) {
    const TxnErrc known = verifyProducer(current, producer);
    const bool isIn = current.state == TxnState::kOngoing && current.partitions.contains(partition);
    return known != TxnErrc::kNone || isIn ? known : TxnErrc::kTransactionAbortable;
}

TxnErrc verify(const Transaction& current, const ProducerIdAndEpoch& producer, const std::string& group) {
    const TxnErrc known = verifyProducer(current, producer);
    const bool isIn = current.state == TxnState::kOngoing && current.groups.contains(group);
    return known != TxnErrc::kNone || isIn ? known : TxnErrc::kTransactionAbortable;
}

}  // namespace weir::transactions
