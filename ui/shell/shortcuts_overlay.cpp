// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcuts_overlay.h"

#include <QEvent>
#include <QGridLayout>
#include <QHash>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/shell/action_registry.h"
#include "ui/widgets/buttons.h"

namespace weir::ui {
namespace {

/// A key as it stands on a keyboard.
class KeyCap : public QWidget {
public:
    KeyCap(const QString& keys, QWidget* parent) : QWidget(parent), m_keys(keys) { setAccessibleName(keys); }
    [[nodiscard]] QSize sizeHint() const override {
        const QFontMetrics metrics(Theme::of().font(FontRole::kMono));
        return {metrics.horizontalAdvance(m_keys) + 14, Theme::of().px(22)};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::of();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.color(Tint::kOutline), 1));
        painter.setBrush(theme.color(Tint::kPanel));
        const QRectF cap(0.5, 0.5, sizeHint().width() - 1, height() - 1);
        painter.drawRoundedRect(cap, 4, 4);
        painter.setFont(theme.font(FontRole::kMono));
        painter.setPen(theme.color(Tint::kText));
        painter.drawText(cap, Qt::AlignCenter, m_keys);
    }

private:
    QString m_keys;
};

}  // namespace

ShortcutsOverlay::ShortcutsOverlay(const ActionRegistry& actions, QWidget* window) : QFrame(window) {
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Keyboard shortcuts"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 16, 24, 24);
    column->setSpacing(12);
    column->addWidget(makeLabel(tr("Keyboard shortcuts"), FontRole::kTitle, Tint::kText, this));
    auto* columns = new QHBoxLayout;
    columns->setSpacing(40);
    column->addLayout(columns);
    QHash<QString, QGridLayout*> groups;
    QVBoxLayout* halves[2] = {new QVBoxLayout, new QVBoxLayout};
    int rows[2] = {0, 0};
    for (QVBoxLayout* half : halves) {
        half->setSpacing(6);
        half->setAlignment(Qt::AlignTop);
        columns->addLayout(half);
    }
    for (const ActionRegistry::Note& note : actions.shortcuts()) {
        QGridLayout*& grid = groups[note.group];
        if (grid == nullptr) {
            const int side = rows[0] <= rows[1] ? 0 : 1;
            halves[side]->addWidget(makeLabel(note.group, FontRole::kSecondary, Tint::kTextSecondary, this));
            grid = new QGridLayout;
            grid->setHorizontalSpacing(24);
            grid->setVerticalSpacing(4);
            grid->setColumnStretch(0, 1);
            halves[side]->addLayout(grid);
            halves[side]->addSpacing(10);
        }
        const int row = grid->rowCount();
        grid->addWidget(makeLabel(note.text, FontRole::kBody, Tint::kText, this), row, 0);
        grid->addWidget(new KeyCap(note.keys, this), row, 1, Qt::AlignRight);
        for (int side = 0; side < 2; ++side) {
            for (int i = 0; i < halves[side]->count(); ++i) {
                rows[side] += halves[side]->itemAt(i)->layout() == grid ? 1 : 0;
            }
        }
    }
    window->installEventFilter(this);
    place();
    show();
    raise();
    setFocus(Qt::ShortcutFocusReason);
}

void ShortcutsOverlay::place() {
    adjustSize();
    QWidget::move((parentWidget()->width() - width()) / 2, std::max(16, (parentWidget()->height() - height()) / 2));
}

bool ShortcutsOverlay::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && watched == parentWidget()) {
        place();
    }
    return QFrame::eventFilter(watched, event);
}

void ShortcutsOverlay::keyPressEvent(QKeyEvent*) {
    deleteLater();
}
void ShortcutsOverlay::mousePressEvent(QMouseEvent*) {
    deleteLater();
}
void ShortcutsOverlay::focusOutEvent(QFocusEvent*) {
    deleteLater();
}

void ShortcutsOverlay::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Tint::kOutline), 1));
    painter.setBrush(theme.color(Tint::kRaised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

}  // namespace weir::ui
