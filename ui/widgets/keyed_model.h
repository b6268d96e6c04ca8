// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace weir::ui {

/// One column of a KeyedModel. `value` answers DisplayRole and the roles of data_table.h; an invalid QVariant leaves a
/// role to the view.
template <class Row>
struct KeyedColumn {
    QString title;
    std::function<QVariant(const Row& row, int role)> value;
    /// Of the heading.
    QString tooltip = {};
    bool isNumber = false;
};

/// Rows that have a key and are replaced as a whole, again and again, as snapshots are. What changed is found by key,
/// so that selection, scroll position and sorting stay: one signal for each run of rows that came, went or changed.
/// `Row` has key(), which can be compared, and operator==. GUI thread.
template <class Row>
class KeyedModel : public QAbstractTableModel {
public:
    explicit KeyedModel(std::vector<KeyedColumn<Row>> columns, QObject* parent = nullptr)
        : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

    /// `rows` is sorted by key, and no key stands in it twice.
    void setRows(std::vector<Row> rows) {
        takeGoneOut(rows);
        putNewIn(rows);
        for (std::size_t i = 0; i < rows.size();) {
            std::size_t end = i;
            while (end < rows.size() && !(m_rows[end] == rows[end])) {
                m_rows[end] = std::move(rows[end]);
                ++end;
            }
            if (end > i) {
                Q_EMIT dataChanged(index(static_cast<int>(i), 0), index(static_cast<int>(end) - 1, columnCount() - 1));
            }
            i = end + 1;
        }
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] const Row* rowAt(int row) const {
        return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
    }
    template <class Key>
    [[nodiscard]] int indexOf(const Key& key) const {
        for (std::size_t i = 0; i < m_rows.size(); ++i) {
            if (m_rows[i].key() == key) {
                return static_cast<int>(i);
            }
        }
        return -1;
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount()) {
            return {};
        }
        const KeyedColumn<Row>& column = m_columns[static_cast<std::size_t>(index.column())];
        if (role == Qt::TextAlignmentRole) {
            return QVariant::fromValue(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft));
        }
        return column.value(m_rows[static_cast<std::size_t>(index.row())], role);
    }
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
            return {};
        }
        const KeyedColumn<Row>& column = m_columns[static_cast<std::size_t>(section)];
        switch (role) {
            case Qt::DisplayRole:
                return column.title;
            case Qt::ToolTipRole:
                return column.tooltip.isEmpty() ? QVariant() : column.tooltip;
            case Qt::TextAlignmentRole:
                return QVariant::fromValue(Qt::AlignVCenter | (column.isNumber ? Qt::AlignRight : Qt::AlignLeft));
            default:
                return {};
        }
    }

private:
    void takeGoneOut(const std::vector<Row>& rows) {
        // From the end, so that what is still to be compared keeps its place.
        auto isGone = [&rows](const Row& row) {
            auto it = std::lower_bound(rows.begin(), rows.end(), row,
                                       [](const Row& a, const Row& b) { return a.key() < b.key(); });
            return it == rows.end() || it->key() != row.key();
        };
        for (std::size_t end = m_rows.size(); end > 0;) {
            if (!isGone(m_rows[end - 1])) {
                --end;
                continue;
            }
            std::size_t first = end - 1;
            while (first > 0 && isGone(m_rows[first - 1])) {
                --first;
            }
            beginRemoveRows({}, static_cast<int>(first), static_cast<int>(end) - 1);
            m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(first),
                         m_rows.begin() + static_cast<std::ptrdiff_t>(end));
            endRemoveRows();
            end = first;
        }
    }

    void putNewIn(const std::vector<Row>& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i < m_rows.size() && m_rows[i].key() == rows[i].key()) {
                continue;
            }
            std::size_t end = i;
            while (end < rows.size() && (i >= m_rows.size() || rows[end].key() < m_rows[i].key())) {
                ++end;
            }
            beginInsertRows({}, static_cast<int>(i), static_cast<int>(end) - 1);
            m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(i),
                          rows.begin() + static_cast<std::ptrdiff_t>(i),
                          rows.begin() + static_cast<std::ptrdiff_t>(end));
            endInsertRows();
            i = end - 1;
        }
    }

    std::vector<KeyedColumn<Row>> m_columns;
    std::vector<Row> m_rows;
};

}  // namespace weir::ui
