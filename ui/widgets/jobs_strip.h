// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/jobs.h"

class QVBoxLayout;

namespace weir::ui {

class JobRow;

/// Running and ended jobs whose title begins with one of `prefixes` (all when empty), newest first, each with its
/// progress, Pause and Stop. Hides itself while there is none.
class JobsStrip : public QWidget {
    Q_OBJECT

public:
    JobsStrip(Jobs& jobs, QStringList prefixes, QWidget* parent = nullptr);

private:
    void showState();

    Jobs& m_jobs;
    QStringList m_prefixes;
    QVBoxLayout* m_rows;
    QList<JobRow*> m_shown;
};

}  // namespace weir::ui
