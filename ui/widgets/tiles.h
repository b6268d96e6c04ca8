// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QWidget>
#include <vector>

#include "ui/theme/theme.h"

class QGridLayout;

namespace weir::ui {

/// Draws a line of values into `box`, newest at the right edge, with a faint area below. For delegates as well.
void paintSparkline(QPainter& painter, const QRectF& box, const std::vector<double>& values, const QColor& color);

/// A line without axes.
class Sparkline : public QWidget {
    Q_OBJECT

public:
    explicit Sparkline(Tint tint, QWidget* parent = nullptr);
    void setValues(std::vector<double> values);
    [[nodiscard]] QSize sizeHint() const override { return {96, 24}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tint m_tint;
    std::vector<double> m_values;
};

/// A figure that one reads from afar: label above, unit or detail below, a sparkline behind when there are values.
class StatTile : public QWidget {
    Q_OBJECT

public:
    explicit StatTile(const QString& label, QWidget* parent = nullptr);
    void setFigure(const QString& figure);
    void setDetail(const QString& detail);
    void setTint(Tint tint);
    void setValues(std::vector<double> values);
    /// The tile becomes a button.
    void setClickable(bool clickable);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void clicked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void describe();

    QString m_label;
    QString m_figure;
    QString m_detail;
    Tint m_tint = Tint::kAccent;
    bool m_clickable = false;
    std::vector<double> m_values;
};

/// Names at the left, values at the right, in two columns; a value can be selected, and carry a tooltip with its exact
/// form. Setting the same name again changes its value in place.
class KeyValueList : public QWidget {
    Q_OBJECT

public:
    explicit KeyValueList(QWidget* parent = nullptr);
    void set(const QString& name, const QString& value, const QString& tooltip = {}, bool mono = false);
    void clear();
    [[nodiscard]] QString value(const QString& name) const;

private:
    QGridLayout* m_grid;
    QStringList m_names;
};

/// A short word in a rounded box that says a state: always a word, the colour only helps.
class StateChip : public QWidget {
    Q_OBJECT

public:
    explicit StateChip(QWidget* parent = nullptr);
    void setState(const QString& word, Tint tint);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }
    static void paint(QPainter& painter, const QRect& box, const QString& word, Tint tint);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_word;
    Tint m_tint = Tint::kTextSecondary;
};

}  // namespace weir::ui
