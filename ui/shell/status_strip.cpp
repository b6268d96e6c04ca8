// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_strip.h"

#include <QHBoxLayout>
#include <QPainter>
#include <algorithm>

#include "ui/shell/popover.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr int kHeight = 24;

/// A word with an icon, low and quiet; with nothing to do when pressed it is only read.
QToolButton* makeItem(const QString& icon, Tint tint, QWidget* parent) {
    auto* item = new QToolButton(parent);
    item->setAutoRaise(true);
    item->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    item->setIcon(Theme::of().icon(icon, tint));
    item->setIconSize(QSize(14, 14));
    item->setFixedHeight(kHeight - 2);
    item->setFocusPolicy(Qt::TabFocus);
    item->setFont(Theme::of().font(FontRole::kSecondary));
    QObject::connect(&Theme::of(), &Theme::changed, item, [item] {
        item->setFont(Theme::of().font(FontRole::kSecondary));
        item->setFixedHeight(Theme::of().px(kHeight - 2));
    });
    return item;
}

void setItem(QToolButton* item, const QString& text, const QString& name, const QString& tooltip) {
    if (item->text() != text) {
        item->setText(text);
        item->setAccessibleName(name + QLatin1Char(' ') + text);
    }
    item->setToolTip(tooltip);
}

Tint tintOf(Problem::Severity severity) {
    switch (severity) {
        case Problem::Severity::kError:
            return Tint::kBad;
        case Problem::Severity::kWarning:
            return Tint::kWarn;
        case Problem::Severity::kInfo:
            break;
    }
    return Tint::kAccent;
}

}  // namespace

StatusStrip::StatusStrip(Backend& backend, QWidget* parent) : QWidget(parent), m_backend(backend) {
    setAccessibleName(tr("Status"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 1, 8, 0);
    row->setSpacing(4);
    m_address = makeLabel(QString(), FontRole::kMono, Tint::kTextSecondary, this);
    m_address->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_address->setToolTip(tr("Where clients connect"));
    row->addWidget(m_address);
    auto* copy = new CopyButton(
        tr("Copy the address"), [this] { return m_backend.facts().bootstrap; }, this);
    copy->setFixedSize(22, kHeight - 2);
    copy->setIconSize(QSize(14, 14));
    row->addWidget(copy);
    row->addSpacing(8);
    m_in = makeItem(QStringLiteral("import"), Tint::kIn, this);
    m_out = makeItem(QStringLiteral("export"), Tint::kOut, this);
    // Rates only: they are read, not pressed, and must not move what stands right of them.
    for (QToolButton* rate : {m_in, m_out}) {
        rate->setMinimumWidth(96);
        rate->setFocusPolicy(Qt::NoFocus);
        row->addWidget(rate);
    }
    m_clients = makeItem(QStringLiteral("clients"), Tint::kTextSecondary, this);
    connect(m_clients, &QToolButton::clicked, this, &StatusStrip::clientsRequested);
    row->addWidget(m_clients);
    m_disk = makeItem(QStringLiteral("disk"), Tint::kTextSecondary, this);
    m_disk->setFocusPolicy(Qt::NoFocus);
    row->addWidget(m_disk);
    row->addStretch(1);
    m_jobs = makeItem(QStringLiteral("bolt"), Tint::kAccent, this);
    connect(m_jobs, &QToolButton::clicked, this, &StatusStrip::showJobs);
    row->addWidget(m_jobs);
    m_problems = makeItem(QStringLiteral("check"), Tint::kOk, this);
    connect(m_problems, &QToolButton::clicked, this, &StatusStrip::showProblems);
    row->addWidget(m_problems);
    const auto size = [this] { setFixedHeight(Theme::of().px(kHeight)); };
    size();
    connect(&Theme::of(), &Theme::changed, this, size);
    connect(&backend.live(), &LiveFeed::changed, this, &StatusStrip::refresh);
    connect(&backend.jobs(), &Jobs::changed, this, &StatusStrip::refreshJobs);
    refresh();
    refreshJobs();
}

void StatusStrip::refresh() {
    const SnapshotPtr snapshot = m_backend.live().current();
    const Rate rate = m_backend.live().totalRate();
    const ClusterFacts facts = m_backend.facts();
    if (m_address->text() != facts.bootstrap) {
        m_address->setText(facts.bootstrap);
    }
    const QString noBytes = QString::fromStdString(facts.capabilities.whyNot(Feature::kByteRates));
    const QString in = (noBytes.isEmpty() ? QString() : QStringLiteral("~")) + formatByteRate(rate.bytesIn);
    const QString records = tr("In: %1, %2 records").arg(in, formatRate(rate.recordsIn));
    setItem(m_in, in, tr("In"), noBytes.isEmpty() ? records : records + QLatin1Char('\n') + noBytes);
    const QString out = noBytes.isEmpty() ? formatByteRate(rate.bytesOut) : QStringLiteral("–");
    setItem(m_out, out, tr("Out"), noBytes.isEmpty() ? tr("Out: %1").arg(out) : noBytes);
    const QString noClients = QString::fromStdString(facts.capabilities.whyNot(Feature::kLiveClients));
    setItem(m_clients,
            noClients.isEmpty()
                ? plural(static_cast<qint64>(snapshot->connections.size()), tr("connection"), tr("connections"))
                : tr("– connections"),
            tr("Clients"), noClients.isEmpty() ? tr("Show who is connected") : noClients);
    setItem(m_disk, formatBytes(snapshot->totals.diskBytes), tr("Disk"),
            tr("%1 on disk, %2 free")
                .arg(formatBytesExact(snapshot->totals.diskBytes), formatBytes(snapshot->totals.diskFreeBytes)));
    const QString stale = m_backend.live().staleReason();
    const auto problems = static_cast<qint64>(snapshot->problems.size()) + (stale.isEmpty() ? 0 : 1);
    const bool grave = std::any_of(snapshot->problems.begin(), snapshot->problems.end(),
                                   [](const Problem& p) { return p.severity == Problem::Severity::kError; });
    const QString text = problems == 0 ? tr("No problems") : plural(problems, tr("problem"), tr("problems"));
    if (text != m_problems->text()) {
        m_problems->setIcon(Theme::of().icon(problems == 0 ? QStringLiteral("check")
                                             : grave       ? QStringLiteral("error")
                                                           : QStringLiteral("warning"),
                                             problems == 0 ? Tint::kOk
                                             : grave       ? Tint::kBad
                                                           : Tint::kWarn));
    }
    setItem(m_problems, text, QString(), problems == 0 ? QString() : tr("Show what is wrong"));
}

void StatusStrip::refreshJobs() {
    int running = 0;
    double share = -1;
    for (const JobStatus& job : m_backend.jobs().all()) {
        if (job.state == JobState::kRunning || job.state == JobState::kPaused) {
            ++running;
            share = job.total > 0 ? static_cast<double>(job.done) / static_cast<double>(job.total) : -1;
        }
    }
    m_jobs->setVisible(running > 0);
    QString text = plural(running, tr("job"), tr("jobs"));
    if (running == 1 && share >= 0) {
        text += QStringLiteral(" · ") + formatShare(share);
    }
    setItem(m_jobs, text, QString(), tr("Show what runs"));
}

void StatusStrip::showProblems() {
    auto* box = new Popover(tr("Problems"), this);
    const SnapshotPtr snapshot = m_backend.live().current();
    const auto add = [box](Tint tint, const QString& subject, const QString& sentence) {
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        auto* icon = new QLabel(box);
        icon->setPixmap(Theme::of().pixmap(tint == Tint::kBad ? QStringLiteral("error") : QStringLiteral("warning"), 18,
                                           tint, box->devicePixelRatioF()));
        row->addWidget(icon, 0, Qt::AlignTop);
        auto* text = new QVBoxLayout;
        text->setSpacing(2);
        text->addWidget(makeLabel(subject, FontRole::kBodyMedium, Tint::kText, box));
        auto* words = makeLabel(sentence, FontRole::kBody, Tint::kTextSecondary, box);
        words->setWordWrap(true);
        text->addWidget(words);
        row->addLayout(text, 1);
        box->body()->addLayout(row);
    };
    if (const QString stale = m_backend.live().staleReason(); !stale.isEmpty()) {
        add(Tint::kWarn, m_backend.facts().name, stale);
    }
    constexpr std::size_t kShown = 12;
    for (std::size_t i = 0; i < std::min(kShown, snapshot->problems.size()); ++i) {
        const Problem& problem = snapshot->problems[i];
        QString subject = QString::fromStdString(problem.subject);
        if (problem.since != kNoTimestamp) {
            subject = tr("%1, since %2").arg(subject, formatClock(problem.since));
        }
        add(tintOf(problem.severity), subject, QString::fromStdString(problem.message));
    }
    if (snapshot->problems.size() > kShown) {
        box->body()->addWidget(makeLabel(tr("and %1 more").arg(snapshot->problems.size() - kShown), FontRole::kBody,
                                         Tint::kTextSecondary, box));
    }
    if (box->body()->count() == 1) {
        box->body()->addWidget(makeLabel(tr("Everything serves. Full disks, damaged files and partitions that are "
                                            "offline are told here."),
                                         FontRole::kBody, Tint::kTextSecondary, box));
        static_cast<QLabel*>(box->body()->itemAt(1)->widget())->setWordWrap(true);
    }
    box->openAbove(m_problems);
}

void StatusStrip::showJobs() {
    auto* box = new Popover(tr("What runs"), this);
    for (const JobStatus& job : m_backend.jobs().all()) {
        if (job.state != JobState::kRunning && job.state != JobState::kPaused) {
            continue;
        }
        auto* row = new QHBoxLayout;
        row->setSpacing(8);
        auto* text = new QVBoxLayout;
        text->setSpacing(2);
        auto* title = new ElidedLabel(box);
        title->setText(job.title);
        text->addWidget(title);
        QString line = tr("%1 records · %2").arg(formatCount(job.done), formatRate(job.perSecond));
        if (job.total > 0) {
            line += QStringLiteral(" · ") + formatShare(static_cast<double>(job.done) / static_cast<double>(job.total));
        }
        text->addWidget(makeLabel(line, FontRole::kSecondary, Tint::kTextSecondary, box));
        row->addLayout(text, 1);
        const bool paused = job.state == JobState::kPaused;
        auto* hold = makeIconButton(paused ? QStringLiteral("play") : QStringLiteral("pause"),
                                    paused ? tr("Resume") : tr("Pause"), box);
        connect(hold, &QToolButton::clicked, box, [this, box, id = job.id, paused] {
            paused ? m_backend.jobs().resume(id) : m_backend.jobs().pause(id);
            box->close();
        });
        row->addWidget(hold);
        auto* stop = makeIconButton(QStringLiteral("stop"), tr("Stop"), box);
        connect(stop, &QToolButton::clicked, box, [this, box, id = job.id] {
            m_backend.jobs().stop(id);
            box->close();
        });
        row->addWidget(stop);
        box->body()->addLayout(row);
    }
    box->openAbove(m_jobs);
}

void StatusStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::of().color(Tint::kWindow));
    painter.fillRect(QRect(0, 0, width(), 1), Theme::of().color(Tint::kLine));
}

}  // namespace weir::ui
