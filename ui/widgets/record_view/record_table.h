// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>
#include <functional>

#include "ui/widgets/record_view/record_columns.h"
#include "ui/widgets/record_view/row_ranges.h"
#include "ui/widgets/record_view/row_source.h"
#include "ui/widgets/record_view/scroll_map.h"

namespace weir::ui {

/// A list of records with 64-bit row numbers: a trillion rows cost as much as forty, because only what is visible is
/// asked for and painted.
///
/// Keys: arrows, Page Up and Down, Home and End move; with Shift they extend, with Ctrl they move without selecting;
/// Enter opens, Space previews, Ctrl+A selects all, Ctrl+C copies as text, Ctrl+Shift+C as JSON.
class RecordTable : public QAbstractScrollArea {
    Q_OBJECT

public:
    /// `settings` outlives the view; `name` prefixes what is remembered.
    RecordTable(Settings& settings, const QString& name, QWidget* parent = nullptr);

    /// Not owned; nullptr empties the view.
    void setSource(RowSource* source);
    /// Paths shown as columns; the same list, in order, as RecordQuery::columns.
    void setFields(const QStringList& fields) { m_columns->setFields(fields); }
    [[nodiscard]] RecordColumns& columns() const { return *m_columns; }

    /// -1: none.
    [[nodiscard]] qint64 currentRow() const { return m_current; }
    void setCurrentRow(qint64 row);
    [[nodiscard]] const RowRanges& selection() const { return m_selection; }
    [[nodiscard]] qint64 topRow() const { return m_top; }
    /// Puts `row` at the top, as far as there are rows below it.
    void scrollToTop(qint64 row);
    /// Moves only as far as needed.
    void ensureVisible(qint64 row);
    /// Stay at the newest row while rows arrive. Scrolling up ends it, scrolling to the end begins it again.
    void setFollow(bool follow);
    [[nodiscard]] bool isFollowing() const { return m_follow; }
    [[nodiscard]] int visibleRows() const;
    /// The row under a point of the viewport, -1 below the last.
    [[nodiscard]] qint64 rowAt(int y) const;

    /// Rows carry texts cut at 512 characters; whoever has the whole records copies instead, once all are known.
    using CopyHandler = std::function<void(const std::vector<RowAddress>& rows, bool asJson)>;
    void setCopyHandler(CopyHandler handler) { m_copyHandler = std::move(handler); }
    /// The most rows that copying fetches; more belong into an export.
    static constexpr qint64 kMaxCopiedRows = 5000;
    void copySelection(bool asJson);

Q_SIGNALS:
    void currentChanged(qint64 row);
    void selectionChanged();
    void rowOpened(qint64 row);
    void rowPreviewed(qint64 row);
    void menuRequested(qint64 row, const QString& columnId, const QPoint& globalPosition);
    void followChanged(bool following);
    /// A sentence: why nothing was copied, or what was.
    void said(const QString& sentence);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    enum class Select { kOnly, kExtend, kToggle, kNothing };

    [[nodiscard]] qint64 count() const { return m_source != nullptr ? m_source->rowCount() : 0; }
    [[nodiscard]] qint64 lastTop() const;
    void setTop(qint64 top, int pixel);
    void updateBars();
    void moveTo(qint64 row, Select how);
    void select(qint64 row, Select how);
    void rowsArrived(qint64 newCount);
    void onReset();
    void announce();
    void paintRow(QPainter& painter, class RecordPainter& cells, qint64 row, int y);
    [[nodiscard]] double freshness(qint64 row) const;
    [[nodiscard]] bool moveByKey(QKeyEvent* event, Select how);
    void finishCopy();
    [[nodiscard]] std::vector<const RecordRow*> selectedRows() const;
    [[nodiscard]] static QString copyText(const std::vector<const RecordRow*>& rows, bool asJson);
    [[nodiscard]] QString tooltipAt(QPoint point) const;
    [[nodiscard]] int columnAt(int x) const;

    RecordColumns* m_columns;
    QPointer<RowSource> m_source;
    qint64 m_top = 0;
    int m_topPixel = 0;  // how far the top row is scrolled out
    qint64 m_current = -1;
    qint64 m_anchor = -1;
    qint64 m_hover = -1;
    RowRanges m_selection;
    bool m_follow = false;
    bool m_movingBar = false;
    int m_wheelRest = 0;
    qint64 m_knownCount = 0;
    qint64 m_freshFrom = 0;
    QElapsedTimer m_freshSince;
    QTimer m_fade;
    CopyHandler m_copyHandler;
    bool m_copyPending = false;
    bool m_copyJson = false;
};

}  // namespace weir::ui
