// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "ui/theme/theme.h"

namespace weir::ui {

struct MiniRow {
    QString id;
    QString name;
    /// Said beside the name, quietly.
    QString detail;
    QString value;
    Tint tint = Tint::kText;
    std::vector<double> spark;
    Tint sparkTint = Tint::kIn;
    QString tooltip;
    bool operator==(const MiniRow&) const = default;
};

/// A handful of rows in a card, painted: name, detail, a sparkline, a value. A click, or Enter on the row that the
/// arrow keys stand on, opens it.
class MiniList : public QWidget {
    Q_OBJECT

public:
    MiniList(const QString& name, const QString& whenEmpty, QWidget* parent = nullptr);
    void setRows(std::vector<MiniRow> rows);
    [[nodiscard]] const std::vector<MiniRow>& rows() const { return m_rows; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void opened(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] int rowAt(QPoint point) const;
    void paintRow(QPainter& painter, const MiniRow& row, const QRect& box) const;
    void describe();

    QString m_name;
    QString m_whenEmpty;
    std::vector<MiniRow> m_rows;
    int m_hover = -1;
    int m_current = 0;
};

}  // namespace weir::ui
