// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/transacting.h"

#include "broker/protocol/messages/add_offsets_to_txn.h"
#include "broker/protocol/messages/add_partitions_to_txn.h"
#include "broker/protocol/messages/end_txn.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/txn_offset_commit.h"

namespace weir::simulation {

using checker::Deed;
using checker::Place;
using protocol::ErrorCode;

namespace {

constexpr std::int32_t kTimeoutMs = 8000;
constexpr int kMostTries = 12;

/// Asking again may help.
bool isWorthAsking(ErrorCode error) {
    return error == ErrorCode::kConcurrentTransactions || error == ErrorCode::kCoordinatorLoadInProgress ||
           error == ErrorCode::kCoordinatorNotAvailable || error == ErrorCode::kNotCoordinator ||
           error == ErrorCode::kKafkaStorageError || error == ErrorCode::kNotLeaderOrFollower ||
           error == ErrorCode::kUnknownTopicOrPartition || error == ErrorCode::kRequestTimedOut ||
           error == ErrorCode::kUnstableOffsetCommit;
}

}  // namespace

Transactor::Transactor(World& world, std::string name)
    : ProducingClient(world, std::move(name)), m_isSecond(world.dice().oneIn(2)), m_group("pipeline-" + this->name()) {}

void Transactor::startOver() {
    hangUp();
    m_producer = {};
    becomeAnother();
}

Script<bool> Transactor::takeId() {
    protocol::InitProducerIdRequest request;
    request.transactionalId = name();
    request.transactionTimeoutMs = kTimeoutMs;
    const auto response = co_await call<protocol::InitProducerIdResponse>(std::move(request), 4);
    if (response && response->errorCode == ErrorCode::kNone) {
        m_producer = {response->producerId, response->producerEpoch, {}};
    } else if (response && !isWorthAsking(response->errorCode)) {
        m_world.complain(name() + " gets no producer id: error " +
                         std::to_string(static_cast<int>(response->errorCode)));
    }
    co_return m_producer.id != kNoProducerId;
}

Script<> Transactor::run() {
    while (!m_world.isClosing()) {
        if (m_producer.id == kNoProducerId) {
            if (!co_await takeId()) {
                co_await sleepAbout(100);
            }
            continue;
        }
        co_await checkOffset();
        const std::string transaction = name() + "#" + std::to_string(m_count++);
        note({.deed = Deed::kBegin, .transaction = transaction});
        const bool isWhole = co_await fill(transaction);
        constexpr std::size_t kSeldom = 25;
        if (!isWhole && dice().oneIn(2)) {
            startOver();
        } else if (dice().oneIn(kSeldom)) {
            // Dies, or sleeps until the broker ends the transaction by itself.
            startOver();
            co_await sleepAbout(dice().oneIn(2) ? kTimeoutMs : 10);
        } else if (!co_await end(transaction, isWhole && !dice().oneIn(4))) {
            startOver();
        }
        co_await sleepAbout(60);
    }
    while (m_producer.id == kNoProducerId && !co_await takeId()) {
        co_await sleepAbout(100);
    }
    co_await checkOffset();
}

Script<bool> Transactor::fill(std::string transaction) {
    const std::size_t batches = 1 + dice().below(4);
    for (std::size_t i = 0; i < batches; ++i) {
        const Place place = m_world.places()[dice().below(m_world.places().size())];
        if (!m_isSecond && !co_await enlist(place)) {
            co_return false;
        }
        if (!co_await deliver(make(m_producer, place, transaction))) {
            co_return false;
        }
    }
    if (dice().oneIn(2)) {
        co_return co_await commitOffset(transaction);
    }
    co_return true;
}

Script<bool> Transactor::enlist(Place place) {
    protocol::AddPartitionsToTxnRequest request;
    request.v3AndBelowTransactionalId = name();
    request.v3AndBelowProducerId = m_producer.id;
    request.v3AndBelowProducerEpoch = m_producer.epoch;
    request.v3AndBelowTopics.push_back({place.topic, {PartitionId(place.partition)}, {}});
    for (int i = 0; i < kMostTries; ++i) {
        const auto response = co_await call<protocol::AddPartitionsToTxnResponse>(request, 3);
        if (response) {
            const ErrorCode error =
                response->resultsByTopicV3AndBelow.at(0).resultsByPartition.at(0).partitionErrorCode;
            if (error == ErrorCode::kNone) {
                co_return true;
            }
            if (!isWorthAsking(error)) {
                co_return false;
            }
        }
        co_await sleepAbout(50);
    }
    co_return false;
}

Script<bool> Transactor::deliver(Sending sending) {
    const std::int16_t version = m_isSecond ? 12 : 9;
    const std::string id = name();
    for (int i = 0; i < kMostTries; ++i) {
        const auto response = co_await call<protocol::ProduceResponse>(sending.request(id), version);
        if (response) {
            const auto& said = response->responses.at(0).partitionResponses.at(0);
            const bool isDuplicate = said.errorCode == ErrorCode::kDuplicateSequenceNumber;
            if (said.errorCode == ErrorCode::kNone || isDuplicate) {
                noteAck(sending, isDuplicate ? -1 : said.baseOffset.value);
                co_return true;
            }
            if (!isWorthAsking(said.errorCode)) {
                co_return false;
            }
        }
        co_await sleepAbout(50);
    }
    // Nobody knows whether it is there: an end of this epoch could overtake it.
    startOver();
    co_return false;
}

Script<bool> Transactor::commitOffset(std::string transaction) {
    if (!m_isSecond) {
        bool isIn = false;
        for (int i = 0; i < kMostTries && !isIn; ++i) {
            protocol::AddOffsetsToTxnRequest add{name(), m_producer.id, m_producer.epoch, m_group, {}};
            const auto response = co_await call<protocol::AddOffsetsToTxnResponse>(std::move(add), 3);
            if (response && response->errorCode != ErrorCode::kNone && !isWorthAsking(response->errorCode)) {
                co_return false;
            }
            isIn = response && response->errorCode == ErrorCode::kNone;
            if (!isIn) {
                co_await sleepAbout(50);
            }
        }
        if (!isIn) {
            co_return false;
        }
    }
    const Place place = m_world.places().front();
    const std::int64_t offset = ++m_offset;
    protocol::TxnOffsetCommitRequest request;
    request.transactionalId = name();
    request.groupId = m_group;
    request.producerId = m_producer.id;
    request.producerEpoch = m_producer.epoch;
    auto& topic = request.topics.emplace_back();
    topic.name = place.topic;
    topic.partitions.push_back({PartitionId(place.partition), Offset(offset), kNoLeaderEpoch, "", {}});
    note({.deed = Deed::kCommit, .place = place, .offset = offset, .transaction = transaction, .group = m_group});
    for (int i = 0; i < kMostTries; ++i) {
        const auto response = co_await call<protocol::TxnOffsetCommitResponse>(request, m_isSecond ? 5 : 3);
        if (response) {
            const ErrorCode error = response->topics.at(0).partitions.at(0).errorCode;
            if (error == ErrorCode::kNone) {
                note({.deed = Deed::kCommitted,
                      .place = place,
                      .offset = offset,
                      .transaction = transaction,
                      .group = m_group});
                m_world.count(&Outcome::commits);
                co_return true;
            }
            if (!isWorthAsking(error)) {
                co_return false;
            }
        }
        co_await sleepAbout(50);
    }
    startOver();
    co_return false;
}

Script<bool> Transactor::end(std::string transaction, bool commits) {
    if (m_producer.id == kNoProducerId) {
        co_return false;
    }
    const protocol::EndTxnRequest request{name(), m_producer.id, m_producer.epoch, commits, {}};
    note({.deed = Deed::kEnd, .transaction = transaction, .flag = commits});
    while (true) {
        const auto response = co_await call<protocol::EndTxnResponse>(request, m_isSecond ? 5 : 3);
        if (response && response->errorCode == ErrorCode::kNone) {
            note({.deed = Deed::kEnded, .transaction = transaction, .flag = commits});
            m_world.count(&Outcome::transactions);
            if (m_isSecond && response->producerId != kNoProducerId) {
                m_producer = {response->producerId, response->producerEpoch, {}};
            }
            co_return true;
        }
        if (response && !isWorthAsking(response->errorCode)) {
            co_return false;
        }
        co_await sleepAbout(50);
    }
}

/// Once nothing of a transaction is pending, what the group has is what was committed last.
Script<> Transactor::checkOffset() {
    const Place place = m_world.places().front();
    for (int i = 0; i < kMostTries || m_world.isClosing(); ++i) {
        const std::int64_t asked = m_world.historyTime();
        protocol::OffsetFetchRequest request;
        request.groupId = m_group;
        request.topics->push_back({place.topic, {PartitionId(place.partition)}, {}});
        request.requireStable = true;
        const auto response = co_await call<protocol::OffsetFetchResponse>(std::move(request), 7);
        if (response && response->errorCode == ErrorCode::kNone) {
            const auto& said = response->topics.at(0).partitions.at(0);
            if (said.errorCode == ErrorCode::kNone) {
                note({.deed = Deed::kFetched,
                      .place = place,
                      .offset = said.committedOffset.value,
                      .group = m_group,
                      .asked = asked});
                co_return;
            }
        }
        co_await sleepAbout(50);
    }
}

}  // namespace weir::simulation
