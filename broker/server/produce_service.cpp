// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/produce_service.h"

#include <utility>

#include "broker/records/batch_builder.h"
#include "broker/records/batch_validator.h"
#include "broker/server/error_map.h"

namespace weir::server {

namespace {

/// A scratch that one large batch blew up is not kept for the small ones.
constexpr std::size_t kScratchKept = std::size_t{8} << 20;

records::ValidationRules rulesOf(const config::TopicConfig& config, const ProduceRules& rules, Timestamp now) {
    records::ValidationRules made;
    made.timestampType = config.timestampType;
    made.now = now;
    made.timestampBeforeMaxMs = config.timestampBeforeMaxMs;
    made.timestampAfterMaxMs = config.timestampAfterMaxMs;
    made.maxBatchBytes = static_cast<std::size_t>(config.maxMessageBytes);
    made.maxSegmentBytes = static_cast<std::size_t>(config.segmentBytes);
    made.keyRequired = config.cleanupCompact;
    made.zstdAllowed = rules.zstdAllowed;
    return made;
}

records::CompressionLevel levelOf(const config::TopicConfig& config) {
    switch (*config.compression) {
        case Compression::kGzip:
            return config.gzipLevel;
        case Compression::kLz4:
            return config.lz4Level;
        case Compression::kZstd:
            return config.zstdLevel;
        default:
            return std::nullopt;
    }
}

}  // namespace

class ProduceService::Borrowed {
public:
    explicit Borrowed(ProduceService& service) : m_service(service), m_bench(service.borrow()) {}
    ~Borrowed() { m_service.giveBack(std::move(m_bench)); }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    Workbench* operator->() { return m_bench.get(); }

private:
    ProduceService& m_service;
    std::unique_ptr<Workbench> m_bench;
};

std::unique_ptr<ProduceService::Workbench> ProduceService::borrow() {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            auto bench = std::move(m_idle.back());
            m_idle.pop_back();
            return bench;
        }
        // Giving it back must not need memory.
        m_idle.reserve(m_made + 1);
        ++m_made;
    }
    return std::make_unique<Workbench>();
}

void ProduceService::giveBack(std::unique_ptr<Workbench> bench) {
    if (bench->scratch.capacity() > kScratchKept) {
        bench->scratch = Bytes{};
    }
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(bench));
}

ProduceOutcome ProduceService::append(const topics::Topic& topic, topics::Partition& partition, MutableByteView batch,
                                      const ProduceRules& rules) {
    ProduceOutcome outcome;
    const Timestamp now(m_clock.wallNowMs());
    const config::TopicConfig& config = *topic.config;
    Borrowed bench(*this);
    const records::ValidationRules checks = rulesOf(config, rules, now);
    auto valid = records::validateBatch(batch, checks, bench->codec, bench->scratch);
    Bytes recompressed;
    if (valid && config.compression && valid->view().compression() != config.compression) {
        recompressed = records::recompress(valid->view(), valid->plainRecords(), *config.compression, levelOf(config),
                                           bench->codec);
        batch = recompressed;
        // Its size has changed, and the limits are for what is stored (Kafka judges twice as well).
        valid = records::validateBatch(batch, checks, bench->codec, bench->scratch);
    }
    if (!valid) {
        outcome.error = toKafka(valid.error().code);
        outcome.message = valid.error().message;
        outcome.badRecords = valid.error().records;
        return outcome;
    }
    auto appended = partition.append(batch, *valid, topics::AppendOrigin::kClient, now, rules.gate);
    if (!appended) {
        outcome.error = toKafka(appended.error().code);
        outcome.message = appended.error().message;
        return outcome;
    }
    outcome.appended = *appended;
    return outcome;
}

}  // namespace weir::server
