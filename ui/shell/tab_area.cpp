// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tab_area.h"

#include <QEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace weir::ui {
namespace {

/// Rows of tabs over a hairline.
class Bar : public QTabBar {
public:
    using QTabBar::QTabBar;

protected:
    /// Tabs keep their words, up to a limit; when there are too many of them the bar scrolls.
    [[nodiscard]] QSize tabSizeHint(int index) const override {
        const QSize hint = QTabBar::tabSizeHint(index);
        return {std::min(hint.width(), Theme::of().px(220)), hint.height()};
    }
    [[nodiscard]] QSize minimumTabSizeHint(int index) const override { return tabSizeHint(index); }
    void paintEvent(QPaintEvent* event) override {
        {
            QPainter painter(this);
            painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::of().color(Tint::kLine));
        }
        QTabBar::paintEvent(event);
    }
};

}  // namespace

TabArea::TabArea(Backend& backend, const PageFactory& factory, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_factory(factory) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_bar = new Bar(this);
    m_bar->setTabsClosable(true);
    m_bar->setMovable(true);
    m_bar->setDocumentMode(true);
    m_bar->setExpanding(false);
    m_bar->setDrawBase(false);
    m_bar->setElideMode(Qt::ElideRight);
    m_bar->setUsesScrollButtons(true);
    m_bar->setContextMenuPolicy(Qt::CustomContextMenu);
    m_bar->setAccessibleName(tr("Open pages"));
    m_bar->installEventFilter(this);
    column->addWidget(m_bar);
    m_stack = new QStackedWidget(this);
    column->addWidget(m_stack, 1);
    connect(m_bar, &QTabBar::currentChanged, this, [this](int index) {
        if (!m_quiet && index >= 0) {
            bring(index, nullptr);
        }
    });
    connect(m_bar, &QTabBar::tabCloseRequested, this, &TabArea::close);
    connect(m_bar, &QTabBar::tabMoved, this, &TabArea::onMoved);
    connect(m_bar, &QTabBar::tabBarClicked, this, &TabArea::activated);
    connect(m_bar, &QWidget::customContextMenuRequested, this, &TabArea::showMenu);
}

int TabArea::find(PageKind kind, const QString& subject) const {
    for (int i = 0; i < count(); ++i) {
        if (tab(i).target.kind == kind && (tab(i).target.subject == subject || kind == PageKind::kPublish)) {
            return i;
        }
    }
    return -1;
}

int TabArea::add(Tab tab) {
    const PageInfo* info = m_factory.info(tab.target.kind);
    if (tab.title.isEmpty()) {
        tab.title = !tab.target.subject.isEmpty() && info != nullptr && !info->isListed ? tab.target.subject
                    : info != nullptr                                                   ? info->title
                                                                                        : QString();
    }
    m_quiet = true;
    const int index = m_bar->addTab(Theme::of().icon(info != nullptr ? info->icon : QString()), tab.title);
    m_quiet = false;
    // Before it is first shown the bar does not tell its layout that it has grown.
    m_bar->updateGeometry();
    m_bar->setTabToolTip(index, tab.title.toHtmlEscaped());
    if (tab.page != nullptr) {
        Page* page = tab.page;
        m_stack->addWidget(page);
        connect(page, &Page::navigationRequested, this, &TabArea::navigationRequested);
    }
    m_tabs.push_back(std::move(tab));
    return index;
}

void TabArea::ensurePage(int index) {
    Tab& one = m_tabs.at(static_cast<std::size_t>(index));
    if (one.page != nullptr) {
        return;
    }
    Page* page = m_factory.create(m_backend, one.target);
    if (page == nullptr) {
        return;
    }
    one.page = page;
    m_stack->addWidget(page);
    if (!one.state.isEmpty()) {
        page->restoreState(one.state);
    }
    connect(page, &Page::navigationRequested, this, &TabArea::navigationRequested);
    connect(page, &Page::titleChanged, this, [this, page](const QString& title) {
        for (int i = 0; i < count(); ++i) {
            if (m_tabs[static_cast<std::size_t>(i)].page == page) {
                m_tabs[static_cast<std::size_t>(i)].title = title;
                m_bar->setTabText(i, title);
                m_bar->setTabToolTip(i, title.toHtmlEscaped());
            }
        }
    });
    if (!page->title().isEmpty() && page->title() != one.title) {
        one.title = page->title();
        m_bar->setTabText(index, one.title);
    }
}

void TabArea::bring(int index, const NavigationTarget* target) {
    if (index < 0 || index >= count()) {
        return;
    }
    m_quiet = true;
    m_bar->setCurrentIndex(index);
    m_quiet = false;
    ensurePage(index);
    Page* page = m_tabs.at(static_cast<std::size_t>(index)).page;
    if (page != nullptr) {
        m_stack->setCurrentWidget(page);
        // Before open(), which may well want it elsewhere.
        page->focusContent();
        if (target != nullptr) {
            page->open(*target);
        }
    }
    Q_EMIT currentChanged();
}

TabArea::Tab TabArea::take(int index) {
    Tab one = std::move(m_tabs.at(static_cast<std::size_t>(index)));
    m_tabs.erase(m_tabs.begin() + index);
    m_quiet = true;
    m_bar->removeTab(index);
    m_quiet = false;
    if (one.page != nullptr) {
        one.page->disconnect(this);
        m_stack->removeWidget(one.page);
    }
    if (m_tabs.empty()) {
        Q_EMIT emptied();
    } else {
        bring(m_bar->currentIndex(), nullptr);
    }
    return one;
}

void TabArea::close(int index) {
    if (index < 0 || index >= count()) {
        return;
    }
    const Tab one = take(index);
    if (one.page != nullptr) {
        one.page->hide();
        one.page->deleteLater();
    }
}

int TabArea::current() const {
    return m_bar->currentIndex();
}

Page* TabArea::currentPage() const {
    return current() < 0 ? nullptr : tab(current()).page.data();
}

void TabArea::onMoved(int from, int to) {
    Tab one = std::move(m_tabs.at(static_cast<std::size_t>(from)));
    m_tabs.erase(m_tabs.begin() + from);
    m_tabs.insert(m_tabs.begin() + to, std::move(one));
}

void TabArea::showMenu(const QPoint& position) {
    const int index = m_bar->tabAt(position);
    if (index < 0) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* split = menu->addAction(Theme::of().icon(QStringLiteral("split")), tr("Move to the other side"));
    connect(split, &QAction::triggered, this, [this, index] { Q_EMIT splitRequested(index); });
    menu->addSeparator();
    QAction* closeOne = menu->addAction(tr("Close"));
    connect(closeOne, &QAction::triggered, this, [this, index] { close(index); });
    QAction* closeOthers = menu->addAction(tr("Close the others"));
    closeOthers->setEnabled(count() > 1);
    connect(closeOthers, &QAction::triggered, this, [this, index] {
        for (int i = count() - 1; i >= 0; --i) {
            if (i != index) {
                close(i);
            }
        }
    });
    menu->popup(m_bar->mapToGlobal(position));
}

bool TabArea::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_bar && event->type() == QEvent::MouseButtonRelease) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::MiddleButton) {
            close(m_bar->tabAt(mouse->position().toPoint()));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

QVariantMap TabArea::save() const {
    QVariantList tabs;
    for (const Tab& one : m_tabs) {
        const PageInfo* info = m_factory.info(one.target.kind);
        if (info == nullptr) {
            continue;
        }
        tabs.append(QVariantMap{{QStringLiteral("page"), info->id},
                                {QStringLiteral("subject"), one.target.subject},
                                {QStringLiteral("title"), one.title},
                                {QStringLiteral("state"), one.page != nullptr ? one.page->saveState() : one.state}});
    }
    return {{QStringLiteral("tabs"), tabs}, {QStringLiteral("current"), current()}};
}

void TabArea::restore(const QVariantMap& saved) {
    for (const QVariant& each : saved.value(QStringLiteral("tabs")).toList()) {
        const QVariantMap map = each.toMap();
        const PageInfo* info = m_factory.infoById(map.value(QStringLiteral("page")).toString());
        if (info == nullptr) {
            continue;
        }
        Tab one;
        one.target.kind = info->kind;
        one.target.subject = map.value(QStringLiteral("subject")).toString();
        one.title = map.value(QStringLiteral("title")).toString();
        one.state = map.value(QStringLiteral("state")).toMap();
        if (find(one.target.kind, one.target.subject) < 0) {
            add(std::move(one));
        }
    }
    if (count() > 0) {
        bring(std::clamp(saved.value(QStringLiteral("current")).toInt(), 0, count() - 1), nullptr);
    }
}

}  // namespace weir::ui
