// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/server/server_fixture.h"

#include <stdexcept>

#include "broker/protocol/messages/create_topics.h"
#include "broker/records/batch_builder.h"
#include "broker/records/record_iterator.h"

namespace weir::testing {

ServerFixture::ServerFixture(Configs configs, std::optional<std::chrono::milliseconds> frameDeadline, Logger logger)
    : m_configs(std::move(configs)), m_frameDeadline(frameDeadline), m_logger(std::move(logger)) {
    m_faulty.setPlan([this](DiskCall call, const io::Path& path) { return faultOf(call, path); });
    start();
}

std::optional<DiskFault> ServerFixture::faultOf(DiskCall call, const io::Path& path) {
    if (call == DiskCall::kCreateDirectories && m_isHolding) {
        ++m_foldersHeld;
        m_isHolding.wait(true);
    }
    if (call == DiskCall::kSync) {
        const std::lock_guard lock(m_mutex);
        if (!m_syncsFailIn.empty() && path.string().find(m_syncsFailIn) != std::string::npos) {
            return DiskFault{io::IoErrc::kIo};
        }
    }
    return m_isDiskFull && call == DiskCall::kWrite ? std::optional(DiskFault{io::IoErrc::kDiskFull}) : std::nullopt;
}

ServerFixture::~ServerFixture() {
    stop();
}

void ServerFixture::start() {
    server::EngineOptions options;
    options.dataFolder = m_folder.filePath("data").toStdString();
    options.listen = {{"127.0.0.1", 0}};
    options.configs = m_configs;
    options.frameDeadline = m_frameDeadline;
    options.logger = m_logger;
    auto started = server::Engine::start(std::move(options), {m_clock, m_random, m_faulty});
    if (!started) {
        throw std::runtime_error(started.error().message);
    }
    m_engine = std::move(*started);
}

void ServerFixture::stop() {
    m_engine.reset();
}

void ServerFixture::createTopic(const std::string& name, std::int32_t partitions,
                                const std::map<std::string, std::string>& configs) {
    NewTopic topic;
    topic.name = name;
    topic.partitions = partitions;
    for (const auto& [key, value] : configs) {
        topic.configs.push_back({key, value});
    }
    const auto created = m_engine->services().topics.create({topic}, topics::Mode::kApply);
    if (!created.front()) {
        throw std::runtime_error(created.front().error().message);
    }
}

Bytes batchOf(const BatchSpec& spec) {
    records::BatchBuilder builder;
    builder.start({.compression = spec.compression,
                   .producerId = spec.producerId,
                   .producerEpoch = spec.producerEpoch,
                   .baseSequence = spec.sequence,
                   .transactional = spec.isTransactional});
    const Timestamp now(SystemClock().wallNowMs());
    for (const std::string& value : spec.values) {
        records::RecordInput input;
        input.timestamp = spec.timestamp == kNoTimestamp ? now : spec.timestamp;
        if (spec.hasKeys) {
            input.key = asBytes("key");
        }
        input.value = asBytes(value);
        if (!builder.append(input)) {
            throw std::runtime_error("the record is too large");
        }
    }
    records::Codec codec;
    return toBytes(builder.finish(codec));
}

protocol::ProduceResponse::PartitionProduceResponse produce(WireClient& client, const std::string& topic,
                                                            std::int32_t partition, const Bytes& records,
                                                            std::int16_t version) {
    protocol::ProduceRequest request;
    request.acks = -1;
    request.timeoutMs = 1000;
    auto& data = request.topicData.emplace_back();
    data.name = topic;
    data.partitionData.push_back({PartitionId(partition), ByteView(records), {}});
    const auto response = client.call<protocol::ProduceResponse>(request, version);
    return response.responses.at(0).partitionResponses.at(0);
}

protocol::FetchRequest fetchOf(const FetchSpec& spec) {
    protocol::FetchRequest request;
    request.maxWaitMs = spec.maxWaitMs;
    request.minBytes = spec.minBytes;
    request.sessionEpoch = -1;
    auto& topic = request.topics.emplace_back();
    topic.topic = spec.topic;
    auto& partition = topic.partitions.emplace_back();
    partition.partition = PartitionId(spec.partition);
    partition.fetchOffset = Offset(spec.offset);
    partition.partitionMaxBytes = 1 << 20;
    return request;
}

std::vector<std::string> valuesIn(ByteView bytes) {
    std::vector<std::string> values;
    records::Codec codec;
    records::BatchWalker walker(bytes);
    while (const auto batch = walker.next()) {
        Bytes scratch;
        auto records = records::RecordIterator::open(*batch, codec, scratch);
        if (!records || !batch->checkCrc()) {
            throw std::runtime_error("a fetched batch cannot be read");
        }
        for (RecordView record; records->next(record);) {
            values.emplace_back(asText(record.value.value_or(ByteView{})));
        }
    }
    return values;
}

}  // namespace weir::testing
