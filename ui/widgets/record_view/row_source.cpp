// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/record_view/row_source.h"

#include <algorithm>

namespace weir::ui {

FeedRowSource::FeedRowSource(RecordFeed& feed, QObject* parent) : RowSource(parent), m_feed(feed) {
    m_count = feed.rowCount();
    connect(&feed, &RecordFeed::rowCountChanged, this, [this](qint64 count) {
        if (count < m_count) {
            // Fewer rows than before: what was known by number is something else now.
            m_rows.clear();
            m_askedCount = 0;
        }
        m_count = count;
        Q_EMIT rowCountChanged(count);
    });
    connect(&feed, &RecordFeed::rowsReady, this, &FeedRowSource::store);
    connect(&feed, &RecordFeed::rowsInvalidated, this, [this](qint64 first) {
        std::erase_if(m_rows, [first](const auto& entry) { return entry.first >= first; });
        // What is under way may be from before.
        m_askedCount = 0;
        Q_EMIT rowsChanged(first, std::max<qint64>(0, m_count - first));
    });
}

const RecordRow* FeedRowSource::row(qint64 number) const {
    const auto found = m_rows.find(number);
    return found == m_rows.end() ? nullptr : &found->second;
}

void FeedRowSource::want(qint64 first, int count) {
    m_wantedFirst = std::max<qint64>(0, first);
    m_wantedCount = static_cast<int>(std::min<qint64>(count, m_count - m_wantedFirst));
    qint64 missing = -1;
    qint64 last = -1;
    for (qint64 number = m_wantedFirst; number < m_wantedFirst + m_wantedCount; ++number) {
        if (!m_rows.contains(number)) {
            missing = missing < 0 ? number : missing;
            last = number;
        }
    }
    if (missing < 0 || (m_askedCount > 0 && missing >= m_askedFirst && last < m_askedFirst + m_askedCount)) {
        return;
    }
    m_askedFirst = std::max<qint64>(0, missing - kMargin);
    m_askedCount = static_cast<int>(std::min<qint64>(last - m_askedFirst + 1 + kMargin, m_count - m_askedFirst));
    m_feed.request(m_askedFirst, m_askedCount);
}

void FeedRowSource::store(qint64 first, const std::vector<RecordRow>& rows) {
    qint64 number = first;
    for (const RecordRow& row : rows) {
        m_rows.insert_or_assign(number++, row);
    }
    if (first <= m_askedFirst && number >= m_askedFirst + m_askedCount) {
        m_askedCount = 0;
    } else if (first == m_askedFirst) {
        // Fewer than asked for came: the rest may be asked for again.
        m_askedCount = 0;
    }
    evict();
    Q_EMIT rowsChanged(first, static_cast<qint64>(rows.size()));
}

void FeedRowSource::evict() {
    if (m_rows.size() <= kKeptRows) {
        return;
    }
    const qint64 keep = static_cast<qint64>(kKeptRows) / 4;
    const qint64 low = m_wantedFirst - keep;
    const qint64 high = m_wantedFirst + m_wantedCount + keep;
    std::erase_if(m_rows, [low, high](const auto& entry) { return entry.first < low || entry.first > high; });
}

void FeedRowSource::clear() {
    m_rows.clear();
    m_count = 0;
    m_askedCount = 0;
    Q_EMIT reset();
}

}  // namespace weir::ui
