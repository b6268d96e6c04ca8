// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/table.h"

#include <utility>

#include "broker/protocol/messages/init_producer_id.h"
#include "broker/records/batch_builder.h"

namespace weir::simulation {

using protocol::ErrorCode;

namespace {

constexpr std::int16_t kTableProduceVersion = 9;
constexpr std::size_t kKeys = 6;

std::string shown(const std::optional<std::string>& value) {
    return value.value_or("nothing");
}

}  // namespace

Sending TableWriter::make() {
    constexpr std::size_t kMostRecords = 4;
    Sending sending;
    sending.place = kTablePlace;
    std::int32_t& sequence = m_producer.sequences[kTablePlace];
    records::BatchBuilder builder;
    builder.start({.compression = dice().oneIn(4) ? Compression::kZstd : Compression::kNone,
                   .producerId = m_producer.id,
                   .producerEpoch = m_producer.epoch,
                   .baseSequence = Sequence(sequence)});
    const std::size_t count = 1 + dice().below(kMostRecords);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string key = "key-" + std::to_string(dice().below(kKeys));
        auto& value = m_table[key];
        value = dice().oneIn(8) ? std::nullopt : std::optional(key + "/" + std::to_string(m_made++));
        (void)builder.append({.timestamp = Timestamp(m_world.timeline().clock().wallNowMs()),
                              .key = asBytes(key),
                              .value = value ? std::optional<ByteView>(asBytes(*value)) : std::nullopt});
    }
    sequence += static_cast<std::int32_t>(count);
    records::Codec codec;
    sending.bytes = toBytes(builder.finish(codec));
    return sending;
}

Script<> TableWriter::takeId() {
    while (m_producer.id == kNoProducerId) {
        protocol::InitProducerIdRequest request;
        request.transactionalId = std::nullopt;
        const auto response = co_await call<protocol::InitProducerIdResponse>(std::move(request), 4);
        if (response && response->errorCode == ErrorCode::kNone) {
            m_producer = {response->producerId, response->producerEpoch, {}};
        } else {
            co_await sleepAbout(100);
        }
    }
}

Script<> TableWriter::run() {
    constexpr std::size_t kSeldom = 30;
    while (!m_world.isClosing()) {
        co_await takeId();
        co_await deliver(make());
        co_await sleepAbout(30);
        if (dice().oneIn(kSeldom)) {
            m_producer = {};
        }
    }
}

Script<> TableWriter::deliver(Sending sending) {
    while (true) {
        const auto response =
            co_await call<protocol::ProduceResponse>(sending.request(std::nullopt), kTableProduceVersion);
        if (response) {
            const ErrorCode error = response->responses.at(0).partitionResponses.at(0).errorCode;
            if (error == ErrorCode::kNone || error == ErrorCode::kDuplicateSequenceNumber) {
                co_return;
            }
        }
        co_await sleepAbout(60);
    }
}

void TableReader::see(const checker::Place& /*place*/, const RecordView& record) {
    m_seen[std::string(asText(record.key.value_or(ByteView{})))] =
        record.value ? std::optional(std::string(asText(*record.value))) : std::nullopt;
}

Script<> TableReader::run() {
    constexpr std::int32_t kWaitMs = 100;
    assign(kTablePlace, 0);
    while (positions().at(kTablePlace).end < 0 || positions().at(kTablePlace).next < positions().at(kTablePlace).end) {
        if (!co_await poll(kWaitMs)) {
            co_await sleepAbout(100);
        }
    }
    for (const auto& [key, value] : m_expected) {
        const auto found = m_seen.find(key);
        const auto seen = found == m_seen.end() ? std::nullopt : found->second;
        if (seen != value) {
            m_world.complain("the table has " + shown(seen) + " under " + key + ", not " + shown(value));
        }
    }
}

}  // namespace weir::simulation
