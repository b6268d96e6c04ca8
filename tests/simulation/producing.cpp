// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/producing.h"

#include <utility>

#include "broker/protocol/messages/init_producer_id.h"
#include "broker/records/batch_builder.h"

namespace weir::simulation {

using checker::Deed;
using checker::Place;
using protocol::ErrorCode;
using protocol::ProduceRequest;
using protocol::ProduceResponse;

namespace {

constexpr std::int16_t kProduceVersion = 9;
constexpr std::size_t kMostInFlight = 5;

}  // namespace

ProduceRequest Sending::request(std::optional<std::string_view> transactionalId) const {
    ProduceRequest request;
    request.transactionalId = transactionalId;
    request.acks = -1;
    request.timeoutMs = 1000;
    auto& topic = request.topicData.emplace_back();
    topic.name = place.topic;
    topic.partitionData.push_back({PartitionId(place.partition), ByteView(bytes), {}});
    return request;
}

Sending ProducingClient::make(ProducerState& producer, const Place& place, const std::string& transaction) {
    constexpr std::size_t kMostRecords = 4;
    Sending sending;
    sending.place = place;
    records::BatchBuilder builder;
    std::int32_t& sequence = producer.sequences[place];
    builder.start({.compression = dice().oneIn(4) ? Compression::kLz4 : Compression::kNone,
                   .producerId = producer.id,
                   .producerEpoch = producer.epoch,
                   .baseSequence = Sequence(sequence),
                   .transactional = !transaction.empty()});
    const std::size_t count = 1 + dice().below(kMostRecords);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string& value = sending.values.emplace_back(name() + "/" + std::to_string(m_made++));
        (void)builder.append({.timestamp = Timestamp(m_world.timeline().clock().wallNowMs()), .value = asBytes(value)});
        note({.deed = Deed::kSend, .place = place, .value = value, .transaction = transaction});
    }
    sequence += static_cast<std::int32_t>(count);
    records::Codec codec;
    sending.bytes = toBytes(builder.finish(codec));
    return sending;
}

void ProducingClient::noteAck(const Sending& sending, std::int64_t baseOffset) {
    for (std::size_t i = 0; i < sending.values.size(); ++i) {
        note({.deed = Deed::kAck,
              .place = sending.place,
              .offset = baseOffset < 0 ? -1 : baseOffset + static_cast<std::int64_t>(i),
              .value = sending.values[i]});
        m_world.count(&Outcome::acknowledged);
    }
}

Script<bool> IdempotentProducer::takeId() {
    protocol::InitProducerIdRequest request;
    request.transactionalId = std::nullopt;
    const auto response = co_await call<protocol::InitProducerIdResponse>(std::move(request), 4);
    if (!response || response->errorCode != ErrorCode::kNone) {
        co_return false;
    }
    m_producer = {response->producerId, response->producerEpoch, {}};
    co_return true;
}

Script<> IdempotentProducer::run() {
    constexpr std::size_t kSeldom = 60;
    while (!m_world.isClosing() || !m_unacked.empty()) {
        if (m_producer.id == kNoProducerId && !co_await takeId()) {
            co_await sleepAbout(100);
            continue;
        }
        while (!m_world.isClosing() && m_unacked.size() < kMostInFlight && !dice().oneIn(3)) {
            const Place& place = m_world.places()[dice().below(m_world.places().size())];
            m_unacked.push_back(make(m_producer, place, {}));
        }
        if (!co_await round()) {
            co_await sleepAbout(100);
        } else if (!m_world.isClosing()) {
            co_await sleepAbout(40);
        }
        if (dice().oneIn(kSeldom) && !m_world.isClosing()) {
            hangUp();
            m_unacked.clear();
            m_producer = {};
            becomeAnother();
        }
    }
}

Script<bool> IdempotentProducer::round() {
    std::vector<std::shared_ptr<Moment<Answer>>> answers;
    for (const Sending& sending : m_unacked) {
        answers.push_back(send(sending.request(std::nullopt), kProduceVersion));
    }
    // All are awaited, also behind a failure: what is sent again must not overtake what is still being answered.
    bool isGood = true;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const Answer answer = co_await answers[i]->wait();
        isGood = isGood && judge(read<ProduceResponse>(answer, kProduceVersion), i == 0);
    }
    co_return isGood;
}

bool IdempotentProducer::judge(const std::optional<ProduceResponse>& response, bool isFirst) {
    if (!response) {
        return false;
    }
    const auto& said = response->responses.at(0).partitionResponses.at(0);
    // All before it are answered, so an order that is broken means that it stands in the log behind later ones: a start
    // remembers a producer's newest batch only, as Kafka's do. The checker holds the broker to it.
    const bool isDuplicate =
        said.errorCode == ErrorCode::kDuplicateSequenceNumber || said.errorCode == ErrorCode::kOutOfOrderSequenceNumber;
    if (said.errorCode == ErrorCode::kNone || isDuplicate) {
        noteAck(m_unacked.front(), isDuplicate ? -1 : said.baseOffset.value);
        m_unacked.pop_front();
        return true;
    }
    const bool passes =
        said.errorCode == ErrorCode::kKafkaStorageError || said.errorCode == ErrorCode::kNotLeaderOrFollower ||
        said.errorCode == ErrorCode::kUnknownTopicOrPartition || said.errorCode == ErrorCode::kNotEnoughReplicas ||
        said.errorCode == ErrorCode::kRequestTimedOut;
    // Once is enough to be seen.
    if (!passes && std::exchange(m_mayComplain, false)) {
        m_world.complain(name() + " was refused its " + (isFirst ? "oldest" : "next") + " batch, " +
                         m_unacked.front().values.front() + ", with error " +
                         std::to_string(static_cast<int>(said.errorCode)) + ": " + said.errorMessage.value_or("") +
                         " in " + m_unacked.front().place.topic + "-" +
                         std::to_string(m_unacked.front().place.partition));
    }
    return false;
}

}  // namespace weir::simulation
