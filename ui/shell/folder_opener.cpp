// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/folder_opener.h"

#include <QDropEvent>
#include <QFileDialog>
#include <QMimeData>
#include <QUrl>
#include <utility>

#include "ui/backend/connections.h"

namespace weir::ui {

namespace {

/// The only thing that was dragged here, if it is a file or a folder of this computer.
QString draggedPath(const QMimeData* data) {
    const QList<QUrl> urls = data->urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

}  // namespace

FolderOpener::FolderOpener(Connections& connections, QWidget* window, std::function<void(const QString&)> tell)
    : QObject(window), m_connections(connections), m_window(window), m_tell(std::move(tell)) {
    window->setAcceptDrops(true);
    window->installEventFilter(this);
}

void FolderOpener::choose() {
    auto* const dialog = new QFileDialog(m_window, tr("A folder of Kafka's log files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &FolderOpener::open);
    dialog->open();
}

void FolderOpener::open(const QString& path) {
    m_connections.openFolder(path, this, [this](const ClusterResult<void>& opened) {
        if (!opened) {
            m_tell(QString::fromStdString(opened.error().message));
        }
    });
}

bool FolderOpener::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::Drop) {
        // The one is the other's base: both say what is dragged.
        auto* const drop = static_cast<QDropEvent*>(event);
        const QString path = draggedPath(drop->mimeData());
        if (path.isEmpty()) {
            return false;
        }
        // What is dragged stays where it is, whatever the other side proposes.
        drop->setDropAction(Qt::CopyAction);
        drop->accept();
        if (event->type() == QEvent::Drop) {
            open(path);
        }
        return true;
    }
    return QObject::eventFilter(watched, event);
}

}  // namespace weir::ui
