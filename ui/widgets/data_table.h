// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>
#include <QTableView>

class QSortFilterProxyModel;

namespace weir::ui {

class Settings;

/// What models of small tables say beside Qt's own roles.
enum TableRole {
    /// QVariant to sort by; without it the display text is used.
    kSortRole = Qt::UserRole + 100,
    /// bool: data in mono (names, keys, ids).
    kMonoRole,
    /// int of Tint: the text's colour.
    kTintRole,
    /// QVariantList of double: drawn as a sparkline instead of text, in the colour of kTintRole.
    kSparkRole,
    /// int of Tint: the text is a state, drawn as a chip.
    kChipRole,
    /// int: a dot in that partition's or series' colour before the text.
    kSeriesRole,
    /// double 0 to 1: a faint bar behind the text, for "how much of the most".
    kShareRole,
};

/// Draws cells in Weir's look. Right-aligned where the model says Qt::TextAlignmentRole.
class TableDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// A table of up to some ten thousand rows (for more, record_view). Whole rows are selected; columns can be sorted,
/// resized, moved and hidden (header's context menu), and all of that is remembered under `name`. Typing finds a row by
/// the text of its first column; Enter opens; Space previews; Ctrl+C copies the selected rows as tab-separated text,
/// Ctrl+Shift+C as JSON.
class DataTable : public QTableView {
    Q_OBJECT

public:
    /// `settings` outlives the table.
    DataTable(Settings& settings, const QString& name, QWidget* parent = nullptr);

    /// Puts a sorting and filtering proxy between; the model stays the caller's.
    void setSource(QAbstractItemModel* model);
    [[nodiscard]] QSortFilterProxyModel& proxy() const { return *m_proxy; }
    /// Rows of the source model that are selected, in view order.
    [[nodiscard]] QList<int> selectedSourceRows() const;
    /// -1 without a current row.
    [[nodiscard]] int currentSourceRow() const;
    void selectSourceRow(int row);
    /// Only rows with `text` in any column stay, whatever the case.
    void setFilterText(const QString& text);
    /// First time only; afterwards what is remembered wins. Before or after setSource().
    void setDefaultWidths(const QList<int>& widths);
    void setDefaultHidden(const QList<int>& columns);
    void setDefaultSort(int column, Qt::SortOrder order);
    /// This column takes the room that is left.
    void setStretchColumn(int column);
    /// These columns are left out, the first of them first, while there is no room for all; only with a stretch column.
    /// One that a person switches on by hand stays.
    void setGivingWay(const QList<int>& columns);
    void copySelection(bool asJson) const;
    /// Where rows would be while there is none: what is listed here, or what to do.
    void setEmptyText(const QString& text);

Q_SIGNALS:
    void rowOpened(int sourceRow);
    void rowPreviewed(int sourceRow);
    void currentRowChanged(int sourceRow);
    void selectedRowsChanged();
    /// Right click or the menu key, on the rows that are selected.
    void menuRequested(const QPoint& globalPosition);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void restore();
    void restoreAgain();
    void remember();
    void columnMenu(const QPoint& position);
    void fitStretch();
    void giveWay();
    void setHoverRow(int row);
    void scaleColumns();

    Settings& m_settings;
    QString m_key;
    QSortFilterProxyModel* m_proxy;
    QList<int> m_widths;
    QList<int> m_hidden;
    QList<int> m_givingWay;
    /// Those of them that are left out now.
    QList<int> m_leftOut;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    int m_stretch = -1;
    QString m_emptyText;
    /// The theme's scale that the columns' widths are of.
    int m_scale = 0;
    int m_hoverRow = -1;
    bool m_restored = false;
    bool m_restoring = false;
};

}  // namespace weir::ui
