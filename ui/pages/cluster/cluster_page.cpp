// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/cluster_page.h"

#include <QHBoxLayout>
#include <QStackedWidget>

#include "ui/pages/cluster/features_section.h"
#include "ui/pages/cluster/folders_section.h"
#include "ui/pages/cluster/quorum_section.h"
#include "ui/widgets/controls.h"

namespace weir::ui {
namespace {

const QStringList kSections = {QStringLiteral("folders"), QStringLiteral("quorum"), QStringLiteral("features")};

}  // namespace

ClusterPage::ClusterPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("cluster"), parent) {
    setTitle(tr("Cluster"));
    m_sections = new SegmentedControl({tr("Log folders"), tr("Metadata quorum"), tr("Features")}, this);
    m_sections->setAccessibleName(tr("Section"));
    m_sections->setChoiceTooltip(0, tr("Where the brokers keep their logs, and how much room there is"));
    m_sections->setChoiceTooltip(1, tr("Who keeps the metadata of the cluster, and who is behind"));
    m_sections->setChoiceTooltip(2, tr("Which protocol levels the cluster has agreed on"));
    addHeaderWidget(m_sections);
    m_search = new SearchField(tr("Search"), this);
    m_search->setMaximumWidth(Theme::of().px(320));
    toolRow()->addWidget(m_search, 1);
    toolRow()->addStretch(1);
    m_stack = new QStackedWidget(this);
    addSection(new FoldersSection(backend, m_stack));
    addSection(new QuorumSection(backend, m_stack));
    addSection(new FeaturesSection(backend, m_stack));
    setContent(m_stack);
    connect(m_sections, &SegmentedControl::chosen, this, &ClusterPage::showSection);
    connect(m_search, &SearchField::searched, this, [this](const QString& text) { current()->setFilterText(text); });
    connect(&backend.live(), &LiveFeed::changed, this, [this] {
        if (isVisible()) {
            current()->ask();
        }
    });
    showSection(0);
}

void ClusterPage::addSection(ClusterSection* section) {
    m_stack->addWidget(section);
    connect(section, &ClusterSection::factsChanged, this, [this] { setFacts(current()->facts()); });
    connect(section, &ClusterSection::topicWanted, this,
            [this](const QString& topic) { openTopic(topic, QStringLiteral("partitions")); });
}

ClusterSection* ClusterPage::current() const {
    return static_cast<ClusterSection*>(m_stack->currentWidget());
}

void ClusterPage::showSection(int index) {
    if (index < 0 || index >= m_stack->count()) {
        return;
    }
    m_sections->setCurrent(index);
    m_stack->setCurrentIndex(index);
    m_search->setPlaceholderText(index == 0   ? tr("Search replicas")
                                 : index == 1 ? tr("Search nodes")
                                              : tr("Search features"));
    current()->setFilterText(m_search->text());
    setFacts(current()->facts());
    current()->ask();
}

void ClusterPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    current()->ask();
}

void ClusterPage::focusSearch() {
    m_search->setFocus();
}

void ClusterPage::refresh() {
    current()->refresh();
}

void ClusterPage::open(const NavigationTarget& target) {
    Page::open(target);
    showSection(static_cast<int>(kSections.indexOf(target.section)));
}

QVariantMap ClusterPage::saveState() const {
    return {{QStringLiteral("section"), kSections.value(m_stack->currentIndex())}};
}

void ClusterPage::restoreState(const QVariantMap& state) {
    showSection(static_cast<int>(kSections.indexOf(state.value(QStringLiteral("section")).toString())));
}

}  // namespace weir::ui
