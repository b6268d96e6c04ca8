// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace weir::ui {

/// The lower edge, 24 px: where clients connect (with a copy button), what flows in and out, connections, disk, jobs
/// that run, problems. Paced by the backend's snapshots; a label changes only when its text does.
class StatusStrip : public QWidget {
    Q_OBJECT

public:
    explicit StatusStrip(Backend& backend, QWidget* parent = nullptr);
    void showProblems();
    void showJobs();

Q_SIGNALS:
    void clientsRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    void refreshJobs();

    Backend& m_backend;
    QLabel* m_address;
    QToolButton* m_in;
    QToolButton* m_out;
    QToolButton* m_clients;
    QToolButton* m_disk;
    QToolButton* m_jobs;
    QToolButton* m_problems;
};

}  // namespace weir::ui
