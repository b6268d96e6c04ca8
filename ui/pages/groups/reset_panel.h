// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/backend/backend.h"
#include "ui/widgets/keyed_model.h"
#include "ui/widgets/side_panel.h"

class QComboBox;
class QDateTimeEdit;
class QLineEdit;
class QListWidget;
class QSpinBox;
class QStackedWidget;

namespace weir::ui {

class DataTable;
class SegmentedControl;

struct ResetRow {
    OffsetBeforeAfter offsets;

    [[nodiscard]] const TopicPartition& key() const { return offsets.partition; }
    bool operator==(const ResetRow& other) const {
        return offsets.partition == other.offsets.partition && offsets.before == other.offsets.before &&
               offsets.after == other.offsets.after && offsets.end == other.offsets.end;
    }
};

/// Moves a group's offsets: which partitions, where to, and the offsets before and after, always, before anything is
/// written. While the group has members it cannot be applied, and says who they are.
class ResetPanel : public SidePanel {
    Q_OBJECT

public:
    ResetPanel(Backend& backend, const QString& group, QWidget* parent = nullptr);
    /// What the controls say now.
    [[nodiscard]] ResetSpec spec() const;

Q_SIGNALS:
    void finished(int partitions);

private:
    void buildScope();
    void buildStrategy();
    void buildPreview();
    void fillScope();
    void controlsChanged();
    void preview();
    void showPreview(const std::vector<OffsetBeforeAfter>& rows);
    void check();
    void apply();
    [[nodiscard]] std::vector<TopicPartition> chosenPartitions() const;

    Backend& m_backend;
    QString m_group;
    std::vector<TopicPartition> m_all;
    SegmentedControl* m_scope;
    QStackedWidget* m_scopeDetail;
    QComboBox* m_topic;
    QListWidget* m_partitions;
    QComboBox* m_kind;
    QStackedWidget* m_value;
    QLineEdit* m_offset;
    QDateTimeEdit* m_time;
    QLineEdit* m_shift;
    QSpinBox* m_duration;
    QComboBox* m_unit;
    QComboBox* m_from;
    QLabel* m_meaning;
    QLabel* m_summary;
    DataTable* m_table;
    KeyedModel<ResetRow>* m_model;
    QTimer m_pause;
    /// Answers to older questions are dropped.
    int m_asked = 0;
    bool m_isCurrent = false;
};

}  // namespace weir::ui
