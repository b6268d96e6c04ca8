// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>
#include <functional>
#include <vector>

class QWidget;

namespace weir::ui {

/// Everything one can do from anywhere, each with its words, its keys and its part of the shortcut list. The command
/// palette and the list of shortcuts read it; a shortcut works wherever the focus is in the window.
class ActionRegistry : public QObject {
    Q_OBJECT

public:
    struct Entry {
        QAction* action;
        QString group;
    };

    explicit ActionRegistry(QWidget* window);
    QAction* add(const QString& group, const QString& text, const QString& icon, const QList<QKeySequence>& keys,
                 std::function<void()> run);
    /// Keys that widgets answer themselves, for the list only.
    void note(const QString& group, const QString& text, const QString& keys);

    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
    struct Note {
        QString group;
        QString text;
        QString keys;
    };
    /// The list of shortcuts: actions with keys, then the notes.
    [[nodiscard]] std::vector<Note> shortcuts() const;

private:
    QWidget* m_window;
    std::vector<Entry> m_entries;
    std::vector<Note> m_notes;
};

}  // namespace weir::ui
