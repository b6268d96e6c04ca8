// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/action_registry.h"

#include <QWidget>
#include <utility>

#include "ui/theme/theme.h"

namespace weir::ui {

ActionRegistry::ActionRegistry(QWidget* window) : QObject(window), m_window(window) {}

QAction* ActionRegistry::add(const QString& group, const QString& text, const QString& icon,
                             const QList<QKeySequence>& keys, std::function<void()> run) {
    auto* action = new QAction(Theme::of().icon(icon), text, this);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    m_window->addAction(action);
    m_entries.push_back({action, group});
    return action;
}

void ActionRegistry::note(const QString& group, const QString& text, const QString& keys) {
    m_notes.push_back({group, text, keys});
}

std::vector<ActionRegistry::Note> ActionRegistry::shortcuts() const {
    std::vector<Note> list;
    for (const Entry& entry : m_entries) {
        if (!entry.action->shortcut().isEmpty()) {
            list.push_back(
                {entry.group, entry.action->text(), entry.action->shortcut().toString(QKeySequence::NativeText)});
        }
    }
    list.insert(list.end(), m_notes.begin(), m_notes.end());
    return list;
}

}  // namespace weir::ui
