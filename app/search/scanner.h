// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/jobs/job_control.h"
#include "app/search/matcher.h"
#include "app/search/row_index.h"

namespace weir::app {

/// Where a matching record stands; the record itself is read again when it is shown.
struct Match {
    Offset offset;
    Timestamp timestamp;
    PartitionId partition;
    /// Of the key's bytes; 0 for a null key. Filled when ScanOptions::hashKeys.
    std::uint64_t keyHash = 0;
};

/// What a progress strip shows while a scan runs. Written by scan threads, read by anybody.
struct ScanStats {
    /// Rows: offsets that hold no record count too, as they do in the rows of the index.
    std::atomic<std::int64_t> records{0};
    std::atomic<std::int64_t> bytes{0};
    std::atomic<std::int64_t> matched{0};
    std::atomic<std::int64_t> errors{0};
    /// Rows that retention took before they were read.
    std::atomic<std::int64_t> lost{0};
};

/// Which rows come first, and so which matches are shown first.
enum class ScanOrder { kOldestFirst, kNewestFirst };

struct ScanOptions {
    /// 0: one a processor, at most 8.
    int threads = 0;
    Isolation isolation = Isolation::kReadUncommitted;
    bool hashKeys = false;
    ScanOrder order = ScanOrder::kOldestFirst;
};

/// Runs a matcher over rows of an index. The range is cut into slices of rows; the partitions of a slice are read in
/// parallel on low-priority threads, and matches come out slice by slice, so in time order (offset order inside a
/// partition), or in the reverse of it from the newest row back, although several slices are under way. Memory: the
/// matches of eight slices and one chunk a thread.
class Scanner {
public:
    /// Called with matches in order, never from two threads at once. False ends the scan.
    using OnMatches = std::function<bool(std::vector<Match>&&)>;

    Scanner(Cluster& cluster, std::string topic, const Matcher& matcher, ScanOptions options);

    /// Blocks until the rows are scanned or `control` is stopped, which takes effect after at most one chunk.
    /// `index` must not be used by others meanwhile. An error is one of planning; damaged chunks are counted.
    ClusterResult<void> run(RowIndex& index, std::int64_t firstRow, std::int64_t endRow, JobControl& control,
                            ScanStats& stats, const OnMatches& onMatches);

private:
    struct Run;
    Cluster& m_cluster;
    std::string m_topic;
    const Matcher& m_matcher;
    ScanOptions m_options;
};

}  // namespace weir::app
