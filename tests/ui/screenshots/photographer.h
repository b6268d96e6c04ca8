// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QDir>
#include <QTimer>
#include <QWidget>
#include <deque>
#include <functional>

#include "ui/theme/theme.h"

namespace weir::ui::test {

/// Pictures one after the other, each after the window had time to lay out and load.
class Photographer : public QObject {
public:
    Photographer(Theme& theme, QDir folder, QString only)
        : m_theme(theme), m_folder(std::move(folder)), m_only(std::move(only)) {
        m_timer.setInterval(350);
        connect(&m_timer, &QTimer::timeout, this, &Photographer::next);
    }
    void start() { m_timer.start(); }
    void add(const QString& name, std::function<QWidget*()> prepare) {
        if (m_only.isEmpty() || name.contains(m_only)) {
            m_shots.push_back({name, std::move(prepare)});
        }
    }
    void setLook(SchemeChoice choice) { m_theme.setChoice(choice); }

private:
    struct Shot {
        QString name;
        std::function<QWidget*()> prepare;
    };
    void next() {
        if (m_widget != nullptr) {
            m_widget->grab().save(m_folder.filePath(m_shots.front().name + QStringLiteral(".png")));
            m_shots.pop_front();
            m_widget = nullptr;
        }
        if (m_shots.empty()) {
            QApplication::quit();
            return;
        }
        m_widget = m_shots.front().prepare();
    }

    Theme& m_theme;
    QDir m_folder;
    QString m_only;
    std::deque<Shot> m_shots;
    QWidget* m_widget = nullptr;
    QTimer m_timer;
};

}  // namespace weir::ui::test
