// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <unordered_map>

#include "ui/backend/records.h"

namespace weir::ui {

/// Rows for a RecordTable: numbered from 0 in 64 bits, known only where they were looked at.
class RowSource : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual qint64 rowCount() const = 0;
    /// nullptr while the row is not there yet; never asks for it.
    [[nodiscard]] virtual const RecordRow* row(qint64 number) const = 0;
    /// The view shows these rows now; what is missing is fetched, and rowsChanged() says when it came.
    virtual void want(qint64 first, int count) = 0;

Q_SIGNALS:
    void rowCountChanged(qint64 count);
    void rowsChanged(qint64 first, qint64 count);
    /// Everything is different: another query.
    void reset();
};

/// A RowSource over a RecordFeed: keeps some thousand rows around what is shown, asks for a little more than is
/// visible, and never has more than one question open. Memory does not grow with the number of rows.
class FeedRowSource : public RowSource {
    Q_OBJECT

public:
    /// `feed` outlives this object.
    explicit FeedRowSource(RecordFeed& feed, QObject* parent = nullptr);

    [[nodiscard]] qint64 rowCount() const override { return m_count; }
    [[nodiscard]] const RecordRow* row(qint64 number) const override;
    void want(qint64 first, int count) override;
    /// Forgets all rows; call it right before RecordFeed::open().
    void clear();
    [[nodiscard]] std::size_t cachedRows() const { return m_rows.size(); }

private:
    void store(qint64 first, const std::vector<RecordRow>& rows);
    void evict();

    static constexpr std::size_t kKeptRows = 8192;
    static constexpr int kMargin = 64;

    RecordFeed& m_feed;
    qint64 m_count = 0;
    std::unordered_map<qint64, RecordRow> m_rows;
    qint64 m_wantedFirst = 0;
    int m_wantedCount = 0;
    qint64 m_askedFirst = 0;
    int m_askedCount = 0;  // 0: no question is open
};

}  // namespace weir::ui
