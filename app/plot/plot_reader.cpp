// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plot/plot_reader.h"

#include <algorithm>

#include "app/search/ordered_reader.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

PlotSeries::Options seriesOptions(const PlotSpec& spec) {
    PlotSeries::Options options;
    options.isCandles = spec.isCandles;
    // Some 1,500 buckets a picture: two points each are more than its pixels.
    options.bucketMs = spec.isCandles ? spec.candleMs : std::max<std::int64_t>(1, spec.historyMs / 1500);
    options.keys = spec.keys;
    return options;
}

ClusterError noTopic(const std::string& topic) {
    return {ClusterErrc::kNotFound, 3, "Topic " + topic + " does not exist."};
}

}  // namespace

PlotReader::PlotReader(Cluster& cluster, const PlotSpec& spec)
    : m_cluster(&cluster), m_schemas(cluster), m_spec(spec), m_series(seriesOptions(spec)) {}

Result<PlotReader, std::string> PlotReader::make(Cluster& cluster, const PlotSpec& spec) {
    PlotReader reader(cluster, spec);
    for (const auto& [field, slot] :
         {std::pair(&spec.valueField, &reader.m_valueSlot), std::pair(&spec.volumeField, &reader.m_volumeSlot),
          std::pair(&spec.keyField, &reader.m_keySlot)}) {
        if (field->empty()) {
            continue;
        }
        auto path = json::parsePath(*field);
        if (!path) {
            return fail("\u201c" + *field + "\u201d is no field: " + path.error());
        }
        *slot = reader.m_paths.add(*path);
    }
    reader.m_fields.resize(reader.m_paths.size());
    return reader;
}

ClusterResult<void> PlotReader::start(const TopicSnapshot& topic, Timestamp now) {
    const auto share =
        kMaxHistoryRecords / std::max<std::int64_t>(1, static_cast<std::int64_t>(topic.partitions.size()));
    for (const PartitionSnapshot& partition : topic.partitions) {
        const auto found = m_cluster->offsetFor({topic.name, partition.partition},
                                                {OffsetSpecKind::kAtTimestamp, now - m_spec.historyMs});
        if (!found) {
            return fail(ClusterError(found.error()));
        }
        const Offset from = *found == kNoOffset ? partition.highWatermark : *found;
        m_positions.push_back(
            {partition.partition, std::max(from, partition.highWatermark - share), partition.highWatermark});
    }
    m_isStarted = true;
    return {};
}

void PlotReader::add(const RecordView& record) {
    if (!record.value) {
        return;
    }
    // The fields point into it.
    const auto decoded = m_schemas.json(m_spec.topic, RecordPart::kValue, record.value);
    const ByteView value = decoded ? asBytes(*decoded) : *record.value;
    if (!m_paths.empty()) {
        m_paths.extract(value, m_fields);
    }
    std::string scratch;
    const auto textOf = [this, &scratch](int slot) { return m_fields[static_cast<std::size_t>(slot)].text(scratch); };
    const auto number = json::parseNumber(m_valueSlot < 0 ? asText(value) : textOf(m_valueSlot));
    if (!number) {
        ++m_withoutNumber;
        return;
    }
    const auto volume = m_volumeSlot < 0 ? std::nullopt : json::parseNumber(textOf(m_volumeSlot));
    const std::string key = m_keySlot >= 0 ? std::string(textOf(m_keySlot))
                            : record.key   ? preview(*record.key, 80)
                                           : std::string();
    m_series.add(key, record.timestamp, number->real, volume ? volume->real : 0);
}

ClusterResult<PlotReader::Update> PlotReader::poll(Timestamp now) {
    const auto snapshot = m_cluster->snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const topic = (*snapshot)->findTopic(m_spec.topic);
    if (topic == nullptr) {
        return fail(noTopic(m_spec.topic));
    }
    const bool isFirst = !m_isStarted;
    if (isFirst) {
        if (auto started = start(*topic, now); !started) {
            return fail(ClusterError(started.error()));
        }
    }
    Update update;
    std::vector<PartitionSpan> spans;
    const auto share = kMaxPerPoll / std::max<std::int64_t>(1, static_cast<std::int64_t>(topic->partitions.size()));
    for (const PartitionSnapshot& partition : topic->partitions) {
        auto position = std::find_if(m_positions.begin(), m_positions.end(), [&partition](const PartitionSpan& span) {
            return span.partition == partition.partition;
        });
        if (position == m_positions.end()) {
            // Added since: all of it is new.
            m_positions.push_back({partition.partition, partition.logStart, partition.logStart});
            position = std::prev(m_positions.end());
        }
        position->end = partition.highWatermark;
        if (!isFirst && position->end - position->start > share) {
            position->end = position->start + share;
            update.isBehind = true;
        }
        spans.push_back(*position);
        position->start = position->end;
    }
    OrderedReader reader(*m_cluster, m_spec.topic, spans, Isolation::kReadUncommitted);
    for (;;) {
        const auto item = reader.next();
        if (!item) {
            return fail(ClusterError(item.error()));
        }
        if (!*item) {
            break;
        }
        add((*item)->record);
    }
    update.series = m_series.take();
    update.keys = m_series.keys();
    update.withoutNumber = m_withoutNumber;
    return update;
}

namespace {

ClusterResult<std::vector<json::SeenField>> newestFields(Cluster& cluster, const std::string& topicName) {
    constexpr std::int64_t kRecordsPerPartition = 40;
    constexpr std::size_t kMaxFields = 200;
    const auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const topic = (*snapshot)->findTopic(topicName);
    if (topic == nullptr) {
        return fail(noTopic(topicName));
    }
    SchemaDecoder schemas(cluster);
    std::vector<json::SeenField> all;
    for (std::size_t p = 0; p < topic->partitions.size() && p < 16; ++p) {
        const PartitionSnapshot& partition = topic->partitions[p];
        const Offset from = std::max(partition.logStart, partition.highWatermark - kRecordsPerPartition);
        ReadRequest request;
        request.partition = {topicName, partition.partition};
        request.from = from;
        if (from >= partition.highWatermark) {
            continue;
        }
        const auto chunk = cluster.read(request);
        if (!chunk) {
            continue;
        }
        for (const RecordView& record : (*chunk)->records) {
            const auto decoded = schemas.json(topicName, RecordPart::kValue, record.value);
            const ByteView value = decoded ? asBytes(*decoded) : record.value.value_or(ByteView());
            for (auto& seen : json::listFields(value, kMaxFields)) {
                const auto known = std::find_if(
                    all.begin(), all.end(), [&seen](const json::SeenField& field) { return field.path == seen.path; });
                if (known == all.end() && all.size() < kMaxFields) {
                    all.push_back(std::move(seen));
                } else if (known != all.end() && seen.kind == json::Kind::kNumber) {
                    known->kind = json::Kind::kNumber;
                }
            }
        }
    }
    return all;
}

}  // namespace

ClusterResult<std::vector<std::string>> numericFields(Cluster& cluster, const std::string& topic) {
    const auto fields = newestFields(cluster, topic);
    if (!fields) {
        return fail(ClusterError(fields.error()));
    }
    std::vector<std::string> names;
    for (const json::SeenField& field : *fields) {
        if (field.kind == json::Kind::kNumber) {
            names.push_back(field.path);
        }
    }
    return names;
}

ClusterResult<std::vector<std::string>> seenFields(Cluster& cluster, const std::string& topic) {
    const auto fields = newestFields(cluster, topic);
    if (!fields) {
        return fail(ClusterError(fields.error()));
    }
    std::vector<std::string> names;
    for (const json::SeenField& field : *fields) {
        names.push_back(field.path);
    }
    return names;
}

}  // namespace weir::app
