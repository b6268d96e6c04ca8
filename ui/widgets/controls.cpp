// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/controls.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QProgressBar>
#include <QToolTip>

#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"

namespace weir::ui {

SegmentedControl::SegmentedControl(const QStringList& choices, QWidget* parent)
    : QWidget(parent), m_choices(choices), m_tooltips(choices.size(), QString()) {
    setFocusPolicy(Qt::TabFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleDescription(m_choices.value(0));
    connect(&Theme::of(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void SegmentedControl::setCurrent(int index) {
    if (index != m_current && index >= 0 && index < m_choices.size()) {
        m_current = index;
        setAccessibleDescription(m_choices.at(index));
        update();
    }
}

void SegmentedControl::setChoiceTooltip(int index, const QString& tooltip) {
    m_tooltips[index] = tooltip;
}

QSize SegmentedControl::sizeHint() const {
    const QFontMetrics metrics(Theme::of().font(FontRole::kBodyMedium));
    int width = 4;
    for (const QString& choice : m_choices) {
        width += metrics.horizontalAdvance(choice) + 24;
    }
    return {width, Theme::of().controlHeight()};
}

QRect SegmentedControl::cell(int index) const {
    const QFontMetrics metrics(Theme::of().font(FontRole::kBodyMedium));
    int x = 2;
    for (int i = 0; i < index; ++i) {
        x += metrics.horizontalAdvance(m_choices.at(i)) + 24;
    }
    return {x, 2, metrics.horizontalAdvance(m_choices.at(index)) + 24, height() - 4};
}

int SegmentedControl::indexAt(QPoint point) const {
    for (int i = 0; i < m_choices.size(); ++i) {
        if (cell(i).contains(point)) {
            return i;
        }
    }
    return -1;
}

void SegmentedControl::choose(int index) {
    if (index >= 0 && index < m_choices.size() && index != m_current) {
        setCurrent(index);
        Q_EMIT chosen(index);
    }
}

void SegmentedControl::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Tint::kLine), 1));
    painter.setBrush(theme.color(Tint::kHover));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
    for (int i = 0; i < m_choices.size(); ++i) {
        const bool taken = i == m_current;
        if (taken) {
            painter.setPen(QPen(theme.color(hasFocus() && m_byKeyboard ? Tint::kAccent : Tint::kOutline), 1));
            painter.setBrush(theme.isDark() ? blend(theme.color(Tint::kControl), theme.color(Tint::kText), 0.08)
                                            : theme.color(Tint::kPanel));
            painter.drawRoundedRect(QRectF(cell(i)).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        }
        painter.setFont(theme.font(taken ? FontRole::kBodyMedium : FontRole::kBody));
        painter.setPen(theme.color(!isEnabled()            ? Tint::kTextDisabled
                                   : taken || i == m_hover ? Tint::kText
                                                           : Tint::kTextSecondary));
        painter.drawText(cell(i), Qt::AlignCenter, m_choices.at(i));
    }
}

void SegmentedControl::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) {
        choose(indexAt(event->position().toPoint()));
    }
}

void SegmentedControl::mouseMoveEvent(QMouseEvent* event) {
    m_hover = indexAt(event->position().toPoint());
    update();
}

void SegmentedControl::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

void SegmentedControl::focusInEvent(QFocusEvent* event) {
    m_byKeyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
}

void SegmentedControl::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left) {
        choose(m_current - 1);
    } else if (event->key() == Qt::Key_Right) {
        choose(m_current + 1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool SegmentedControl::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), m_tooltips.value(indexAt(help->pos())), this);
        return true;
    }
    return QWidget::event(event);
}

SearchField::SearchField(const QString& hint, QWidget* parent) : QLineEdit(parent) {
    setPlaceholderText(hint);
    setAccessibleName(hint);
    setMinimumWidth(Theme::of().px(240));
    setClearButtonEnabled(false);
    addAction(Theme::of().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    auto* clearAction = addAction(Theme::of().icon(QStringLiteral("close")), QLineEdit::TrailingPosition);
    clearAction->setToolTip(tr("Clear (Esc)"));
    clearAction->setVisible(false);
    m_pause.setSingleShot(true);
    m_pause.setInterval(120);
    connect(clearAction, &QAction::triggered, this, &QLineEdit::clear);
    connect(this, &QLineEdit::textChanged, this, [this, clearAction](const QString& now) {
        clearAction->setVisible(!now.isEmpty());
        m_pause.start();
    });
    connect(&m_pause, &QTimer::timeout, this, [this] { Q_EMIT searched(text()); });
    connect(this, &QLineEdit::returnPressed, this, [this] {
        m_pause.stop();
        Q_EMIT searched(text());
    });
}

void SearchField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        if (text().isEmpty()) {
            focusNextChild();
        } else {
            clear();
        }
        return;
    }
    QLineEdit::keyPressEvent(event);
}

CopyButton::CopyButton(const QString& tooltip, std::function<QString()> text, QWidget* parent) : QToolButton(parent) {
    setAutoRaise(true);
    setIcon(Theme::of().icon(QStringLiteral("copy")));
    setToolTip(tooltip);
    setAccessibleName(tooltip);
    setFocusPolicy(Qt::TabFocus);
    m_back.setSingleShot(true);
    m_back.setInterval(1200);
    connect(&m_back, &QTimer::timeout, this, [this] { setIcon(Theme::of().icon(QStringLiteral("copy"))); });
    connect(this, &QToolButton::clicked, this, [this, text = std::move(text)] {
        QGuiApplication::clipboard()->setText(text());
        setIcon(Theme::of().icon(QStringLiteral("check"), Tint::kOk));
        m_back.start();
    });
}

LiveControl::LiveControl(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(18, 0, 0, 0);
    row->setSpacing(Theme::kGap);
    m_label = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, this);
    row->addWidget(m_label);
    m_button = makeButton(tr("Pause"), ButtonKind::kOrdinary, QStringLiteral("pause"), this);
    row->addWidget(m_button);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_button, &QPushButton::clicked, this, [this] {
        setPaused(!m_paused);
        Q_EMIT pausedChanged(m_paused);
    });
    describe();
}

void LiveControl::setPaused(bool paused) {
    m_paused = paused;
    describe();
}

void LiveControl::setNote(const QString& note) {
    m_note = note;
    describe();
}

void LiveControl::describe() {
    const QString state = m_paused ? tr("Paused") : tr("Live");
    m_label->setText(m_note.isEmpty() ? state : state + QStringLiteral(" · ") + m_note);
    m_button->setText(m_paused ? tr("Resume") : tr("Pause"));
    m_button->setAccessibleName(m_button->text());
    m_button->setIcon(Theme::of().icon(m_paused ? QStringLiteral("play") : QStringLiteral("pause")));
    m_button->setToolTip(m_paused ? tr("Show what arrives again") : tr("Freeze the view. The broker goes on."));
    update();
}

void LiveControl::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF centre(8, height() / 2.0 + 0.5);
    const QColor colour = Theme::of().color(m_paused ? Tint::kTextSecondary : Tint::kOk);
    if (m_paused) {
        // Another shape as well as another colour.
        painter.fillRect(QRectF(centre.x() - 4, centre.y() - 4, 3, 8), colour);
        painter.fillRect(QRectF(centre.x() + 1, centre.y() - 4, 3, 8), colour);
        return;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(blend(palette().color(QPalette::Window), colour, 0.25));
    painter.drawEllipse(centre, 7, 7);
    painter.setBrush(colour);
    painter.drawEllipse(centre, 4, 4);
}

ProgressStrip::ProgressStrip(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::kPageMargin, 4, Theme::kPageMargin, 4);
    row->setSpacing(12);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setRange(0, 1000);
    m_bar->setFixedWidth(120);
    m_bar->setAccessibleName(tr("Progress"));
    row->addWidget(m_bar);
    m_text = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    row->addWidget(m_text, 1);
    m_stop = makeButton(tr("Stop"), ButtonKind::kOrdinary, QStringLiteral("stop"), this);
    m_newer = makeButton(QString(), ButtonKind::kOrdinary, QStringLiteral("refresh"), this);
    m_newer->hide();
    row->addWidget(m_newer);
    m_goOn = makeButton(tr("Go on"), ButtonKind::kOrdinary, QStringLiteral("play"), this);
    m_goOn->setToolTip(tr("Look for more"));
    m_goOn->hide();
    row->addWidget(m_goOn);
    row->addWidget(m_stop);
    connect(m_newer, &QPushButton::clicked, this, &ProgressStrip::newerRequested);
    connect(m_goOn, &QPushButton::clicked, this, &ProgressStrip::goOnRequested);
    connect(m_stop, &QPushButton::clicked, this, &ProgressStrip::stopRequested);
    hide();
}

void ProgressStrip::setProgress(const ScanProgress& p) {
    if (!p.running && p.elapsedMs == 0 && p.scannedRecords == 0) {
        hide();
        return;
    }
    QString sentence = tr("%1 · %2 of %3 records scanned · %4 · %5 matched")
                           .arg(formatDuration(p.elapsedMs), formatCount(p.scannedRecords),
                                formatCount(std::max(p.totalRecords, p.scannedRecords)), formatBytes(p.scannedBytes),
                                formatCount(p.matched));
    if (p.errors > 0) {
        sentence += tr(" · %1 could not be read").arg(formatCount(p.errors));
    }
    if (p.lost > 0) {
        sentence += tr(" · %1 deleted by retention before they were read").arg(formatCount(p.lost));
    }
    if (p.keyless > 0) {
        sentence += tr(" · %1 without a key left out").arg(formatCount(p.keyless));
    }
    if (p.isFull) {
        sentence += tr(" · Waiting: a list holds no more at once");
    }
    if (!p.note.isEmpty()) {
        sentence += QStringLiteral(" · ") + p.note;
    }
    const double share =
        p.totalRecords > 0 ? static_cast<double>(p.scannedRecords) / static_cast<double>(p.totalRecords) : -1.0;
    setProgress(sentence, share, p.running);
    m_goOn->setVisible(p.isFull);
    m_newer->setVisible(p.newer > 0);
    m_newer->setText(tr("Show %1 newer").arg(formatCount(p.newer)));
}

void ProgressStrip::setProgress(const QString& sentence, double share, bool running) {
    m_text->setText(sentence);
    setAccessibleName(sentence);
    m_bar->setVisible(running && share >= 0);
    m_bar->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * 1000));
    m_stop->setVisible(running);
    show();
}

QString ProgressStrip::sentence() const {
    return m_text->text();
}

}  // namespace weir::ui
