// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon.h"

#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <utility>

#include "ui/theme/theme.h"

namespace weir::ui {

QPixmap tintedIcon(const QString& name, QSize size, const QColor& color, qreal ratio) {
    const QString key = QStringLiteral("weir-icon/%1/%2x%3/%4/%5")
                            .arg(name)
                            .arg(size.width())
                            .arg(size.height())
                            .arg(color.rgba(), 8, 16)
                            .arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) {
        return pixmap;
    }
    QSvgRenderer renderer(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    if (!renderer.isValid() || size.isEmpty()) {
        return {};
    }
    pixmap = QPixmap(size * ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixmap.size())));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), color);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

IconEngine::IconEngine(const Theme& theme, QString name, Tint tint)
    : m_theme(theme), m_name(std::move(name)), m_tint(tint) {}

QColor IconEngine::colorFor(QIcon::Mode mode, QIcon::State state) const {
    if (mode == QIcon::Disabled) {
        return m_theme.color(Tint::kTextDisabled);
    }
    if (state == QIcon::On && m_tint == Tint::kTextSecondary) {
        return m_theme.color(Tint::kAccent);
    }
    if ((mode == QIcon::Selected || mode == QIcon::Active) && m_tint == Tint::kTextSecondary) {
        return m_theme.color(Tint::kText);
    }
    return m_theme.color(m_tint);
}

void IconEngine::paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) {
    const qreal ratio = painter->device() != nullptr ? painter->device()->devicePixelRatio() : 1.0;
    painter->drawPixmap(rect.topLeft(), tintedIcon(m_name, rect.size(), colorFor(mode, state), ratio));
}

QPixmap IconEngine::pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) {
    return scaledPixmap(size, mode, state, 1.0);
}

QPixmap IconEngine::scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) {
    // `size` is in device pixels here, and Qt sets the ratio of what it gets itself.
    Q_UNUSED(scale);
    return tintedIcon(m_name, size, colorFor(mode, state), 1.0);
}

QIconEngine* IconEngine::clone() const {
    return new IconEngine(*this);
}

}  // namespace weir::ui
