// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/theme/theme.h"

/// Small makers, so that every page says the same thing in the same words.
namespace weir::ui {

enum class ButtonKind { kOrdinary, kPrimary, kDanger, kQuiet };

/// `icon` is a name of the icon set, or empty. The accessible name is the text.
QPushButton* makeButton(const QString& text, ButtonKind kind, const QString& icon, QWidget* parent);
/// A button that follows an action: text, tooltip, enabled, checked, icon.
QPushButton* makeButton(QAction* action, ButtonKind kind, QWidget* parent);
/// An icon alone; `tooltip` is the accessible name as well.
QToolButton* makeIconButton(const QString& icon, const QString& tooltip, QWidget* parent);
/// A label in one of the theme's fonts and tints that follows the theme. Never reads its text as markup.
QLabel* makeLabel(const QString& text, FontRole role, Tint tint, QWidget* parent);
/// A one-pixel line.
QFrame* makeHairline(Qt::Orientation orientation, QWidget* parent);
void setTint(QWidget* widget, Tint tint);

/// One line that ends in "…" where it does not fit; the whole text is in the tooltip then.
class ElidedLabel : public QWidget {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr, Qt::TextElideMode mode = Qt::ElideRight);
    void setText(const QString& text);
    [[nodiscard]] const QString& text() const { return m_text; }
    void setLook(FontRole role, Tint tint);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void updateTooltip();

    QString m_text;
    Qt::TextElideMode m_mode;
    FontRole m_role = FontRole::kBody;
    Tint m_tint = Tint::kText;
};

}  // namespace weir::ui
