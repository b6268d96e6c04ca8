// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a picture of every page, dark and light, at two sizes, with a full and an empty cluster, so that they can be
// looked at side by side: weir_screenshots <folder> [part of a name]
#include <QApplication>
#include <QDir>
#include <QTimer>
#include <deque>
#include <functional>

#include "tests/support/fake_backend.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_registry.h"
#include "ui/shell/shortcuts_overlay.h"
#include "ui/shell/workspace.h"

using namespace weir;
using namespace weir::ui;

namespace {

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

NavigationTarget to(PageKind kind, const QString& subject = {}, const QString& section = {}) {
    NavigationTarget target;
    target.kind = kind;
    target.subject = subject;
    target.section = section;
    return target;
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme theme(app);
    theme.setReduceMotion(true);
    const QStringList arguments = QApplication::arguments();
    QDir folder(arguments.value(1, QStringLiteral("screenshots")));
    folder.mkpath(QStringLiteral("."));
    Photographer camera(theme, folder, arguments.value(2));

    const auto full = test::FakeBackend::sampleCluster();
    full->settings().setValue(QStringLiteral("shell/welcomed"), true);
    const auto empty = std::make_unique<test::FakeBackend>();
    MainWindow window(*full, allPages());
    MainWindow bare(*empty, allPages());
    window.show();

    const std::pair<SchemeChoice, QString> looks[] = {{SchemeChoice::kDark, QStringLiteral("dark")},
                                                      {SchemeChoice::kLight, QStringLiteral("light")},
                                                      {SchemeChoice::kHighContrast, QStringLiteral("contrast")}};
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        for (const auto& [choice, look] : looks) {
            if (choice == SchemeChoice::kHighContrast && size.width() > 1280) {
                continue;
            }
            const QString suffix = QStringLiteral("-%1-%2").arg(look).arg(size.width());
            const auto shoot = [&, choice = choice, size](const QString& name, const NavigationTarget& target) {
                camera.add(name + suffix, [&camera, &window, choice, size, target]() -> QWidget* {
                    camera.setLook(choice);
                    window.resize(size);
                    window.go(target);
                    return &window;
                });
            };
            for (const PageInfo& page : allPages().listed()) {
                shoot(page.id, to(page.kind));
            }
            for (const char* section : {"messages", "partitions", "storage", "config", "groups", "statistics"}) {
                shoot(QStringLiteral("topic-") + QString::fromLatin1(section),
                      to(PageKind::kTopic, QStringLiteral("stocks.trades"), QString::fromLatin1(section)));
            }
            shoot(QStringLiteral("group"), to(PageKind::kGroup, QStringLiteral("fraud-detector")));
            camera.add(QStringLiteral("palette") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                window.resize(size);
                window.commandPalette().open();
                return &window;
            });
            camera.add(QStringLiteral("shortcuts") + suffix, [&, choice = choice, size]() -> QWidget* {
                camera.setLook(choice);
                window.resize(size);
                new ShortcutsOverlay(window.actions(), window.centralWidget());
                return &window;
            });
            if (size.width() > 1280) {
                continue;
            }
            for (const PageInfo& page : allPages().listed()) {
                camera.add(QStringLiteral("empty-") + page.id + suffix,
                           [&camera, &bare, choice = choice, size, kind = page.kind]() -> QWidget* {
                               camera.setLook(choice);
                               bare.resize(size);
                               bare.show();
                               bare.go(to(kind));
                               return &bare;
                           });
            }
        }
    }
    QTimer::singleShot(0, &camera, [&camera] { camera.start(); });
    return QApplication::exec();
}
