// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/jobs_strip.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

namespace {

constexpr int kMostShown = 6;

QString wordOf(JobState state) {
    switch (state) {
        case JobState::kRunning:
            return JobsStrip::tr("Running");
        case JobState::kPaused:
            return JobsStrip::tr("Paused");
        case JobState::kDone:
            return JobsStrip::tr("Done");
        case JobState::kStopped:
            return JobsStrip::tr("Stopped");
        case JobState::kFailed:
            return JobsStrip::tr("Failed");
    }
    return {};
}

Tint tintOf(JobState state) {
    switch (state) {
        case JobState::kRunning:
            return Tint::kAccent;
        case JobState::kDone:
            return Tint::kOk;
        case JobState::kFailed:
            return Tint::kBad;
        case JobState::kPaused:
            return Tint::kWarn;
        case JobState::kStopped:
            break;
    }
    return Tint::kTextSecondary;
}

}  // namespace

/// One job in one line.
class JobRow : public QWidget {
public:
    JobRow(Jobs& jobs, QWidget* parent) : QWidget(parent) {
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(0, Theme::kSmallGap, 0, Theme::kSmallGap);
        column->setSpacing(0);
        auto* row = new QHBoxLayout;
        row->setSpacing(Theme::kGap);
        auto* under = new QHBoxLayout;
        under->setSpacing(Theme::kGap);
        column->addLayout(row);
        column->addLayout(under);
        m_chip = new StateChip(this);
        m_title = new ElidedLabel(this);
        m_facts = makeLabel(QString(), FontRole::kMono, Tint::kTextSecondary, this);
        m_bar = new QProgressBar(this);
        m_bar->setTextVisible(false);
        m_bar->setFixedWidth(Theme::of().px(120));
        m_bar->setRange(0, 1000);
        m_pause = makeIconButton(QStringLiteral("pause"), JobsStrip::tr("Pause"), this);
        m_stop = makeIconButton(QStringLiteral("stop"), JobsStrip::tr("Stop"), this);
        row->addWidget(m_chip);
        row->addWidget(m_title, 1);
        row->addWidget(m_pause);
        row->addWidget(m_stop);
        under->addWidget(m_facts);
        under->addStretch(1);
        under->addWidget(m_bar);
        connect(m_pause, &QToolButton::clicked, this, [this, &jobs] {
            if (m_status.state == JobState::kPaused) {
                jobs.resume(m_status.id);
            } else {
                jobs.pause(m_status.id);
            }
        });
        connect(m_stop, &QToolButton::clicked, this, [this, &jobs] { jobs.stop(m_status.id); });
    }

    void setStatus(const JobStatus& status) {
        m_status = status;
        const bool live = status.state == JobState::kRunning || status.state == JobState::kPaused;
        const bool paused = status.state == JobState::kPaused;
        m_chip->setState(wordOf(status.state), tintOf(status.state));
        m_title->setText(status.message.isEmpty() ? status.title : status.title + tr(" · ") + status.message);
        QString facts = status.total >= 0 ? tr("%1 of %2").arg(formatCount(status.done), formatCount(status.total))
                                          : formatCount(status.done);
        if (status.state == JobState::kRunning) {
            facts += QStringLiteral(" · ") + formatRate(status.perSecond);
        }
        facts += QStringLiteral(" · ") + formatDuration(status.elapsedMs);
        if (status.errors > 0) {
            facts += tr(" · %1").arg(plural(status.errors, tr("error"), tr("errors")));
        }
        m_facts->setText(facts);
        m_bar->setVisible(live && status.total > 0);
        m_bar->setValue(status.total > 0 ? static_cast<int>(status.done * 1000 / status.total) : 0);
        m_pause->setVisible(live);
        m_pause->setIcon(Theme::of().icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
        m_pause->setToolTip(paused ? JobsStrip::tr("Go on") : JobsStrip::tr("Pause"));
        m_pause->setAccessibleName(m_pause->toolTip());
        m_stop->setVisible(live);
    }

private:
    JobStatus m_status;
    StateChip* m_chip;
    ElidedLabel* m_title;
    QLabel* m_facts;
    QProgressBar* m_bar;
    QToolButton* m_pause;
    QToolButton* m_stop;
};

JobsStrip::JobsStrip(Jobs& jobs, QStringList prefixes, QWidget* parent)
    : QWidget(parent), m_jobs(jobs), m_prefixes(std::move(prefixes)) {
    setAccessibleName(tr("Jobs"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(Theme::kSmallGap);
    column->addLayout(m_rows);
    connect(&jobs, &Jobs::changed, this, &JobsStrip::showState);
    showState();
}

void JobsStrip::showState() {
    std::vector<JobStatus> jobs = m_jobs.all();
    const auto other = [this](const JobStatus& job) {
        return !m_prefixes.isEmpty() && std::none_of(m_prefixes.begin(), m_prefixes.end(), [&](const QString& prefix) {
            return job.title.startsWith(prefix);
        });
    };
    jobs.erase(std::remove_if(jobs.begin(), jobs.end(), other), jobs.end());
    std::sort(jobs.begin(), jobs.end(), [](const JobStatus& a, const JobStatus& b) { return a.id > b.id; });
    const int count = std::min(kMostShown, static_cast<int>(jobs.size()));
    while (m_shown.size() < count) {
        m_shown.append(new JobRow(m_jobs, this));
        m_rows->addWidget(m_shown.last());
    }
    for (int i = 0; i < m_shown.size(); ++i) {
        m_shown[i]->setVisible(i < count);
        if (i < count) {
            m_shown[i]->setStatus(jobs[static_cast<std::size_t>(i)]);
        }
    }
    setVisible(count > 0);
}

}  // namespace weir::ui
