// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cluster/schema_decoder.h"
#include "app/plot/plot_series.h"
#include "app/search/row_index.h"
#include "app/serdes/json_path.h"

namespace weir::app {

struct PlotSpec {
    std::string topic;
    bool isCandles = false;
    /// JSON paths; empty value: the record's value as a number; empty key: the record's key.
    std::string valueField;
    std::string volumeField;
    std::string keyField;
    std::vector<std::string> keys;
    std::int64_t candleMs = 1000;
    std::int64_t historyMs = 5 * 60 * 1000;
};

/// Follows a topic for a plot: the first poll() reads the recent past (at most a million records of it), the next ones
/// what arrived since, at most `kMaxPerPoll` at a time so that none takes long. One thread.
class PlotReader {
public:
    static constexpr std::int64_t kMaxHistoryRecords = 1'000'000;
    static constexpr std::int64_t kMaxPerPoll = 100'000;

    static Result<PlotReader, std::string> make(Cluster& cluster, const PlotSpec& spec);

    struct Update {
        std::vector<SeriesUpdate> series;
        std::vector<std::string> keys;
        /// Records read that held no number at the field.
        std::int64_t withoutNumber = 0;
        /// More waits already: poll again soon.
        bool isBehind = false;
    };
    ClusterResult<Update> poll(Timestamp now);

private:
    PlotReader(Cluster& cluster, const PlotSpec& spec);
    ClusterResult<void> start(const TopicSnapshot& topic, Timestamp now);
    void add(const RecordView& record);

    Cluster* m_cluster;
    SchemaDecoder m_schemas;
    PlotSpec m_spec;
    json::PathSet m_paths;
    int m_valueSlot = -1;
    int m_volumeSlot = -1;
    int m_keySlot = -1;
    std::vector<json::Field> m_fields;
    PlotSeries m_series;
    std::vector<PartitionSpan> m_positions;
    bool m_isStarted = false;
    std::int64_t m_withoutNumber = 0;
};

/// JSON paths that hold numbers in the newest records of a topic.
ClusterResult<std::vector<std::string>> numericFields(Cluster& cluster, const std::string& topic);
/// Every JSON path in the newest records of a topic, in order of first appearance.
ClusterResult<std::vector<std::string>> seenFields(Cluster& cluster, const std::string& topic);

}  // namespace weir::app
