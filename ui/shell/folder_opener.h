// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

class QWidget;

namespace weir::ui {

class Connections;

/// Opens folders of log files as clusters: chosen in a dialog, or dropped on the window. GUI thread.
class FolderOpener : public QObject {
    Q_OBJECT

public:
    /// Both outlive it; from here on `window` takes folders that are dropped on it. `tell` shows why one was refused.
    FolderOpener(Connections& connections, QWidget* window, std::function<void(const QString&)> tell);

    void choose();
    void open(const QString& path);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    Connections& m_connections;
    QWidget* m_window;
    std::function<void(const QString&)> m_tell;
};

}  // namespace weir::ui
