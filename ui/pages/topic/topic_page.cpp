// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/topic_page.h"

#include <QAction>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/pages/topic/partitions_section.h"
#include "ui/pages/topic/readers_section.h"
#include "ui/widgets/config_editor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

const QString kMessages = QStringLiteral("messages");
const QString kPartitions = QStringLiteral("partitions");
const QString kConfig = QStringLiteral("config");
const QString kGroups = QStringLiteral("groups");

}  // namespace

TopicPage::TopicPage(Backend& backend, const QString& topic, const MakeMessages& makeMessages,
                     const MakeActions& makeActions, QWidget* parent)
    : Page(backend, QStringLiteral("topic"), parent), m_topic(topic) {
    setTitle(topic);
    m_stack = new QStackedWidget(this);
    QStringList titles;
    if (makeMessages) {
        m_messages = makeMessages(topic, *this);
        addSection(kMessages, m_messages.widget);
        titles.append(tr("Messages"));
    }
    m_partitions = new PartitionsSection(backend, topic, m_stack);
    addSection(kPartitions, m_partitions);
    buildConfig();
    m_readers = new ReadersSection(backend.settings(), topic, m_stack);
    addSection(kGroups, m_readers);
    titles += QStringList{tr("Partitions"), tr("Settings"), tr("Groups")};
    m_sections = new SegmentedControl(titles, this);
    m_sections->setAccessibleName(tr("Section"));
    addHeaderWidget(m_sections);
    buildActions(makeActions);
    setContent(m_stack);
    setEmptyState(new EmptyState(QStringLiteral("topics"), tr("There is no topic %1.").arg(topic), this));
    connect(m_sections, &SegmentedControl::chosen, this, &TopicPage::showSection);
    connect(m_partitions, &PartitionsSection::failed, this, &TopicPage::showProblem);
    connect(m_partitions, &PartitionsSection::transactionWanted, this, [this](const QString& id) {
        NavigationTarget target;
        target.kind = PageKind::kTransactions;
        target.section = id;
        go(target);
    });
    connect(m_partitions, &PartitionsSection::opened, this, [this](PartitionId partition) {
        RecordQuery query;
        query.topic = m_topic;
        query.partitions = {partition};
        openMessages(query);
    });
    connect(m_readers, &ReadersSection::opened, this, &TopicPage::openGroup);
    connect(&backend.live(), &LiveFeed::changed, this, &TopicPage::showState);
    showState();
}

void TopicPage::addSection(const QString& id, QWidget* widget) {
    m_ids.append(id);
    m_stack->addWidget(widget);
}

void TopicPage::buildActions(const MakeActions& makeActions) {
    const auto action = [this](const char* icon, const QString& text, auto slot) {
        auto* made = new QAction(Theme::of().icon(QString::fromLatin1(icon)), text, this);
        connect(made, &QAction::triggered, this, slot);
        return made;
    };
    QAction* const publish = action("publish", tr("Publish"), [this] { openPublish(m_topic); });
    addHeaderAction(publish);
    forbid(publish, forbidden(Feature::kEdit));
    addMenuAction(action("replay", tr("Replay"), [this] {
        ReplaySpec spec;
        spec.fromTopic = m_topic;
        openReplay(spec);
    }));
    addMenuAction(action("plot", tr("Plot a field"), [this] {
        NavigationTarget target;
        target.kind = PageKind::kPlot;
        target.plot = PlotQuery{};
        target.plot->topic = m_topic;
        go(target);
    }));
    addMenuSeparator();
    if (makeActions) {
        for (QAction* each : makeActions(m_topic, *this)) {
            if (each != nullptr) {
                addMenuAction(each);
            } else {
                addMenuSeparator();
            }
        }
    }
    addMenuAction(action("topics", tr("Show in the list of topics"), [this] {
        NavigationTarget target;
        target.kind = PageKind::kTopics;
        target.subject = m_topic;
        go(target);
    }));
}

void TopicPage::buildConfig() {
    auto* holder = new QWidget(m_stack);
    auto* column = new QVBoxLayout(holder);
    column->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    m_config =
        new ConfigEditor(backend().settings(), QStringLiteral("topic/config"), ConfigEditor::Bar::kWithApply, holder);
    m_config->setForbidden(
        forbidden(backend().facts().capabilities.has(Feature::kEdit) ? Feature::kConfigs : Feature::kEdit));
    column->addWidget(m_config);
    addSection(kConfig, holder);
    connect(m_config, &ConfigEditor::applyRequested, this, &TopicPage::applyConfig);
}

void TopicPage::showSection(int index) {
    if (index < 0 || index >= m_stack->count()) {
        return;
    }
    m_sections->setCurrent(index);
    m_stack->setCurrentIndex(index);
    if (m_ids.at(index) == kConfig && !m_configLoaded) {
        loadConfig();
    }
}

void TopicPage::showState() {
    const SnapshotPtr snapshot = backend().live().current();
    const TopicSnapshot* topic = snapshot->findTopic(m_topic.toStdString());
    if (topic == nullptr) {
        setFacts(QString());
        showEmpty();
        return;
    }
    showContent();
    const Rate rate = backend().live().topicRate(m_topic);
    setFacts(tr("%1 · %2 · %3 · %4")
                 .arg(plural(static_cast<qint64>(topic->partitions.size()), tr("partition"), tr("partitions")),
                      tr("%1 records").arg(formatCount(topic->recordCount(), topic->countIsExact)),
                      formatBytes(topic->sizeBytes()), formatRate(rate.recordsIn)));
    m_partitions->showState();
    m_readers->show(*snapshot);
}

void TopicPage::loadConfig() {
    m_configLoaded = true;
    backend().topics().describeConfig(m_topic, this, [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
        if (answer.ok()) {
            m_config->setEntries(answer.value());
        } else {
            m_configLoaded = false;
            showProblem(QString::fromStdString(answer.error().message));
        }
    });
}

void TopicPage::applyConfig(const std::vector<ConfigChange>& changes) {
    m_config->setBusy(true);
    clearProblem();
    backend().topics().alterConfig(
        m_topic, changes, false, this,
        [this, count = static_cast<qint64>(changes.size())](const ClusterResult<void>& answer) {
            m_config->setBusy(false);
            if (!answer.ok()) {
                showProblem(QString::fromStdString(answer.error().message));
                return;
            }
            m_config->discard();
            say(tr("Applied %1.").arg(plural(count, tr("change"), tr("changes"))));
            loadConfig();
        });
}

void TopicPage::focusSearch() {
    const QString id = m_ids.value(m_stack->currentIndex());
    if (id == kMessages && m_messages.focusSearch) {
        m_messages.focusSearch();
    } else if (id == kConfig) {
        m_config->focusSearch();
    }
}

void TopicPage::refresh() {
    showState();
    const QString id = m_ids.value(m_stack->currentIndex());
    if (id == kMessages && m_messages.refresh) {
        m_messages.refresh();
    } else if (id == kConfig) {
        loadConfig();
    }
}

void TopicPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (target.query && m_messages.openQuery) {
        showSection(static_cast<int>(m_ids.indexOf(kMessages)));
        m_messages.openQuery(*target.query);
        return;
    }
    // Where the segments are drawn goes by either name.
    const QString id = target.section == QLatin1String("storage") ? kPartitions : target.section;
    showSection(static_cast<int>(m_ids.indexOf(id)));
}

QVariantMap TopicPage::saveState() const {
    QVariantMap state{{QStringLiteral("section"), m_ids.value(m_stack->currentIndex())}};
    if (m_messages.saveState) {
        state.insert(kMessages, m_messages.saveState());
    }
    return state;
}

void TopicPage::restoreState(const QVariantMap& state) {
    if (m_messages.restoreState && state.contains(kMessages)) {
        m_messages.restoreState(state.value(kMessages).toMap());
    }
    showSection(static_cast<int>(m_ids.indexOf(state.value(QStringLiteral("section")).toString())));
}

}  // namespace weir::ui
