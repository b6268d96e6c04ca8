// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIconEngine>
#include <QPixmap>

#include "ui/theme/tokens.h"

namespace weir::ui {

class Theme;

/// The drawing `:/icons/<name>.svg`, its shape kept and its colour replaced. Cached by Qt's pixmap cache. An unknown
/// name gives a null pixmap.
QPixmap tintedIcon(const QString& name, QSize size, const QColor& color, qreal ratio);

/// An icon that takes its colour from the theme at the moment it is painted, so that a switch of theme needs no new
/// icons. Disabled is paler, checked or selected takes the accent.
class IconEngine : public QIconEngine {
public:
    IconEngine(const Theme& theme, QString name, Tint tint);
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override;
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override;
    [[nodiscard]] QIconEngine* clone() const override;

private:
    [[nodiscard]] QColor colorFor(QIcon::Mode mode, QIcon::State state) const;

    const Theme& m_theme;
    QString m_name;
    Tint m_tint;
};

}  // namespace weir::ui
