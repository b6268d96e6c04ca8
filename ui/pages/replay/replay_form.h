// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace weir::ui {

class RateSlider;
class SegmentedControl;
class TopicField;

/// What to replay, where to, and how fast.
class ReplayForm : public QWidget {
    Q_OBJECT

public:
    ReplayForm(RecordBrowser& records, QWidget* parent = nullptr);
    void setTopics(const Snapshot& snapshot);
    void fill(const ReplaySpec& spec);
    /// An error sentence when a field cannot be understood.
    [[nodiscard]] Result<ReplaySpec, QString> spec() const;
    void focusSource();

Q_SIGNALS:
    void changed();

private:
    void buildSource(QFormLayout& form);
    void buildTarget(QFormLayout& form);
    void buildPace(QFormLayout& form);
    void checkFilter();
    void showPace();

    RecordBrowser& m_records;
    TopicField* m_from;
    QLineEdit* m_partitions;
    QComboBox* m_range;
    QLineEdit* m_rangeFrom;
    QLineEdit* m_rangeUntil;
    QLineEdit* m_filter;
    QCheckBox* m_expression;
    QLabel* m_filterProblem;
    TopicField* m_to;
    QCheckBox* m_keepPartitions;
    QCheckBox* m_shift;
    QCheckBox* m_loop;
    SegmentedControl* m_pace;
    QDoubleSpinBox* m_factor;
    RateSlider* m_rate;
};

}  // namespace weir::ui
