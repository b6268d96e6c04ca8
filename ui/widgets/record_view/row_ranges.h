// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>
#include <algorithm>
#include <vector>

namespace weir::ui {

/// Rows `first` to `last`, both included.
struct RowRange {
    qint64 first = 0;
    qint64 last = 0;
    bool operator==(const RowRange&) const = default;
};

/// A set of rows kept as sorted, disjoint ranges, so that selecting a trillion rows costs as much as selecting one.
class RowRanges {
public:
    [[nodiscard]] bool contains(qint64 row) const {
        const auto next = std::upper_bound(m_ranges.begin(), m_ranges.end(), row,
                                           [](qint64 value, const RowRange& range) { return value < range.first; });
        return next != m_ranges.begin() && std::prev(next)->last >= row;
    }
    void clear() { m_ranges.clear(); }
    void add(RowRange range) {
        std::vector<RowRange> merged;
        for (const RowRange& each : m_ranges) {
            if (each.last + 1 < range.first || each.first > range.last + 1) {
                merged.push_back(each);
            } else {
                range = {std::min(range.first, each.first), std::max(range.last, each.last)};
            }
        }
        merged.insert(std::upper_bound(merged.begin(), merged.end(), range,
                                       [](const RowRange& a, const RowRange& b) { return a.first < b.first; }),
                      range);
        m_ranges = std::move(merged);
    }
    void remove(qint64 row) {
        std::vector<RowRange> left;
        for (const RowRange& each : m_ranges) {
            if (row < each.first || row > each.last) {
                left.push_back(each);
                continue;
            }
            if (each.first < row) {
                left.push_back({each.first, row - 1});
            }
            if (each.last > row) {
                left.push_back({row + 1, each.last});
            }
        }
        m_ranges = std::move(left);
    }
    [[nodiscard]] qint64 count() const {
        qint64 sum = 0;
        for (const RowRange& each : m_ranges) {
            sum += each.last - each.first + 1;
        }
        return sum;
    }
    [[nodiscard]] const std::vector<RowRange>& ranges() const { return m_ranges; }
    [[nodiscard]] bool isEmpty() const { return m_ranges.empty(); }

private:
    std::vector<RowRange> m_ranges;
};

}  // namespace weir::ui
