// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

namespace weir::ui {

/// Bytes as offsets, hexadecimal and text, sixteen to a line; only what is visible is formatted. Dragging selects,
/// Ctrl+C copies the selected bytes as hexadecimal, Ctrl+A selects all.
class HexView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit HexView(QWidget* parent = nullptr);
    void setBytes(const QByteArray& bytes);
    [[nodiscard]] QString selectedHex() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void updateBars();
    [[nodiscard]] qsizetype byteAt(QPoint point) const;
    void paintRow(QPainter& painter, qsizetype row, int y);

    QByteArray m_data;
    qsizetype m_anchor = -1;
    qsizetype m_end = -1;
    double m_charWidth = 8;
    int m_lineHeight = 18;
};

}  // namespace weir::ui
