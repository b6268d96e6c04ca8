// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/topic_actions.h"

#include <QAction>
#include <QPointer>
#include <algorithm>

#include "ui/pages/topics/edit_config_panel.h"
#include "ui/pages/topics/topic_panels.h"
#include "ui/widgets/format.h"
#include "ui/widgets/page.h"

namespace weir::ui {

TopicActions::TopicActions(Backend& backend, Page& page, std::function<QStringList()> topics)
    : QObject(&page), m_backend(backend), m_page(page), m_topics(std::move(topics)) {
    m_edit = add(tr("Edit settings"), "settings", &TopicActions::editConfig);
    m_partitions = add(tr("Add partitions"), "partition", &TopicActions::addPartitions);
    m_clone = add(tr("Clone"), "copy", &TopicActions::cloneTopic);
    m_save = add(tr("Export"), "export", &TopicActions::exportTopics);
    m_purge = add(tr("Purge"), "remove", &TopicActions::purgeTopics);
    m_remove = add(tr("Delete"), "delete", &TopicActions::removeTopics);
    update();
}

QAction* TopicActions::add(const QString& text, const char* icon, void (TopicActions::*run)()) {
    auto* action = new QAction(Theme::of().icon(QString::fromLatin1(icon)), text, this);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, run);
    m_page.addAction(action);
    return action;
}

void TopicActions::update() {
    const QStringList topics = m_topics();
    const SnapshotPtr snapshot = m_backend.live().current();
    const auto count = topics.size();
    const auto find = [&snapshot](const QString& name) { return snapshot->findTopic(name.toStdString()); };
    const bool isThere =
        count > 0 && std::all_of(topics.begin(), topics.end(), [&find](const QString& name) { return find(name); });
    const bool hasInternal = std::any_of(topics.begin(), topics.end(), [&find](const QString& name) {
        const TopicSnapshot* topic = find(name);
        return topic != nullptr && topic->isInternal;
    });
    const QString keep = hasInternal ? tr("Kafka needs its internal topics.") : QString();
    const QString one = count > 1 ? tr("Select one topic for this.") : QString();
    m_save->setEnabled(isThere);
    for (QAction* action : {m_purge, m_remove}) {
        action->setEnabled(isThere && !hasInternal);
        action->setToolTip(keep);
    }
    for (QAction* action : {m_edit, m_clone}) {
        action->setEnabled(isThere && count == 1);
        action->setToolTip(one);
    }
    m_partitions->setEnabled(isThere && count == 1 && !hasInternal);
    m_partitions->setToolTip(keep.isEmpty() ? one : keep);
    for (QAction* action : {m_edit, m_partitions, m_clone, m_purge, m_remove}) {
        QString why = m_page.forbidden(Feature::kEdit);
        if (why.isEmpty() && action == m_edit) {
            why = m_page.forbidden(Feature::kConfigs);
        } else if (why.isEmpty() && action == m_purge) {
            why = m_page.forbidden(Feature::kDeleteRecords);
        }
        if (!why.isEmpty()) {
            action->setEnabled(false);
            action->setToolTip(why);
        }
    }
    m_remove->setText(count > 1 ? tr("Delete %1 topics").arg(formatCount(count)) : tr("Delete"));
}

void TopicActions::editConfig() {
    const QString topic = m_topics().value(0);
    auto* panel = new EditConfigPanel(m_backend, topic, &m_page);
    connect(panel, &EditConfigPanel::applied, &m_page, [this, topic](int changes) {
        m_page.say(tr("Applied %1 to %2.").arg(plural(changes, tr("change"), tr("changes")), topic));
        m_page.refresh();
    });
    m_page.openPanel(panel);
}

void TopicActions::addPartitions() {
    const QString name = m_topics().value(0);
    const TopicSnapshot* topic = m_backend.live().current()->findTopic(name.toStdString());
    if (topic == nullptr) {
        return;
    }
    auto* panel = new AddPartitionsPanel(m_backend, name, static_cast<int>(topic->partitions.size()), &m_page);
    connect(panel, &AddPartitionsPanel::finished, &m_page,
            [this, name](int total) { m_page.say(tr("%1 has %2 partitions now.").arg(name).arg(total)); });
    m_page.openPanel(panel);
}

void TopicActions::cloneTopic() {
    auto* panel = new CloneTopicPanel(m_backend, m_topics().value(0), &m_page);
    connect(panel, &CloneTopicPanel::finished, &m_page, [this](const QString& name, bool withRecords) {
        m_page.say(withRecords ? tr("Created %1; its records are being copied.").arg(name)
                               : tr("Created %1.").arg(name));
    });
    m_page.openPanel(panel);
}

void TopicActions::exportTopics() {
    auto* panel = new ExportTopicsPanel(m_backend, m_topics(), &m_page);
    connect(panel, &ExportTopicsPanel::finished, &m_page, [this](const QString& sentence) { m_page.say(sentence); });
    m_page.openPanel(panel);
}

void TopicActions::purgeTopics() {
    auto* panel = new PurgeTopicsPanel(m_backend, m_topics(), &m_page);
    connect(panel, &PurgeTopicsPanel::finished, &m_page, [this](const QStringList& purged) {
        m_page.say(tr("Purged %1.").arg(plural(purged.size(), tr("topic"), tr("topics"))));
        m_page.refresh();
    });
    m_page.openPanel(panel);
}

void TopicActions::removeTopics() {
    auto* panel = new DeleteTopicsPanel(m_backend, m_topics(), &m_page);
    connect(panel, &DeleteTopicsPanel::finished, &m_page, [this](const QStringList& deleted) {
        const QString what = deleted.size() == 1 ? deleted.front() : plural(deleted.size(), tr("topic"), tr("topics"));
        if (!m_backend.facts().capabilities.has(Feature::kUndelete)) {
            m_page.say(tr("Deleted %1.").arg(what));
            return;
        }
        m_page.offerUndo(tr("Deleted %1.").arg(what), [this, deleted] { undoRemove(deleted); });
    });
    m_page.openPanel(panel);
}

void TopicActions::undoRemove(const QStringList& topics) {
    forEachTopic(
        topics,
        [this](const QString& topic, Callback<void> done) {
            m_backend.topics().undoRemove(topic, this, std::move(done));
        },
        [page = QPointer<Page>(&m_page)](const BatchOutcome& outcome) {
            if (page == nullptr) {
                return;
            }
            if (outcome.failures.isEmpty()) {
                page->say(tr("Brought back %1.").arg(plural(outcome.done.size(), tr("topic"), tr("topics"))));
            } else {
                page->showProblem(outcome.failures.join(QLatin1Char('\n')));
            }
        });
}

}  // namespace weir::ui
