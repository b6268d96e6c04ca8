// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/screenshots.h"

#include <QDir>
#include <QPixmap>

#include "ui/shell/page_registry.h"
#include "ui/widgets/look_settings.h"

namespace weir::app {

namespace {
/// Long enough for a page to ask, be answered and draw a few points.
constexpr int kSettleMs = 1500;
}  // namespace

Screenshots::Screenshots(ui::MainWindow& window, QString folder, QObject* parent)
    : QObject(parent), m_window(window), m_folder(std::move(folder)) {
    for (const QString& theme : {QStringLiteral("dark"), QStringLiteral("light")}) {
        for (const ui::PageInfo& page : ui::allPages().listed()) {
            m_shots.push_back({page, theme});
        }
    }
    m_timer.setSingleShot(true);
    m_timer.setInterval(kSettleMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        const Shot& shot = m_shots[m_at++];
        m_window.grab().save(QStringLiteral("%1/%2-%3.png").arg(m_folder, shot.page.id, shot.theme));
        next();
    });
}

void Screenshots::start() {
    QDir().mkpath(m_folder);
    next();
}

void Screenshots::next() {
    if (m_at == m_shots.size()) {
        Q_EMIT finished();
        return;
    }
    const Shot& shot = m_shots[m_at];
    ui::Theme::of().setChoice(ui::schemeChoiceOf(shot.theme));
    ui::NavigationTarget target;
    target.kind = shot.page.kind;
    m_window.go(target);
    m_timer.start();
}

}  // namespace weir::app
