// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/cluster_section.h"

#include <QAction>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/empty_state.h"

namespace weir::ui {

ClusterSection::ClusterSection(Backend& backend, qint64 everyMs, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_pace(everyMs) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    m_problem = new Banner(this);
    m_problem->setOuterMargins(QMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kGap));
    outer->addWidget(m_problem);
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack, 1);
    m_instead = new EmptyState(QStringLiteral("cluster"), tr("Asking the cluster…"), m_stack);
    auto* again = new QAction(tr("Ask again"), this);
    connect(again, &QAction::triggered, this, &ClusterSection::refresh);
    m_instead->addStep(again);
    m_stack->addWidget(m_instead);
    auto* content = new QWidget(m_stack);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_stack->addWidget(content);
}

void ClusterSection::ask() {
    if (m_pace.begin()) {
        question();
    }
}

void ClusterSection::refresh() {
    m_pace.hurry();
    ask();
}

void ClusterSection::setFacts(const QString& facts) {
    m_facts = facts;
    Q_EMIT factsChanged();
}

void ClusterSection::showAnswer() {
    m_wasAnswered = true;
    m_problem->clear();
    m_stack->setCurrentIndex(1);
}

void ClusterSection::showFailure(const QString& sentence) {
    if (m_wasAnswered) {
        m_problem->show(Mood::kWarning, sentence);
        return;
    }
    m_instead->setSentence(tr("The cluster does not tell."));
    m_instead->setDetail(sentence);
}

}  // namespace weir::ui
