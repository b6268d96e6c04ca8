// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "broker/model/snapshot.h"
#include "ui/backend/records.h"

class QComboBox;
class QLineEdit;
class QMenu;
class QToolButton;

namespace weir::ui {

/// Where reading starts, which partitions, where it stops, and how: the left half of the Messages tool row.
class StartBar : public QWidget {
    Q_OBJECT

public:
    explicit StartBar(QWidget* parent = nullptr);
    void setTopic(const TopicSnapshot& topic, const Snapshot& snapshot);
    /// Fills start, partitions, isolation, latest-per-key and stop conditions; an error sentence when a field is wrong.
    [[nodiscard]] Result<RecordQuery, QString> query() const;
    void setQuery(const RecordQuery& query);
    [[nodiscard]] bool isLive() const;

Q_SIGNALS:
    void changed();

private:
    void buildPartitions();
    void buildOptions();
    void showDetail();
    void partitionsChanged();

    QComboBox* m_kind;
    QLineEdit* m_detail;
    QComboBox* m_group;
    QToolButton* m_partitions;
    QMenu* m_partitionMenu;
    QToolButton* m_options;
    QAction* m_committed;
    QAction* m_markers;
    QAction* m_latest;
    QLineEdit* m_until;
    int m_partitionCount = 0;
    QStringList m_groups;
};

}  // namespace weir::ui
