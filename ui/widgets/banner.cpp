// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/banner.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include "ui/widgets/buttons.h"

namespace weir::ui {
namespace {

constexpr int kShownMs = 8000;

Tint tintOf(Mood mood) {
    switch (mood) {
        case Mood::kOk:
            return Tint::kOk;
        case Mood::kWarning:
            return Tint::kWarn;
        case Mood::kError:
            return Tint::kBad;
        case Mood::kInfo:
            break;
    }
    return Tint::kAccent;
}

QString iconOf(Mood mood) {
    switch (mood) {
        case Mood::kOk:
            return QStringLiteral("check");
        case Mood::kWarning:
            return QStringLiteral("warning");
        case Mood::kError:
            return QStringLiteral("error");
        case Mood::kInfo:
            break;
    }
    return QStringLiteral("info");
}

}  // namespace

Banner::Banner(QWidget* parent) : QWidget(parent) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(40, 6, 6, 6);
    layout->setSpacing(8);
    m_text = makeLabel(QString(), FontRole::kBody, Tint::kText, this);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_text, 1);
    m_button = makeButton(QString(), ButtonKind::kOrdinary, QString(), this);
    m_button->hide();
    layout->addWidget(m_button);
    auto* close = makeIconButton(QStringLiteral("close"), tr("Close this message"), this);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, &Banner::clear);
    connect(m_button, &QPushButton::clicked, this, [this] {
        // A copy: what it does may well clear the banner, and with it the action.
        if (const auto action = m_action) {
            action();
        }
    });
    QWidget::hide();
}

void Banner::show(Mood mood, const QString& sentence) {
    m_mood = mood;
    m_text->setText(sentence);
    setAccessibleName(sentence);
    setVisible(true);
    update();
}

void Banner::setAction(const QString& text, std::function<void()> action) {
    m_action = std::move(action);
    m_button->setText(text);
    m_button->setAccessibleName(text);
    m_button->setVisible(!text.isEmpty());
}

void Banner::clear() {
    m_text->clear();
    setAction(QString(), {});
    hide();
}

void Banner::setOuterMargins(const QMargins& margins) {
    m_outer = margins;
    layout()->setContentsMargins(QMargins(40, 6, 6, 6) + margins);
}

QString Banner::sentence() const {
    return isHidden() ? QString() : m_text->text();
}

void Banner::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    const QColor tint = theme.color(tintOf(m_mood));
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(blend(theme.color(Tint::kWindow), tint, 0.45), 1));
    painter.setBrush(blend(theme.color(Tint::kPanel), tint, 0.10));
    const QRectF box = QRectF(rect().marginsRemoved(m_outer)).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.drawRoundedRect(box, Theme::kRadius, Theme::kRadius);
    painter.drawPixmap(QPointF(box.left() + 12, box.center().y() - 9),
                       theme.pixmap(iconOf(m_mood), 18, tintOf(m_mood), devicePixelRatioF()));
}

UndoBar::UndoBar(QWidget* over) : QWidget(over) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 6, 6, 6);
    layout->setSpacing(12);
    m_text = makeLabel(QString(), FontRole::kBody, Tint::kText, this);
    layout->addWidget(m_text);
    m_undo = makeButton(tr("Undo"), ButtonKind::kQuiet, QStringLiteral("undo"), this);
    layout->addWidget(m_undo);
    auto* close = makeIconButton(QStringLiteral("close"), tr("Close this message"), this);
    layout->addWidget(close);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kShownMs);
    connect(&m_timer, &QTimer::timeout, this, &QWidget::hide);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_undo, &QPushButton::clicked, this, [this] {
        hide();
        if (const auto action = std::exchange(m_action, {})) {
            action();
        }
    });
    over->installEventFilter(this);
    hide();
}

void UndoBar::say(const QString& sentence) {
    offerUndo(sentence, {});
}

void UndoBar::offerUndo(const QString& sentence, std::function<void()> undo) {
    m_action = std::move(undo);
    m_undo->setVisible(static_cast<bool>(m_action));
    m_text->setText(sentence);
    setAccessibleName(sentence);
    show();
    place();
    raise();
    m_timer.start();
}

void UndoBar::place() {
    adjustSize();
    const QWidget* over = parentWidget();
    move((over->width() - width()) / 2, over->height() - height() - 24);
}

bool UndoBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

void UndoBar::enterEvent(QEnterEvent*) {
    m_timer.stop();
}

void UndoBar::leaveEvent(QEvent*) {
    m_timer.start();
}

void UndoBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Theme::of().color(Tint::kOutline), 1));
    painter.setBrush(Theme::of().color(Tint::kRaised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

}  // namespace weir::ui
