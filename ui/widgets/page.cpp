// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/page.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <utility>

#include "ui/widgets/empty_state.h"
#include "ui/widgets/side_panel.h"

namespace weir::ui {

Page::Page(Backend& backend, QString name, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_name(std::move(name)) {
    setFocusPolicy(Qt::ClickFocus);
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    buildHeader();
    auto* bannerRow = new QHBoxLayout;
    bannerRow->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, 0);
    m_banner = new Banner(this);
    m_banner->setOuterMargins(QMargins(0, 0, 0, 12));
    bannerRow->addWidget(m_banner);
    m_column->addLayout(bannerRow);
    m_limits = new Banner(this);
    m_limits->setOuterMargins(QMargins(Theme::kPageMargin, 0, Theme::kPageMargin, 12));
    m_column->addWidget(m_limits);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setChildrenCollapsible(false);
    m_stack = new QStackedWidget(m_splitter);
    m_splitter->addWidget(m_stack);
    m_splitter->setStretchFactor(0, 1);
    m_column->addWidget(m_splitter, 1);
    m_undo = new UndoBar(this);
    connect(m_splitter, &QSplitter::splitterMoved, this, [this] {
        if (m_inspector != nullptr && !m_inspector->isHidden()) {
            m_backend.settings().setValue(m_name + QStringLiteral("/inspector"), m_inspector->width());
        }
    });
}

Page::~Page() = default;

void Page::buildHeader() {
    m_header = new QWidget(this);
    auto* row = new QHBoxLayout(m_header);
    row->setContentsMargins(Theme::kPageMargin, 12, Theme::kPageMargin, 12);
    row->setSpacing(Theme::kGap);
    // The title stands at the same height whether or not a button stands beside it.
    const auto size = [header = m_header] { header->setMinimumHeight(Theme::of().controlHeight() + 24); };
    size();
    connect(&Theme::of(), &Theme::changed, m_header, size);
    m_title = makeLabel(QString(), FontRole::kTitle, Tint::kText, m_header);
    row->addWidget(m_title);
    row->addSpacing(4);
    m_facts = new ElidedLabel(m_header);
    m_facts->setLook(FontRole::kBody, Tint::kTextSecondary);
    row->addWidget(m_facts, 1);
    m_headerWidgets = new QHBoxLayout;
    m_headerWidgets->setSpacing(Theme::kGap);
    row->addLayout(m_headerWidgets);
    m_headerActions = new QHBoxLayout;
    m_headerActions->setSpacing(Theme::kGap);
    row->addLayout(m_headerActions);
    m_more = makeIconButton(QStringLiteral("more"), tr("More actions"), m_header);
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_menu = new QMenu(m_more);
    m_more->setMenu(m_menu);
    m_more->hide();
    row->addWidget(m_more);
    m_column->addWidget(m_header);
    m_header->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_header, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        if (!m_menu->isEmpty()) {
            m_menu->popup(m_header->mapToGlobal(at));
        }
    });
}

QString Page::title() const {
    return m_title->text();
}

void Page::open(const NavigationTarget& target) {
    Q_UNUSED(target);
}

void Page::restoreState(const QVariantMap& state) {
    Q_UNUSED(state);
}

void Page::showProblem(const QString& sentence) {
    m_banner->show(Mood::kError, sentence);
}

void Page::clearProblem() {
    m_banner->clear();
}

QString Page::forbidden(Feature feature) {
    const QString why = QString::fromStdString(m_backend.facts().capabilities.whyNot(feature));
    if (!why.isEmpty() && !m_reasons.contains(why)) {
        m_reasons.append(why);
        m_limits->show(Mood::kInfo, m_reasons.join(QLatin1Char(' ')));
    }
    return why;
}

void Page::say(const QString& sentence) {
    m_undo->say(sentence);
}

void Page::offerUndo(const QString& sentence, std::function<void()> undo) {
    m_undo->offerUndo(sentence, std::move(undo));
}

void Page::setTitle(const QString& title) {
    if (title != m_title->text()) {
        m_title->setText(title);
        setAccessibleName(title);
        Q_EMIT titleChanged(title);
    }
}

void Page::setFacts(const QString& facts) {
    m_facts->setText(facts);
}

void Page::addHeaderWidget(QWidget* widget) {
    m_headerWidgets->addWidget(widget);
}

void Page::addHeaderAction(QAction* action, ButtonKind kind) {
    m_headerActions->addWidget(makeButton(action, kind, m_header));
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
}

void Page::addMenuAction(QAction* action) {
    m_menu->addAction(action);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(action);
    m_more->show();
}

void Page::addMenuSeparator() {
    m_menu->addSeparator();
}

void Page::setContent(QWidget* content) {
    m_content = content;
    m_stack->addWidget(content);
    m_stack->setCurrentWidget(content);
}

QVBoxLayout* Page::body() {
    if (m_body == nullptr) {
        auto* holder = new QWidget(m_stack);
        m_body = new QVBoxLayout(holder);
        m_body->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
        m_body->setSpacing(Theme::kGroupGap);
        setContent(holder);
    }
    return m_body;
}

QHBoxLayout* Page::toolRow() {
    if (m_toolRow == nullptr) {
        m_toolRow = new QWidget(this);
        auto* row = new QHBoxLayout(m_toolRow);
        row->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, 12);
        row->setSpacing(Theme::kGap);
        m_column->insertWidget(1, m_toolRow);
    }
    return static_cast<QHBoxLayout*>(m_toolRow->layout());
}

void Page::setEmptyState(EmptyState* empty) {
    m_empty = empty;
    m_stack->addWidget(empty);
}

void Page::showEmpty() {
    if (m_empty != nullptr) {
        m_stack->setCurrentWidget(m_empty);
    }
}

void Page::showContent() {
    if (m_content != nullptr) {
        m_stack->setCurrentWidget(m_content);
    }
}

void Page::setInspector(QWidget* inspector, int width) {
    m_inspectorWidth = width;
    m_inspector = inspector;
    m_splitter->addWidget(inspector);
    m_splitter->setStretchFactor(1, 0);
    inspector->setMinimumWidth(260);
    inspector->hide();
}

void Page::setInspectorVisible(bool visible) {
    if (m_inspector == nullptr || m_inspector->isHidden() != visible) {
        return;
    }
    m_inspector->setVisible(visible);
    if (visible) {
        const int wanted = m_backend.settings().value(m_name + QStringLiteral("/inspector"), m_inspectorWidth).toInt();
        const int room = m_splitter->width();
        const int taken = std::min(std::max(wanted, 260), std::max(260, room * 2 / 3));
        m_splitter->setSizes({std::max(0, room - taken), taken});
    }
}

bool Page::isInspectorVisible() const {
    return m_inspector != nullptr && !m_inspector->isHidden();
}

void Page::focusContent() {
    for (QWidget* widget : findChildren<QWidget*>()) {
        const bool list =
            qobject_cast<QAbstractScrollArea*>(widget) != nullptr && qobject_cast<QScrollArea*>(widget) == nullptr;
        if (list && widget->isVisibleTo(this) && (widget->focusPolicy() & Qt::TabFocus) != 0) {
            widget->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
    setFocus(Qt::OtherFocusReason);
}

void Page::openPanel(SidePanel* panel) {
    if (m_panel != nullptr && m_panel != panel) {
        m_panel->close();
        m_panel->deleteLater();
    }
    m_panel = panel;
    connect(panel, &QObject::destroyed, this, [this, panel] {
        if (m_panel == panel) {
            m_panel = nullptr;
        }
    });
    panel->openOver(this);
}

void Page::openTopic(const QString& topic, const QString& section) {
    NavigationTarget target;
    target.kind = PageKind::kTopic;
    target.subject = topic;
    target.section = section;
    go(target);
}

void Page::openGroup(const QString& group) {
    NavigationTarget target;
    target.kind = PageKind::kGroup;
    target.subject = group;
    go(target);
}

void Page::openMessages(const RecordQuery& query) {
    NavigationTarget target;
    target.kind = PageKind::kTopic;
    target.subject = query.topic;
    target.section = QStringLiteral("messages");
    target.query = query;
    go(target);
}

void Page::openPublish(const QString& topic, const std::optional<OutgoingRecord>& record) {
    NavigationTarget target;
    target.kind = PageKind::kPublish;
    target.subject = topic;
    target.record = record;
    go(target);
}

void Page::openReplay(const ReplaySpec& spec) {
    NavigationTarget target;
    target.kind = PageKind::kReplay;
    target.replay = spec;
    go(target);
}

}  // namespace weir::ui
