// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/memory_cluster.h"

#include <algorithm>
#include <array>

#include "broker/model/partitioner.h"
#include "broker/model/topic_name.h"

namespace weir::test {

namespace {

ClusterError unknown(const std::string& what) {
    return {ClusterErrc::kNotFound, 3, what + " does not exist."};
}

void putVarint(Bytes& out, std::int64_t value) {
    auto zigzag = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    while (zigzag >= 0x80) {
        out.push_back(static_cast<std::byte>((zigzag & 0x7f) | 0x80));
        zigzag >>= 7;
    }
    out.push_back(static_cast<std::byte>(zigzag));
}

void put(Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

struct Place {
    std::size_t at = 0;
    std::size_t size = 0;
    bool isNull = false;
};

Place putOptional(Bytes& out, const std::optional<Bytes>& bytes) {
    const Place place{out.size(), bytes ? bytes->size() : 0, !bytes};
    if (bytes) {
        put(out, *bytes);
    }
    return place;
}

Place putHeaders(Bytes& out, const std::vector<Header>& headers) {
    const std::size_t from = out.size();
    for (const Header& header : headers) {
        putVarint(out, static_cast<std::int64_t>(header.key.size()));
        put(out, asBytes(header.key));
        putVarint(out, header.value ? static_cast<std::int64_t>(header.value->size()) : -1);
        if (header.value) {
            put(out, *header.value);
        }
    }
    return {from, out.size() - from, false};
}

}  // namespace

Offset MemoryCluster::append(Partition& partition, Stored record) {
    record.offset = partition.next;
    ++partition.next;
    partition.bytes += static_cast<std::int64_t>((record.value ? record.value->size() : 0) +
                                                 (record.key ? record.key->size() : 0) + 10);
    partition.records.push_back(std::move(record));
    return partition.records.back().offset;
}

Offset MemoryCluster::add(const std::string& topic, int partition, std::int64_t timestamp,
                          std::optional<std::string> key, std::optional<std::string> value,
                          std::vector<Header> headers) {
    const std::lock_guard lock(m_mutex);
    Topic& partitions = m_topics[topic];
    if (partitions.size() <= static_cast<std::size_t>(partition)) {
        partitions.resize(static_cast<std::size_t>(partition) + 1);
    }
    Stored record;
    record.timestamp = Timestamp(timestamp);
    if (key) {
        record.key = toBytes(*key);
    }
    if (value) {
        record.value = toBytes(*value);
    }
    record.headers = std::move(headers);
    return append(partitions[static_cast<std::size_t>(partition)], std::move(record));
}

void MemoryCluster::compactAway(const std::string& topic, int partition, std::int64_t offset) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_topics.at(topic).at(static_cast<std::size_t>(partition)).records,
                  [offset](const Stored& record) { return record.offset.value == offset; });
}

void MemoryCluster::setGroup(GroupSnapshot group) {
    const std::lock_guard lock(m_mutex);
    m_groups[group.id] = std::move(group);
}

void MemoryCluster::failWith(std::optional<ClusterError> error) {
    const std::lock_guard lock(m_mutex);
    m_failure = std::move(error);
}

std::vector<MemoryCluster::Stored> MemoryCluster::all(const std::string& topic, int partition) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_topics.find(topic);
    if (found == m_topics.end() || found->second.size() <= static_cast<std::size_t>(partition)) {
        return {};
    }
    return found->second[static_cast<std::size_t>(partition)].records;
}

MemoryCluster::Partition* MemoryCluster::find(const TopicPartition& partition) {
    const auto topic = m_topics.find(partition.topic);
    const auto index = static_cast<std::size_t>(partition.partition.value);
    return topic == m_topics.end() || index >= topic->second.size() ? nullptr : &topic->second[index];
}

ClusterResult<SnapshotPtr> MemoryCluster::snapshot() {
    const std::lock_guard lock(m_mutex);
    if (m_failure) {
        return fail(ClusterError(*m_failure));
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->takenAt = Timestamp(m_now);
    snapshot->steadyMs = m_steady += 250;
    for (const auto& [name, partitions] : m_topics) {
        auto topic = std::make_shared<TopicSnapshot>();
        topic->name = name;
        topic->cleanupPolicy = "delete";
        for (std::size_t i = 0; i < partitions.size(); ++i) {
            const Partition& from = partitions[i];
            PartitionSnapshot to;
            to.partition = PartitionId(static_cast<std::int32_t>(i));
            to.logStart = from.logStart;
            to.highWatermark = from.next;
            to.lastStable = from.next;
            to.sizeBytes = from.bytes;
            to.recordsIn = from.next.value;
            to.bytesIn = from.bytes;
            topic->partitions.push_back(std::move(to));
            snapshot->totals.recordsIn += from.next.value;
            snapshot->totals.bytesIn += from.bytes;
        }
        snapshot->topics.push_back(std::move(topic));
    }
    for (const auto& [id, group] : m_groups) {
        snapshot->groups.push_back(std::make_shared<GroupSnapshot>(group));
    }
    return SnapshotPtr(std::move(snapshot));
}

ClusterResult<void> MemoryCluster::createTopic(const NewTopic& topic) {
    const std::lock_guard lock(m_mutex);
    if (m_failure) {
        return fail(ClusterError(*m_failure));
    }
    if (auto why = whyNotATopicName(topic.name)) {
        return fail(ClusterError{ClusterErrc::kInvalid, 17, *why});
    }
    if (m_topics.contains(topic.name)) {
        return fail(ClusterError{ClusterErrc::kAlreadyExists, 36, "Topic " + topic.name + " exists already."});
    }
    m_topics[topic.name].resize(static_cast<std::size_t>(topic.partitions < 1 ? 1 : topic.partitions));
    return {};
}

ClusterResult<void> MemoryCluster::deleteTopic(const std::string& name) {
    const std::lock_guard lock(m_mutex);
    if (!m_topics.contains(name)) {
        return fail(unknown("Topic " + name));
    }
    m_deleted[name] = std::move(m_topics[name]);
    m_topics.erase(name);
    return {};
}

ClusterResult<void> MemoryCluster::undeleteTopic(const std::string& name) {
    const std::lock_guard lock(m_mutex);
    if (!m_deleted.contains(name)) {
        return fail(unknown("A deleted topic " + name));
    }
    m_topics[name] = std::move(m_deleted[name]);
    m_deleted.erase(name);
    return {};
}

ClusterResult<void> MemoryCluster::addPartitions(const std::string& topic, std::int32_t total) {
    const std::lock_guard lock(m_mutex);
    m_topics[topic].resize(static_cast<std::size_t>(total));
    return {};
}

ClusterResult<std::vector<ConfigEntry>> MemoryCluster::describeTopicConfig(const std::string&) {
    return describeBrokerConfig();
}

ClusterResult<std::vector<ConfigEntry>> MemoryCluster::describeBrokerConfig() {
    ConfigEntry entry;
    entry.name = "retention.ms";
    entry.value = "604800000";
    return std::vector<ConfigEntry>{entry};
}

ClusterResult<void> MemoryCluster::alterTopicConfig(const std::string&, const std::vector<ConfigChange>&, bool) {
    return {};
}

ClusterResult<void> MemoryCluster::alterBrokerConfig(const std::vector<ConfigChange>&, bool) {
    return {};
}

ClusterResult<Offset> MemoryCluster::deleteRecordsBefore(const TopicPartition& partition, Offset before) {
    const std::lock_guard lock(m_mutex);
    Partition* const found = find(partition);
    if (found == nullptr) {
        return fail(unknown("The partition"));
    }
    found->logStart = before == kNoOffset ? found->next : before;
    std::erase_if(found->records, [found](const Stored& record) { return record.offset < found->logStart; });
    return found->logStart;
}

ClusterResult<std::vector<PublishedRecord>> MemoryCluster::produce(const std::string& topic,
                                                                   const std::vector<OutgoingRecord>& records,
                                                                   const ProduceOptions&) {
    const std::lock_guard lock(m_mutex);
    if (m_failure) {
        return fail(ClusterError(*m_failure));
    }
    const auto found = m_topics.find(topic);
    if (found == m_topics.end()) {
        return fail(unknown("Topic " + topic));
    }
    std::vector<PublishedRecord> published;
    const auto count = static_cast<std::int32_t>(found->second.size());
    for (const OutgoingRecord& record : records) {
        const PartitionId partition = record.partition ? *record.partition
                                      : record.key     ? partitionForKey(*record.key, count)
                                                       : PartitionId(m_turn++ % count);
        const Timestamp at = record.timestamp == kNoTimestamp ? Timestamp(m_now) : record.timestamp;
        const Offset offset = append(found->second.at(static_cast<std::size_t>(partition.value)),
                                     {kNoOffset, at, record.key, record.value, record.headers});
        published.push_back({partition, offset, at});
    }
    return published;
}

ClusterResult<std::shared_ptr<const RecordChunk>> MemoryCluster::read(const ReadRequest& request) {
    ++m_reads;
    const std::lock_guard lock(m_mutex);
    if (m_failure) {
        return fail(ClusterError(*m_failure));
    }
    const Partition* const from = find(request.partition);
    if (from == nullptr) {
        return fail(unknown("The partition"));
    }
    if (request.from < from->logStart || request.from > from->next) {
        return fail(ClusterError{ClusterErrc::kInvalid, 1, "The offset is out of range."});
    }
    auto chunk = std::make_shared<RecordChunk>();
    chunk->partition = request.partition;
    chunk->logStart = from->logStart;
    chunk->highWatermark = from->next;
    chunk->lastStable = from->next;
    const Offset until = request.until == kNoOffset ? from->next : std::min(request.until, from->next);
    auto memory = std::make_shared<Bytes>();
    std::vector<std::array<Place, 3>> places;
    auto at = std::lower_bound(from->records.begin(), from->records.end(), request.from,
                               [](const Stored& record, Offset offset) { return record.offset < offset; });
    chunk->next = until;
    for (; at != from->records.end() && at->offset < until; ++at) {
        if (static_cast<std::int32_t>(places.size()) == request.maxRecords ||
            (!places.empty() && static_cast<std::int64_t>(memory->size()) >= request.maxBytes)) {
            chunk->next = at->offset;
            break;
        }
        RecordView view;
        view.offset = at->offset;
        view.timestamp = at->timestamp;
        view.headerCount = static_cast<std::int32_t>(at->headers.size());
        const std::size_t before = memory->size();
        places.push_back(
            {putOptional(*memory, at->key), putOptional(*memory, at->value), putHeaders(*memory, at->headers)});
        view.sizeBytes = static_cast<std::int32_t>(memory->size() - before);
        chunk->records.push_back(view);
    }
    const ByteView bytes(*memory);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto viewOf = [bytes](const Place& place) { return bytes.subspan(place.at, place.size); };
        RecordView& view = chunk->records[i];
        if (!places[i][0].isNull) {
            view.key = viewOf(places[i][0]);
        }
        if (!places[i][1].isNull) {
            view.value = viewOf(places[i][1]);
        }
        view.rawHeaders = viewOf(places[i][2]);
    }
    BatchInfo batch;
    batch.baseOffset = request.from;
    batch.lastOffset = chunk->next - 1;
    batch.recordCount = static_cast<std::int32_t>(places.size());
    batch.sizeBytes = static_cast<std::int32_t>(memory->size());
    chunk->batches.push_back(batch);
    chunk->bytesScanned = static_cast<std::int64_t>(memory->size());
    chunk->memory.push_back(std::move(memory));
    return std::shared_ptr<const RecordChunk>(std::move(chunk));
}

ClusterResult<Offset> MemoryCluster::offsetFor(const TopicPartition& partition, const OffsetSpec& spec) {
    ++m_lookups;
    const std::lock_guard lock(m_mutex);
    if (m_failure) {
        return fail(ClusterError(*m_failure));
    }
    const Partition* const from = find(partition);
    if (from == nullptr) {
        return fail(unknown("The partition"));
    }
    switch (spec.kind) {
        case OffsetSpecKind::kEarliest:
            return from->logStart;
        case OffsetSpecKind::kLatest:
            return from->next;
        case OffsetSpecKind::kAtTimestamp: {
            const auto at = std::find_if(from->records.begin(), from->records.end(),
                                         [&spec](const Stored& record) { return record.timestamp >= spec.at; });
            return at == from->records.end() ? kNoOffset : at->offset;
        }
        case OffsetSpecKind::kMaxTimestamp:
            break;
    }
    const auto newest = std::max_element(from->records.begin(), from->records.end(),
                                         [](const Stored& a, const Stored& b) { return a.timestamp < b.timestamp; });
    return newest == from->records.end() ? kNoOffset : newest->offset;
}

ClusterResult<std::vector<SegmentInfo>> MemoryCluster::segments(const TopicPartition& partition) {
    const std::lock_guard lock(m_mutex);
    const Partition* const from = find(partition);
    if (from == nullptr) {
        return fail(unknown("The partition"));
    }
    return std::vector<SegmentInfo>{{from->logStart, from->next, from->bytes, kNoTimestamp, true}};
}

ClusterResult<void> MemoryCluster::alterGroupOffsets(const std::string& group,
                                                     const std::vector<OffsetChange>& changes) {
    const std::lock_guard lock(m_mutex);
    GroupSnapshot& found = m_groups[group];
    found.id = group;
    if (!found.members.empty()) {
        return fail(ClusterError{ClusterErrc::kRefused, 68, "Group " + group + " has members."});
    }
    for (const OffsetChange& change : changes) {
        std::erase_if(found.offsets, [&change](const CommittedOffset& c) { return c.partition == change.partition; });
        if (change.offset) {
            found.offsets.push_back({change.partition, *change.offset, kNoLeaderEpoch, {}, Timestamp(m_now)});
        }
    }
    return {};
}

ClusterResult<void> MemoryCluster::deleteGroup(const std::string& group) {
    const std::lock_guard lock(m_mutex);
    if (m_groups.erase(group) == 0) {
        return fail(unknown("Group " + group));
    }
    return {};
}

ClusterResult<void> MemoryCluster::removeMember(const std::string& group, const std::string& memberId) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_groups[group].members, [&memberId](const auto& member) { return member.memberId == memberId; });
    return {};
}

ClusterResult<void> MemoryCluster::disconnect(std::uint64_t) {
    return {};
}

}  // namespace weir::test
