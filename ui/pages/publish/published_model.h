// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <deque>

#include "broker/model/admin.h"

namespace weir::ui {

/// What was published in this session, newest first, or why it was refused. Keeps the last 200.
class PublishedModel : public QAbstractTableModel {
    Q_OBJECT

public:
    struct Entry {
        QString topic;
        QString key;
        PublishedRecord where;
        QString error;
        Timestamp at;
    };
    using QAbstractTableModel::QAbstractTableModel;
    void add(Entry entry);
    [[nodiscard]] const Entry& at(int row) const { return m_entries[static_cast<std::size_t>(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::deque<Entry> m_entries;
};

}  // namespace weir::ui
