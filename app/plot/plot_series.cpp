// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plot/plot_series.h"

#include <algorithm>
#include <utility>

namespace weir::app {

void PlotSeries::add(const std::string& key, Timestamp at, double value, double volume) {
    auto found = m_lines.find(key);
    if (found == m_lines.end()) {
        const auto& wanted = m_options.keys;
        const bool isNamed = std::find(wanted.begin(), wanted.end(), key) != wanted.end();
        if (m_lines.size() >= kMaxKeys && !isNamed) {
            return;
        }
        found = m_lines.emplace(key, Line{}).first;
        found->second.isShown = isNamed;
        found->second.pending.key = key;
    }
    Line& line = found->second;
    ++line.count;
    if (m_options.isCandles) {
        addCandle(line, at, value, volume);
    } else {
        addPoint(line, at, value);
    }
    // What is not shown keeps a little history, so that a key that becomes busy does not start from nothing.
    constexpr std::size_t kKept = 512;
    if (!line.isShown && line.pending.points.size() > 2 * kKept) {
        line.pending.points.erase(line.pending.points.begin(),
                                  line.pending.points.end() - static_cast<std::ptrdiff_t>(kKept));
    }
    if (!line.isShown && line.pending.candles.size() > 2 * kKept) {
        line.pending.candles.erase(line.pending.candles.begin(),
                                   line.pending.candles.end() - static_cast<std::ptrdiff_t>(kKept));
    }
}

void PlotSeries::closeBucket(Line& line) {
    if (!line.hasOpenBucket) {
        return;
    }
    line.hasOpenBucket = false;
    const bool lowFirst = line.low.at <= line.high.at;
    const SeriesPoint& first = lowFirst ? line.low : line.high;
    const SeriesPoint& second = lowFirst ? line.high : line.low;
    line.pending.points.push_back(first);
    if (second.at != first.at || second.value != first.value) {
        line.pending.points.push_back(second);
    }
}

void PlotSeries::addPoint(Line& line, Timestamp at, double value) {
    const std::int64_t bucket = at.value / std::max<std::int64_t>(1, m_options.bucketMs);
    if (bucket != line.bucket) {
        closeBucket(line);
        line.bucket = bucket;
    }
    if (!line.hasOpenBucket) {
        line.low = line.high = {at, value};
        line.hasOpenBucket = true;
        return;
    }
    if (value < line.low.value) {
        line.low = {at, value};
    }
    if (value >= line.high.value) {
        line.high = {at, value};
    }
}

void PlotSeries::addCandle(Line& line, Timestamp at, double value, double volume) {
    const std::int64_t width = std::max<std::int64_t>(1, m_options.bucketMs);
    const Timestamp start(at.value / width * width);
    SeriesCandle& candle = line.candle;
    if (line.hasOpenBucket && start < candle.at) {
        // A late record belongs to a candle that is drawn already; the running one must not jump for it.
        return;
    }
    if (!line.hasOpenBucket || start > candle.at) {
        candle = {start, value, value, value, value, 0};
        line.hasOpenBucket = true;
    }
    candle.high = std::max(candle.high, value);
    candle.low = std::min(candle.low, value);
    candle.close = value;
    candle.volume += volume;
    auto& out = line.pending.candles;
    if (!out.empty() && out.back().at == start) {
        out.back() = candle;
    } else {
        out.push_back(candle);
    }
}

void PlotSeries::chooseShown() {
    if (!m_options.keys.empty() || m_shownCount >= m_options.shown) {
        return;
    }
    // Once shown, a line stays: a picture whose lines come and go cannot be read.
    for (const std::string& key : keys()) {
        if (m_shownCount >= m_options.shown) {
            break;
        }
        Line& line = m_lines.find(key)->second;
        if (!line.isShown) {
            line.isShown = true;
            ++m_shownCount;
        }
    }
}

std::vector<SeriesUpdate> PlotSeries::take() {
    chooseShown();
    std::vector<SeriesUpdate> updates;
    for (auto& [key, line] : m_lines) {
        if (!line.isShown) {
            continue;
        }
        if (!m_options.isCandles) {
            closeBucket(line);
        }
        if (!line.pending.points.empty() || !line.pending.candles.empty()) {
            updates.push_back({key, std::exchange(line.pending.points, {}), std::exchange(line.pending.candles, {})});
        }
    }
    return updates;
}

std::vector<std::string> PlotSeries::keys() const {
    std::vector<std::pair<std::int64_t, std::string>> all;
    for (const auto& [key, line] : m_lines) {
        all.emplace_back(line.count, key);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<std::string> names;
    names.reserve(all.size());
    for (auto& [count, key] : all) {
        names.push_back(std::move(key));
    }
    return names;
}

}  // namespace weir::app
