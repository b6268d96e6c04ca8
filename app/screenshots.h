// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <vector>

#include "ui/shell/main_window.h"

namespace weir::app {

/// Takes a picture of every page of the navigation in both themes, in the running window with its real data. The
/// pictures are `<folder>/<page>-<theme>.png`. GUI thread.
class Screenshots final : public QObject {
    Q_OBJECT

public:
    Screenshots(ui::MainWindow& window, QString folder, QObject* parent);
    void start();

Q_SIGNALS:
    void finished();

private:
    struct Shot {
        ui::PageInfo page;
        QString theme;
    };
    void next();

    ui::MainWindow& m_window;
    QString m_folder;
    std::vector<Shot> m_shots;
    std::size_t m_at = 0;
    QTimer m_timer;
};

}  // namespace weir::app
