// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/workspace.h"

#include <QApplication>
#include <QSplitter>
#include <QVBoxLayout>

namespace weir::ui {

Workspace::Workspace(Backend& backend, const PageFactory& factory, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_factory(factory) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setChildrenCollapsible(false);
    column->addWidget(m_splitter);
    m_active = addArea();
    // The side that has the focus is the one that new tabs go to.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (TabArea* area : areas()) {
            if (now != nullptr && area->isAncestorOf(now)) {
                setActive(area);
            }
        }
    });
}

TabArea* Workspace::addArea() {
    auto* area = new TabArea(m_backend, m_factory, m_splitter);
    m_splitter->addWidget(area);
    connect(area, &TabArea::navigationRequested, this, &Workspace::go);
    connect(area, &TabArea::emptied, this, [this, area] { onEmptied(area); });
    connect(area, &TabArea::splitRequested, this, [this, area](int index) { split(area, index); });
    connect(area, &TabArea::activated, this, [this, area] { setActive(area); });
    connect(area, &TabArea::currentChanged, this, [this, area] {
        setActive(area);
        Q_EMIT currentChanged();
    });
    return area;
}

std::vector<TabArea*> Workspace::areas() const {
    std::vector<TabArea*> list;
    for (int i = 0; i < m_splitter->count(); ++i) {
        auto* area = qobject_cast<TabArea*>(m_splitter->widget(i));
        // One that was emptied lives until the event loop deletes it.
        if (area != nullptr && !area->property("leaving").toBool()) {
            list.push_back(area);
        }
    }
    return list;
}

void Workspace::setActive(TabArea* area) {
    if (area != m_active) {
        m_active = area;
        Q_EMIT currentChanged();
    }
}

void Workspace::go(const NavigationTarget& target) {
    if (m_factory.info(target.kind) == nullptr) {
        return;
    }
    for (TabArea* area : areas()) {
        if (const int index = area->find(target.kind, target.subject); index >= 0) {
            area->bring(index, &target);
            return;
        }
    }
    TabArea::Tab tab;
    tab.target = target;
    const int index = m_active->add(std::move(tab));
    m_active->bring(index, &target);
}

Page* Workspace::currentPage() const {
    return m_active == nullptr ? nullptr : m_active->currentPage();
}

const NavigationTarget* Workspace::currentTarget() const {
    return m_active == nullptr || m_active->current() < 0 ? nullptr : &m_active->tab(m_active->current()).target;
}

void Workspace::closeCurrent() {
    m_active->close(m_active->current());
}

void Workspace::splitCurrent() {
    split(m_active, m_active->current());
}

void Workspace::split(TabArea* from, int index) {
    if (index < 0 || (areas().size() == 1 && from->count() < 2)) {
        return;
    }
    const std::vector<TabArea*> now = areas();
    TabArea* to = now.size() == 1 ? addArea() : (now[0] == from ? now[1] : now[0]);
    const bool fresh = now.size() == 1;
    const int tab = to->add(from->take(index));
    to->bring(tab, nullptr);
    if (fresh) {
        m_splitter->setSizes({width() / 2, width() / 2});
    }
    setActive(to);
}

void Workspace::onEmptied(TabArea* area) {
    if (areas().size() > 1) {
        area->setProperty("leaving", true);
        area->hide();
        area->deleteLater();
        setActive(areas().front());
        Q_EMIT currentChanged();
    } else {
        Q_EMIT emptied();
    }
}

void Workspace::nextTab(int by) {
    if (m_active->count() > 0) {
        m_active->bring((m_active->current() + by + m_active->count()) % m_active->count(), nullptr);
    }
}

int Workspace::areaCount() const {
    return static_cast<int>(areas().size());
}

int Workspace::tabCount() const {
    int count = 0;
    for (const TabArea* area : areas()) {
        count += area->count();
    }
    return count;
}

QVariantMap Workspace::save() const {
    QVariantList saved;
    QVariantList sizes;
    const std::vector<TabArea*> all = areas();
    for (std::size_t i = 0; i < all.size(); ++i) {
        saved.append(all[i]->save());
        sizes.append(all[i]->width());
    }
    return {{QStringLiteral("version"), kVersion}, {QStringLiteral("areas"), saved}, {QStringLiteral("sizes"), sizes}};
}

void Workspace::restore(const QVariantMap& saved) {
    if (saved.value(QStringLiteral("version")).toInt() != kVersion) {
        return;
    }
    const QVariantList list = saved.value(QStringLiteral("areas")).toList();
    for (int i = 0; i < std::min<int>(2, static_cast<int>(list.size())); ++i) {
        TabArea* area = i == 0 ? m_active.data() : addArea();
        area->restore(list.at(i).toMap());
        if (area->count() == 0 && i > 0) {
            onEmptied(area);
        }
    }
    QList<int> sizes;
    for (const QVariant& size : saved.value(QStringLiteral("sizes")).toList()) {
        sizes.append(size.toInt());
    }
    if (sizes.size() == areaCount()) {
        m_splitter->setSizes(sizes);
    }
    setActive(areas().front());
}

}  // namespace weir::ui
