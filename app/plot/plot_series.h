// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/model/ids.h"

namespace weir::app {

struct SeriesPoint {
    Timestamp at;
    double value = 0;
};

struct SeriesCandle {
    Timestamp at;
    double open = 0;
    double high = 0;
    double low = 0;
    double close = 0;
    double volume = 0;
};

/// What one key's plot gained since it was last asked.
struct SeriesUpdate {
    std::string key;
    std::vector<SeriesPoint> points;
    std::vector<SeriesCandle> candles;
};

/// Values by key. A line is thinned to two points (lowest and highest, in their order) a bucket of time, so extremes
/// survive and a burst of 100,000 records costs no more than a trickle. Candles hold open, high, low, close and volume
/// of their interval. At most `kMaxKeys` keys are kept; of those the busiest `shown` are handed out unless keys were
/// named. One thread.
class PlotSeries {
public:
    static constexpr std::size_t kMaxKeys = 5000;

    struct Options {
        bool isCandles = false;
        std::int64_t bucketMs = 200;
        /// Empty: the busiest `shown`.
        std::vector<std::string> keys;
        std::size_t shown = 10;
    };
    explicit PlotSeries(Options options) : m_options(std::move(options)) {}

    void add(const std::string& key, Timestamp at, double value, double volume);
    /// What changed since the last take(), the running bucket or candle included.
    std::vector<SeriesUpdate> take();
    /// All keys seen, busiest first.
    [[nodiscard]] std::vector<std::string> keys() const;

private:
    struct Line {
        std::int64_t count = 0;
        bool isShown = false;
        std::int64_t bucket = -1;
        SeriesPoint low;
        SeriesPoint high;
        bool hasOpenBucket = false;
        SeriesCandle candle;
        SeriesUpdate pending;
    };

    void addPoint(Line& line, Timestamp at, double value);
    void addCandle(Line& line, Timestamp at, double value, double volume);
    static void closeBucket(Line& line);
    void chooseShown();

    Options m_options;
    std::map<std::string, Line, std::less<>> m_lines;
    std::size_t m_shownCount = 0;
};

}  // namespace weir::app
