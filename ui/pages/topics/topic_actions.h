// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>

#include "ui/backend/backend.h"

class QAction;

namespace weir::ui {

class Page;

/// What can be done to whole topics, the same wherever a topic is shown: in the list with several selected, and on a
/// topic's own page. Each action opens its panel on the page, says there what was done, and offers to undo a deletion.
/// Belongs to the page; `topics` names what the actions are about each time one is used.
class TopicActions : public QObject {
    Q_OBJECT

public:
    TopicActions(Backend& backend, Page& page, std::function<QStringList()> topics);

    [[nodiscard]] QAction* edit() const { return m_edit; }
    [[nodiscard]] QAction* partitions() const { return m_partitions; }
    [[nodiscard]] QAction* clone() const { return m_clone; }
    [[nodiscard]] QAction* save() const { return m_save; }
    [[nodiscard]] QAction* purge() const { return m_purge; }
    [[nodiscard]] QAction* remove() const { return m_remove; }

    /// Other topics are meant now: enables what can be done to them, and says why the rest cannot.
    void update();

private:
    QAction* add(const QString& text, const char* icon, void (TopicActions::*run)());
    void editConfig();
    void addPartitions();
    void cloneTopic();
    void exportTopics();
    void purgeTopics();
    void removeTopics();
    void undoRemove(const QStringList& topics);

    Backend& m_backend;
    Page& m_page;
    std::function<QStringList()> m_topics;
    QAction* m_edit;
    QAction* m_partitions;
    QAction* m_clone;
    QAction* m_save;
    QAction* m_purge;
    QAction* m_remove;
};

}  // namespace weir::ui
