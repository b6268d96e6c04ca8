// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>

#include "ui/pages/topics/topic_model.h"
#include "ui/widgets/page.h"

class QCheckBox;

namespace weir::ui {

class DataTable;
class EmptyState;
class SearchField;
class TopicActions;

/// What exists and what moves.
class TopicsPage : public Page {
    Q_OBJECT

public:
    explicit TopicsPage(Backend& backend, QWidget* parent = nullptr);

    void focusSearch() override;
    void open(const NavigationTarget& target) override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

private:
    void buildActions();
    void buildTools();
    void buildTable();
    void buildEmpty();
    void showRows();
    void showSelection();
    [[nodiscard]] QStringList selectedTopics() const;
    void create();
    void showMenu(const QPoint& at);

    KeyedModel<TopicRow>* m_model = nullptr;
    DataTable* m_table = nullptr;
    SearchField* m_search = nullptr;
    QCheckBox* m_internal = nullptr;
    QWidget* m_selectionBar = nullptr;
    QLabel* m_selection = nullptr;
    QAction* m_create = nullptr;
    QAction* m_open = nullptr;
    QAction* m_publish = nullptr;
    QAction* m_replay = nullptr;
    TopicActions* m_actions = nullptr;
    QString m_stale;
    TopicReadersByName m_readers;
    QElapsedTimer m_sinceReaders;
};

}  // namespace weir::ui
