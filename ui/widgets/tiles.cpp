// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tiles.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QPainterPath>
#include <algorithm>

#include "ui/widgets/buttons.h"

namespace weir::ui {

void paintSparkline(QPainter& painter, const QRectF& box, const std::vector<double>& values, const QColor& color) {
    if (values.size() < 2 || box.width() < 4) {
        return;
    }
    const double top = std::max(*std::max_element(values.begin(), values.end()), 1e-9);
    const double step = box.width() / static_cast<double>(values.size() - 1);
    QPolygonF line;
    line.reserve(static_cast<qsizetype>(values.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        line.append({box.left() + step * static_cast<double>(i),
                     box.bottom() - 1 - (box.height() - 2) * std::max(0.0, values[i]) / top});
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath area;
    area.addPolygon(line);
    area.lineTo(box.right(), box.bottom());
    area.lineTo(box.left(), box.bottom());
    QColor faint = color;
    faint.setAlphaF(0.14F);
    painter.fillPath(area, faint);
    painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
    painter.restore();
}

Sparkline::Sparkline(Tint tint, QWidget* parent) : QWidget(parent), m_tint(tint) {}

void Sparkline::setValues(std::vector<double> values) {
    if (values != m_values) {
        m_values = std::move(values);
        update();
    }
}

void Sparkline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paintSparkline(painter, QRectF(rect()), m_values, Theme::of().color(m_tint));
}

StatTile::StatTile(const QString& label, QWidget* parent) : QWidget(parent), m_label(label) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    describe();
}

void StatTile::describe() {
    setAccessibleName(QStringList{m_label, m_figure, m_detail}.join(QLatin1Char(' ')).simplified());
    update();
}

void StatTile::setFigure(const QString& figure) {
    if (figure != m_figure) {
        m_figure = figure;
        describe();
    }
}

void StatTile::setDetail(const QString& detail) {
    if (detail != m_detail) {
        m_detail = detail;
        describe();
    }
}

void StatTile::setTint(Tint tint) {
    m_tint = tint;
    update();
}

void StatTile::setValues(std::vector<double> values) {
    if (values != m_values) {
        m_values = std::move(values);
        update();
    }
}

void StatTile::setClickable(bool clickable) {
    m_clickable = clickable;
    setFocusPolicy(clickable ? Qt::TabFocus : Qt::NoFocus);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

QSize StatTile::sizeHint() const {
    return {Theme::of().px(180), Theme::of().px(88)};
}
QSize StatTile::minimumSizeHint() const {
    return {Theme::of().px(120), Theme::of().px(88)};
}

void StatTile::mouseReleaseEvent(QMouseEvent*) {
    if (m_clickable) {
        Q_EMIT clicked();
    }
}

void StatTile::keyPressEvent(QKeyEvent* event) {
    if (m_clickable && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Space)) {
        Q_EMIT clicked();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void StatTile::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool lifted = m_clickable && underMouse();
    painter.setPen(QPen(theme.color(hasFocus() ? Tint::kAccent : lifted ? Tint::kOutline : Tint::kLine), 1));
    painter.setBrush(theme.color(Tint::kPanel));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    const int margin = theme.px(12);
    const QRect inner = rect().adjusted(margin, theme.px(10), -margin, -theme.px(10));
    painter.setFont(theme.font(FontRole::kSecondary));
    painter.setPen(theme.color(Tint::kTextSecondary));
    const int line = painter.fontMetrics().height();
    painter.drawText(inner, Qt::AlignTop | Qt::AlignLeft, m_label);
    painter.drawText(inner, Qt::AlignBottom | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_detail, Qt::ElideRight, inner.width()));
    painter.setFont(theme.font(FontRole::kFigure));
    const int figureWidth = painter.fontMetrics().horizontalAdvance(m_figure);
    painter.setPen(theme.color(Tint::kText));
    const QRect middle = inner.adjusted(0, line, 0, m_detail.isEmpty() ? 0 : -line);
    painter.drawText(middle, Qt::AlignVCenter | Qt::AlignLeft, m_figure);
    const int room = inner.width() - figureWidth - theme.px(16);
    if (room > 24) {
        const int width = std::min(room, inner.width() / 2);
        paintSparkline(painter, QRectF(inner.right() - width, middle.center().y() - theme.px(14), width, theme.px(28)),
                       m_values, theme.color(m_tint));
    }
}

KeyValueList::KeyValueList(QWidget* parent) : QWidget(parent) {
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnStretch(1, 1);
}

void KeyValueList::set(const QString& name, const QString& value, const QString& tooltip, bool mono) {
    int row = static_cast<int>(m_names.indexOf(name));
    if (row < 0) {
        row = static_cast<int>(m_names.size());
        m_names.append(name);
        m_grid->addWidget(makeLabel(name, FontRole::kBody, Tint::kTextSecondary, this), row, 0, Qt::AlignTop);
        auto* text = makeLabel(QString(), mono ? FontRole::kMono : FontRole::kBody, Tint::kText, this);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        text->setWordWrap(true);
        text->setAccessibleName(name);
        m_grid->addWidget(text, row, 1);
    }
    auto* label = static_cast<QLabel*>(m_grid->itemAtPosition(row, 1)->widget());
    if (label->text() != value) {
        label->setText(value);
    }
    label->setToolTip(tooltip.toHtmlEscaped());
}

void KeyValueList::clear() {
    m_names.clear();
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

QString KeyValueList::value(const QString& name) const {
    const auto row = static_cast<int>(m_names.indexOf(name));
    return row < 0 ? QString() : static_cast<QLabel*>(m_grid->itemAtPosition(row, 1)->widget())->text();
}

StateChip::StateChip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void StateChip::setState(const QString& word, Tint tint) {
    m_word = word;
    m_tint = tint;
    setAccessibleName(word);
    updateGeometry();
    update();
}

QSize StateChip::sizeHint() const {
    const QFontMetrics metrics(Theme::of().font(FontRole::kSecondary));
    return {metrics.horizontalAdvance(m_word) + 26, metrics.height() + 4};
}

void StateChip::paint(QPainter& painter, const QRect& box, const QString& word, Tint tint) {
    const Theme& theme = Theme::of();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme.font(FontRole::kSecondary));
    const int height = painter.fontMetrics().height() + 4;
    const int width = std::min(painter.fontMetrics().horizontalAdvance(word) + 26, box.width());
    const QRectF chip(box.left(), box.center().y() - height / 2.0 + 0.5, width, height);
    const QColor color = theme.color(tint);
    painter.setPen(Qt::NoPen);
    painter.setBrush(blend(theme.color(Tint::kPanel), color, 0.12));
    painter.drawRoundedRect(chip, height / 2.0, height / 2.0);
    painter.setBrush(color);
    painter.drawEllipse(QPointF(chip.left() + 10, chip.center().y()), 3, 3);
    painter.setPen(theme.color(Tint::kText));
    painter.drawText(chip.adjusted(18, 0, -6, 0), Qt::AlignVCenter | Qt::AlignLeft, word);
    painter.restore();
}

void StateChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint(painter, rect(), m_word, m_tint);
}

}  // namespace weir::ui
