// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/navigation_bar.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kWide = 200;
constexpr int kNarrow = 56;
constexpr int kHeader = 60;

}  // namespace

NavigationButton::NavigationButton(const QString& icon, const QString& text, QWidget* parent)
    : QAbstractButton(parent), m_icon(icon) {
    setText(text);
    setAccessibleName(text);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void NavigationButton::setCount(const QString& count) {
    if (count != m_count) {
        m_count = count;
        update();
    }
}

void NavigationButton::setCollapsed(bool collapsed) {
    m_collapsed = collapsed;
    setToolTip(collapsed ? text() : QString());
    update();
}

QSize NavigationButton::sizeHint() const {
    return {kNarrow - 16, Theme::of().px(32)};
}

void NavigationButton::enterEvent(QEnterEvent*) {
    update();
}
void NavigationButton::leaveEvent(QEvent*) {
    update();
}

void NavigationButton::focusInEvent(QFocusEvent* event) {
    m_byKeyboard = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    QAbstractButton::focusInEvent(event);
}

void NavigationButton::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Down) {
        focusNextPrevChild(true);
    } else if (event->key() == Qt::Key_Up) {
        focusNextPrevChild(false);
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        click();
    } else {
        QAbstractButton::keyPressEvent(event);
    }
}

void NavigationButton::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool current = isChecked();
    const bool ring = hasFocus() && m_byKeyboard;
    if (current || underMouse() || ring) {
        painter.setPen(ring ? QPen(theme.color(Tint::kAccent), 1.5) : QPen(Qt::NoPen));
        const QColor selected =
            blend(theme.color(Tint::kWindow), theme.color(Tint::kAccent), theme.isDark() ? 0.20 : 0.12);
        painter.setBrush(current ? selected : underMouse() ? theme.color(Tint::kHover) : QColor(0, 0, 0, 0));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), Theme::kRadius, Theme::kRadius);
    }
    const int size = theme.px(20);
    const QPointF at(m_collapsed ? (width() - size) / 2.0 : 10, (height() - size) / 2.0);
    painter.drawPixmap(at,
                       theme.pixmap(m_icon, size, current ? Tint::kAccent : Tint::kTextSecondary, devicePixelRatioF()));
    if (m_collapsed) {
        return;
    }
    const QRect words = rect().adjusted(10 + size + 10, 0, -10, 0);
    painter.setFont(theme.font(current ? FontRole::kBodyMedium : FontRole::kBody));
    painter.setPen(theme.color(Tint::kText));
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, text());
    painter.setFont(theme.font(FontRole::kSecondary));
    painter.setPen(theme.color(Tint::kTextSecondary));
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignRight, m_count);
}

NavigationBar::NavigationBar(Backend& backend, const PageFactory& factory, QWidget* parent)
    : QWidget(parent), m_backend(backend) {
    setAccessibleName(tr("Navigation"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, kHeader, 9, 8);
    column->setSpacing(2);
    m_search = new NavigationButton(QStringLiteral("search"), tr("Jump to…"), this);
    m_search->setCount(QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText));
    m_search->setToolTip(tr("Any topic, group, client or action"));
    connect(m_search, &QAbstractButton::clicked, this, &NavigationBar::searchRequested);
    column->addWidget(m_search);
    column->addSpacing(8);
    const std::vector<PageInfo> pages = factory.listed();
    for (const PageInfo& page : pages) {
        if (page.kind != PageKind::kSettings) {
            addEntry(page, column);
        }
    }
    column->addStretch(1);
    for (const PageInfo& page : pages) {
        if (page.kind == PageKind::kSettings) {
            addEntry(page, column);
        }
    }
    m_fold = new NavigationButton(QStringLiteral("sidebar"), tr("Collapse"), this);
    connect(m_fold, &QAbstractButton::clicked, this, [this] { setCollapsed(!m_collapsed); });
    column->addWidget(m_fold);
    setCollapsed(false);
    connect(&Theme::of(), &Theme::changed, this, [this] { setCollapsed(m_collapsed); });
    connect(&backend.live(), &LiveFeed::changed, this, &NavigationBar::update4Hz);
    if (ChangeLock* const lock = backend.changeLock()) {
        connect(lock, &ChangeLock::changed, this, &NavigationBar::update4Hz);
    }
    update4Hz();
}

void NavigationBar::addEntry(const PageInfo& page, QVBoxLayout* column) {
    auto* button = new NavigationButton(page.icon, page.title, this);
    button->setCheckable(true);
    // The window says what is current, after it has gone there.
    connect(button, &QAbstractButton::clicked, this, [this, button, kind = page.kind] {
        button->setChecked(false);
        Q_EMIT chosen(kind);
    });
    m_buttons.insert(static_cast<int>(page.kind), button);
    column->addWidget(button);
}

void NavigationBar::setCurrent(PageKind kind) {
    const PageKind shown = kind == PageKind::kTopic   ? PageKind::kTopics
                           : kind == PageKind::kGroup ? PageKind::kGroups
                                                      : kind;
    for (auto it = m_buttons.cbegin(); it != m_buttons.cend(); ++it) {
        it.value()->setChecked(it.key() == static_cast<int>(shown));
    }
}

void NavigationBar::setCollapsed(bool collapsed) {
    const bool changed = collapsed != m_collapsed;
    m_collapsed = collapsed;
    setFixedWidth(collapsed ? kNarrow : Theme::of().px(kWide));
    for (NavigationButton* button : findChildren<NavigationButton*>()) {
        button->setCollapsed(collapsed);
    }
    m_fold->setText(collapsed ? tr("Expand") : tr("Collapse"));
    m_fold->setAccessibleName(m_fold->text());
    update();
    if (changed) {
        Q_EMIT collapsedChanged(collapsed);
    }
}

void NavigationBar::update4Hz() {
    const SnapshotPtr snapshot = m_backend.live().current();
    const auto show = [this](PageKind kind, std::size_t count) {
        if (NavigationButton* button = m_buttons.value(static_cast<int>(kind))) {
            button->setCount(count == 0 ? QString() : formatCount(static_cast<qint64>(count)));
        }
    };
    show(PageKind::kTopics, snapshot->topics.size());
    show(PageKind::kGroups, snapshot->groups.size());
    show(PageKind::kClients, snapshot->connections.size());
    const ClusterFacts facts = m_backend.facts();
    const QString stale = m_backend.live().staleReason();
    const ChangeLock* const lock = m_backend.changeLock();
    m_isOpen = lock != nullptr && !lock->isLocked();
    const QString line = !stale.isEmpty()   ? tr("Not answering")
                         : facts.isReadOnly ? tr("Read-only")
                         : m_isOpen         ? tr("Production, unlocked")
                         : lock != nullptr  ? tr("Production, locked")
                                            : facts.bootstrap;
    if (facts.name != m_clusterName || line != m_clusterLine) {
        m_clusterName = facts.name;
        m_clusterLine = line;
        m_stale = !stale.isEmpty();
        setToolTip(m_stale ? stale.toHtmlEscaped() : facts.bootstrap.toHtmlEscaped());
        update();
    }
}

void NavigationBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && event->position().y() < kHeader) {
        Q_EMIT clustersRequested(mapToGlobal(QPoint(8, kHeader - 4)));
    }
}

void NavigationBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(Tint::kWindow));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.color(Tint::kLine));
    // A cluster that is not ours carries its colour along the whole edge.
    if (const int color = m_backend.facts().color; color >= 0) {
        painter.fillRect(QRect(0, 0, 4, height()), theme.seriesColor(color));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const int size = 28;
    const QRect mark(m_collapsed ? (width() - 1 - size) / 2 : 16, 16, size, size);
    QIcon(QStringLiteral(":/icons/weir.svg")).paint(&painter, mark);
    // The state of the cluster, at the corner of the mark.
    painter.setPen(QPen(theme.color(Tint::kWindow), 2));
    painter.setBrush(theme.color(m_stale ? Tint::kWarn : Tint::kOk));
    painter.drawEllipse(QPointF(mark.right() - 1, mark.bottom() - 1), 5, 5);
    if (m_collapsed) {
        return;
    }
    const QRect words(mark.right() + 12, 12, width() - mark.right() - 20, 20);
    painter.setFont(theme.font(FontRole::kSection));
    painter.setPen(theme.color(Tint::kText));
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_clusterName, Qt::ElideRight, words.width()));
    painter.setFont(theme.font(FontRole::kSecondary));
    painter.setPen(theme.color(m_stale || m_isOpen ? Tint::kWarnText : Tint::kTextSecondary));
    painter.drawText(words.translated(0, 18), Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_clusterLine, Qt::ElideRight, words.width()));
}

}  // namespace weir::ui
