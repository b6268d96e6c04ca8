// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>
#include <QStandardItemModel>
#include <QStringList>
#include <vector>

#include "ui/backend/settings.h"

namespace weir::ui {

enum class RecordColumn { kPartition, kOffset, kTimestamp, kKey, kValue, kHeaders, kSize, kField };
struct ColumnSpec {
    RecordColumn kind = RecordColumn::kField;
    /// What it is remembered by: "offset", or "field:price".
    QString id;
    QString title;
    int width = 100;
    bool isRight = false;
    bool isHiddenAtFirst = false;
};

/// The columns of a record list: the fixed ones and one per chosen JSON field. Width, order and visibility are
/// remembered by name, so that a field that comes back is where it was.
class RecordColumns : public QHeaderView {
    Q_OBJECT

public:
    RecordColumns(Settings& settings, const QString& key, QWidget* parent);

    void setFields(const QStringList& fields);
    [[nodiscard]] const QStringList& fields() const { return m_fields; }
    [[nodiscard]] const std::vector<ColumnSpec>& specs() const { return m_specs; }
    /// The outermost columns that are not hidden.
    [[nodiscard]] int firstShown() const;
    [[nodiscard]] int lastShown() const;
    /// Value takes the room that the others leave.
    void fit(int viewportWidth);

Q_SIGNALS:
    void layoutChanged();

private:
    void build();
    void recall();
    void remember();
    void showMenu(const QPoint& position);

    Settings& m_settings;
    QString m_key;
    QStringList m_fields;
    std::vector<ColumnSpec> m_specs;
    QStandardItemModel m_titles;
    int m_viewportWidth = 0;
    bool m_quiet = false;
};

}  // namespace weir::ui
