// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/publisher.h"

#include <future>
#include <map>
#include <utility>

#include "broker/api/cluster_errors.h"
#include "broker/model/partitioner.h"
#include "broker/records/batch_builder.h"

namespace weir::api {

namespace {

/// Room that a batch leaves below max.message.bytes for its header and what compression may add to bytes it cannot
/// compress.
constexpr std::size_t kBatchSlack = 1024;

std::size_t sizeOf(const OutgoingRecord& record) {
    constexpr std::size_t kFixed = 64;
    std::size_t size = kFixed + (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
    for (const Header& header : record.headers) {
        size += 2 * sizeof(std::int64_t) + header.key.size() + (header.value ? header.value->size() : 0);
    }
    return size;
}

/// Batches of one partition, filled and appended one after another.
class PartitionPublishing {
public:
    PartitionPublishing(server::Services& services, const topics::Topic& topic, PartitionId id,
                        const ProduceOptions& options, std::vector<PublishedRecord>& results)
        : m_services(services),
          m_topic(topic),
          m_partition(topic.partition(id)),
          m_id(id),
          m_options(options),
          m_results(results) {}

    ClusterResult<void> add(const OutgoingRecord& record, std::size_t index) {
        if (!m_partition) {
            return fail(absentError(&m_topic, {m_topic.name, m_id}));
        }
        const auto limit = static_cast<std::size_t>(m_topic.config->maxMessageBytes);
        if (m_builder.recordCount() > 0 && m_builder.plainSize() + sizeOf(record) + kBatchSlack > limit) {
            if (auto done = appendBatch(); !done) {
                return done;
            }
        }
        if (m_indexes.empty()) {
            m_builder.start({.compression = m_options.compression});
        }
        m_headers.clear();
        for (const Header& header : record.headers) {
            m_headers.push_back({header.key, header.value ? std::optional<ByteView>(*header.value) : std::nullopt});
        }
        records::RecordInput input;
        input.timestamp = record.timestamp == kNoTimestamp ? Timestamp(m_services.clock.wallNowMs()) : record.timestamp;
        input.key = record.key ? std::optional<ByteView>(*record.key) : std::nullopt;
        input.value = record.value ? std::optional<ByteView>(*record.value) : std::nullopt;
        input.headers = m_headers;
        if (!m_builder.append(input)) {
            return fail(clusterError(protocol::ErrorCode::kMessageTooLarge, "The record is too large for any batch."));
        }
        m_indexes.push_back(index);
        m_times.push_back(input.timestamp);
        return {};
    }

    ClusterResult<void> appendBatch() {
        if (m_indexes.empty()) {
            return {};
        }
        m_batch = toBytes(m_builder.finish(m_codec));
        const auto outcome = m_services.produce.append(m_topic, *m_partition, m_batch, {});
        if (outcome.error != protocol::ErrorCode::kNone) {
            return fail(clusterError(outcome.error, outcome.message));
        }
        for (std::size_t i = 0; i < m_indexes.size(); ++i) {
            const Timestamp stamped = outcome.appended.logAppendTime;
            m_results[m_indexes[i]] = {m_id, outcome.appended.baseOffset + static_cast<std::int64_t>(i),
                                       stamped == kNoTimestamp ? m_times[i] : stamped};
        }
        m_isCommitted = outcome.appended.committed;
        m_last = outcome.appended.lastOffset;
        m_indexes.clear();
        m_times.clear();
        return {};
    }

    /// Blocks until the last batch may be acknowledged.
    ClusterResult<void> waitForCommit() {
        if (m_isCommitted || m_options.acks == Acks::kNone) {
            return {};
        }
        std::promise<bool> committed;
        m_partition->whenCommitted(m_last, [&committed](bool ok) { committed.set_value(ok); });
        if (!committed.get_future().get()) {
            return fail(clusterError(protocol::ErrorCode::kKafkaStorageError, {}));
        }
        return {};
    }

private:
    server::Services& m_services;
    const topics::Topic& m_topic;
    std::shared_ptr<topics::Partition> m_partition;
    PartitionId m_id;
    const ProduceOptions& m_options;
    std::vector<PublishedRecord>& m_results;
    records::BatchBuilder m_builder;
    records::Codec m_codec;
    Bytes m_batch;
    std::vector<records::HeaderView> m_headers;
    std::vector<std::size_t> m_indexes;
    std::vector<Timestamp> m_times;
    bool m_isCommitted = true;
    Offset m_last = kNoOffset;
};

}  // namespace

ClusterResult<std::vector<PublishedRecord>> Publisher::publish(const std::string& name,
                                                               const std::vector<OutgoingRecord>& records,
                                                               const ProduceOptions& options) {
    const auto topic = m_services.topics.snapshot()->byName(name);
    if (!topic || topic->partitions.empty()) {
        return fail(absentError(nullptr, {name, PartitionId(0)}));
    }
    std::vector<PublishedRecord> results(records.size());
    std::map<PartitionId, PartitionPublishing> partitions;
    const auto count = static_cast<std::int32_t>(topic->partitions.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        PartitionId id{0};
        if (records[i].partition) {
            id = *records[i].partition;
        } else if (records[i].key) {
            id = partitionForKey(*records[i].key, count);
        } else {
            const std::uint32_t turn = m_turn.fetch_add(1, std::memory_order_relaxed);
            id = PartitionId(static_cast<std::int32_t>(turn % static_cast<std::uint32_t>(count)));
        }
        auto& publishing = partitions.try_emplace(id, m_services, *topic, id, options, results).first->second;
        if (auto added = publishing.add(records[i], i); !added) {
            return fail(std::move(added).error());
        }
    }
    for (auto& [id, publishing] : partitions) {
        if (auto done = publishing.appendBatch(); !done) {
            return fail(std::move(done).error());
        }
    }
    for (auto& [id, publishing] : partitions) {
        if (auto done = publishing.waitForCommit(); !done) {
            return fail(std::move(done).error());
        }
    }
    return results;
}

}  // namespace weir::api
