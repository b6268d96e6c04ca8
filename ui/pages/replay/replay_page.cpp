// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replay_page.h"

#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/pages/replay/replay_form.h"
#include "ui/pages/replay/unfinished_list.h"
#include "ui/widgets/format.h"
#include "ui/widgets/jobs_strip.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

ReplayPage::ReplayPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("replay"), parent) {
    setTitle(tr("Replay"));
    setFacts(tr("Keys, values, headers and order are kept to the byte"));
    m_dry = new QAction(tr("Dry run"), this);
    m_dry->setToolTip(tr("Counts what would be replayed; writes nothing."));
    m_dry->setIcon(Theme::of().icon(QStringLiteral("eye")));
    m_start = new QAction(tr("Start replay"), this);
    m_start->setIcon(Theme::of().icon(QStringLiteral("replay"), Tint::kOnAccent));
    m_start->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    addHeaderAction(m_dry);
    addHeaderAction(m_start, ButtonKind::kPrimary);

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    auto* area = new QScrollArea(splitter);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    auto* inside = new QWidget(area);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_form = new ReplayForm(backend.records(), inside);
    column->addWidget(m_form);
    column->addStretch(1);
    area->setWidget(inside);
    area->setMinimumWidth(Theme::of().px(560));
    splitter->addWidget(area);
    splitter->addWidget(buildDryRun());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setSizes({3000, 2000});
    setContent(splitter);

    connect(m_dry, &QAction::triggered, this, &ReplayPage::dryRun);
    connect(m_start, &QAction::triggered, this, &ReplayPage::start);
    connect(m_form, &ReplayForm::changed, this, &ReplayPage::forgetDryRun);
    connect(&backend.live(), &LiveFeed::changed, this, [this] {
        m_form->setTopics(*this->backend().live().current());
        showTargets();
    });
    connect(&backend.jobs(), &Jobs::changed, this, &ReplayPage::showActions);
    m_form->setTopics(*backend.live().current());
    showTargets();
    forgetDryRun();
}

QWidget* ReplayPage::buildDryRun() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    column->setSpacing(Theme::kGap);
    column->addWidget(makeLabel(tr("Dry run"), FontRole::kSection, Tint::kText, box));
    m_dryState = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, box);
    m_dryState->setWordWrap(true);
    column->addWidget(m_dryState);
    m_dryFacts = new KeyValueList(box);
    column->addWidget(m_dryFacts);
    m_warnings = makeLabel(QString(), FontRole::kBody, Tint::kWarnText, box);
    m_warnings->setWordWrap(true);
    column->addWidget(m_warnings);
    column->addStretch(1);
    m_unfinished = new UnfinishedList(box);
    column->addWidget(m_unfinished);
    connect(m_unfinished, &UnfinishedList::goOnAsked, this, [this](const QString& id, const QString& title) {
        clearProblem();
        say(tr("%1 goes on where it stopped.").arg(title));
        backend().replayer().goOn(id);
        showActions();
    });
    connect(m_unfinished, &UnfinishedList::forgetAsked, this, [this](const QString& id) {
        backend().replayer().forget(id);
        showActions();
    });
    column->addWidget(makeLabel(tr("Replays"), FontRole::kSection, Tint::kText, box));
    column->addWidget(new JobsStrip(backend().jobs(), {tr("Replay")}, box));
    return box;
}

void ReplayPage::showTargets() {
    const ClusterFacts facts = backend().facts();
    m_form->setTargets(facts.name, QString::fromStdString(facts.capabilities.whyNot(Feature::kEdit)),
                       backend().replayer().targets());
    showActions();
}

void ReplayPage::showActions() {
    const QString whyNot = m_form->whyNotTarget();
    m_start->setEnabled(whyNot.isEmpty());
    m_start->setToolTip(whyNot.isEmpty() ? tr("Writes what is selected. A dry run tells beforehand what that is.")
                                         : whyNot);
    m_unfinished->setReplays(backend().replayer().unfinished());
}

void ReplayPage::forgetDryRun() {
    ++m_asked;
    showActions();
    m_dryFacts->clear();
    m_warnings->clear();
    m_dryState->setText(tr("A dry run reads the selection and says what would be written, without writing."));
}

void ReplayPage::dryRun() {
    clearProblem();
    auto spec = m_form->spec();
    if (!spec) {
        showProblem(spec.error());
        return;
    }
    forgetDryRun();
    m_dryState->setText(tr("Counting…"));
    const int asked = m_asked;
    backend().replayer().dryRun(*spec, this, [this, asked](const ClusterResult<DryRun>& answer) {
        if (asked != m_asked) {
            return;
        }
        if (answer.ok()) {
            showDryRun(answer.value());
        } else {
            m_dryState->setText(QString::fromStdString(answer.error().message));
        }
    });
}

void ReplayPage::showDryRun(const DryRun& run) {
    m_dryState->setText(run.records == 0 ? tr("Nothing would be replayed: no record is in this selection.")
                                         : tr("This would be written:"));
    m_dryFacts->set(tr("Records"), formatCount(run.records));
    m_dryFacts->set(tr("Size"), formatBytes(run.bytes), formatBytesExact(run.bytes));
    m_dryFacts->set(tr("Read for it"), formatCount(run.scanned));
    if (run.records > 0) {
        m_dryFacts->set(tr("First"), formatAbsolute(run.first), {}, true);
        m_dryFacts->set(tr("Last"), formatAbsolute(run.last), {}, true);
    }
    if (run.leftOut > 0) {
        m_dryFacts->set(tr("Left out"), formatCount(run.leftOut));
    }
    if (!run.sample.isEmpty()) {
        m_dryFacts->set(tr("Masked"), run.sample, run.sample, true);
    }
    m_dryFacts->set(tr("Takes about"), run.expectedMs < 0 ? kNone : formatDuration(run.expectedMs));
    m_warnings->setText(run.warnings.join(QLatin1Char('\n')));
}

void ReplayPage::start() {
    clearProblem();
    auto spec = m_form->spec();
    if (!spec) {
        showProblem(spec.error());
        return;
    }
    backend().replayer().start(*spec);
    say(tr("Replaying %1 to %2.").arg(spec->fromTopic, spec->toTopic));
    showActions();
}

void ReplayPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (target.replay) {
        m_form->fill(*target.replay);
    } else if (!target.subject.isEmpty()) {
        ReplaySpec spec;
        spec.fromTopic = target.subject;
        m_form->fill(spec);
    }
}

void ReplayPage::focusSearch() {
    m_form->focusSource();
}

}  // namespace weir::ui
