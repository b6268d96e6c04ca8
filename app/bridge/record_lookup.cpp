// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/record_lookup.h"

#include <algorithm>

namespace weir::app {

namespace {

ClusterError goneError(const ui::RowAddress& address) {
    return {ClusterErrc::kNotFound, 1,
            "There is no record at offset " + std::to_string(address.offset.value) + " of " + address.partition.topic +
                '-' + std::to_string(address.partition.partition.value) + " any more."};
}

}  // namespace

ClusterResult<FoundRecord> findRecord(Cluster& cluster, const ui::RowAddress& address) {
    ReadRequest request;
    request.partition = address.partition;
    request.from = address.offset;
    request.maxRecords = 1;
    request.maxBytes = 1;
    request.includeControl = true;
    auto chunk = cluster.read(request);
    if (!chunk) {
        return fail(ClusterError(chunk.error()));
    }
    if ((*chunk)->records.empty() || (*chunk)->records.front().offset != address.offset) {
        return fail(goneError(address));
    }
    const RecordView record = (*chunk)->records.front();
    return FoundRecord{*std::move(chunk), record};
}

ClusterResult<std::optional<FoundRecord>> findPreviousOfKey(Cluster& cluster, const ui::RowAddress& address,
                                                            std::int64_t maxRecords) {
    constexpr std::int64_t kStep = 4096;
    const auto sample = findRecord(cluster, address);
    if (!sample) {
        return fail(ClusterError(sample.error()));
    }
    if (!sample->record.key) {
        return std::optional<FoundRecord>();
    }
    const ByteView key = *sample->record.key;
    const Offset logStart = sample->chunk->logStart;
    Offset until = address.offset;
    for (std::int64_t looked = 0; until > logStart && looked < maxRecords; looked += kStep) {
        const Offset from = std::max(logStart, until - kStep);
        std::optional<FoundRecord> newest;
        for (Offset at = from; at < until;) {
            ReadRequest request;
            request.partition = address.partition;
            request.from = at;
            request.until = until;
            request.maxRecords = kStep;
            request.maxBytes = 4 << 20;
            const auto chunk = cluster.read(request);
            if (!chunk) {
                return fail(ClusterError(chunk.error()));
            }
            for (const RecordView& record : (*chunk)->records) {
                if (record.key && record.offset < until &&
                    std::equal(record.key->begin(), record.key->end(), key.begin(), key.end())) {
                    newest = FoundRecord{*chunk, record};
                }
            }
            if ((*chunk)->next <= at) {
                break;
            }
            at = (*chunk)->next;
        }
        if (newest) {
            return newest;
        }
        until = from;
    }
    return std::optional<FoundRecord>();
}

namespace {

struct TimeRange {
    Timestamp first = kNoTimestamp;
    Timestamp last = kNoTimestamp;
};

// The time of one record; nothing where none can be read.
std::optional<Timestamp> timeAt(Cluster& cluster, const TopicPartition& partition, Offset offset) {
    ReadRequest request;
    request.partition = partition;
    request.from = offset;
    request.maxRecords = 1;
    request.maxBytes = 1;
    const auto chunk = cluster.read(request);
    if (!chunk || (*chunk)->records.empty()) {
        return std::nullopt;
    }
    return (*chunk)->records.front().timestamp;
}

TimeRange rangeOf(Cluster& cluster, const TopicSnapshot& topic) {
    TimeRange range;
    for (const PartitionSnapshot& partition : topic.partitions) {
        const TopicPartition where{topic.name, partition.partition};
        if (partition.logStart >= partition.highWatermark) {
            continue;
        }
        const auto first = timeAt(cluster, where, partition.logStart);
        const auto newest = cluster.offsetFor(where, {OffsetSpecKind::kMaxTimestamp, kNoTimestamp});
        const auto last = newest && *newest != kNoOffset ? timeAt(cluster, where, *newest) : std::nullopt;
        if (first && *first >= Timestamp(0)) {
            range.first = range.first == kNoTimestamp ? *first : std::min(range.first, *first);
        }
        if (last) {
            range.last = std::max(range.last, *last);
        }
    }
    return range;
}

}  // namespace

ClusterResult<std::vector<ui::TimelineBucket>> timelineOf(Cluster& cluster, const std::string& name, int buckets) {
    const auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const topic = (*snapshot)->findTopic(name);
    if (topic == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + name + " does not exist."});
    }
    std::vector<ui::TimelineBucket> timeline;
    const TimeRange range = rangeOf(cluster, *topic);
    if (range.first == kNoTimestamp || range.last < range.first || buckets < 1) {
        return timeline;
    }
    const std::int64_t span = range.last - range.first + 1;
    const auto count = std::min<std::int64_t>(buckets, span);
    const auto border = [&](std::int64_t i) { return range.first + span * i / count; };
    for (std::int64_t i = 0; i < count; ++i) {
        timeline.push_back({border(i), border(i + 1), 0});
    }
    for (const PartitionSnapshot& partition : topic->partitions) {
        Offset before = partition.logStart;
        for (std::int64_t i = 1; i <= count; ++i) {
            Offset at = partition.highWatermark;
            if (i < count && before < partition.highWatermark) {
                const auto found =
                    cluster.offsetFor({name, partition.partition}, {OffsetSpecKind::kAtTimestamp, border(i)});
                if (!found) {
                    return fail(ClusterError(found.error()));
                }
                at = *found == kNoOffset ? partition.highWatermark
                                         : std::clamp(*found, before, std::max(before, partition.highWatermark));
            }
            timeline[static_cast<std::size_t>(i - 1)].records += at - before;
            before = at;
        }
    }
    return timeline;
}

}  // namespace weir::app
