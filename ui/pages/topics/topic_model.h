// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <unordered_map>

#include "ui/backend/live_feed.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

/// Columns of the list, in order.
enum TopicColumn {
    kTopicName,
    kTopicPartitions,
    kTopicInSync,
    kTopicRecords,
    kTopicSize,
    kTopicRate,
    kTopicSpark,
    kTopicLast,
    kTopicCleanup,
    kTopicRetention,
    kTopicGroups,
    kTopicLag
};

/// How many groups read a topic, and how far the slowest is behind; -1 when none has committed.
struct TopicReaders {
    int groups = 0;
    std::int64_t lag = -1;
    bool operator==(const TopicReaders&) const = default;
};
using TopicReadersByName = std::unordered_map<std::string, TopicReaders>;
TopicReadersByName readersOf(const Snapshot& snapshot);

struct TopicRow {
    std::string name;
    int partitions = 0;
    int inSync = 0;
    int replicas = 0;
    std::int64_t records = 0;
    bool countIsExact = true;
    std::int64_t bytes = 0;
    double rate = 0;
    Timestamp last = kNoTimestamp;
    std::string cleanup;
    std::int64_t retentionMs = -1;
    std::int64_t retentionBytes = -1;
    TopicReaders readers;
    QString offline;
    bool isInternal = false;

    [[nodiscard]] const std::string& key() const { return name; }
    bool operator==(const TopicRow&) const = default;
};

/// Rows by name. Internal topics are left out unless asked for.
enum class InternalTopics { kHide, kShow };
std::vector<TopicRow> topicRows(const LiveFeed& live, const TopicReadersByName& readers, InternalTopics internal);
/// `live` outlives the model: sparklines are read from it while painting, so that a row costs nothing until it is seen.
std::vector<KeyedColumn<TopicRow>> topicColumns(const LiveFeed& live);
/// "7 d", "7 d · 1 GB", "forever".
QString wordedRetention(std::int64_t retentionMs, std::int64_t retentionBytes);

}  // namespace weir::ui
