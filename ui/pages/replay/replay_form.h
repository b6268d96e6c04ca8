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
    /// Where it can go beside its own cluster, called `own`, which cannot be written to because of `whyNotOwn` unless
    /// that is empty. Without `others` there is no choice to show.
    void setTargets(const QString& own, const QString& whyNotOwn, const std::vector<ReplayTarget>& others);
    /// Why nothing can be written to the chosen one; empty: it can.
    [[nodiscard]] QString whyNotTarget() const;
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
    void buildMasks(QFormLayout& form);
    void showTarget();

    RecordBrowser& m_records;
    TopicField* m_from;
    QLineEdit* m_partitions;
    QComboBox* m_range;
    QLineEdit* m_rangeFrom;
    QLineEdit* m_rangeUntil;
    QLineEdit* m_filter;
    QCheckBox* m_expression;
    QLabel* m_filterProblem;
    QComboBox* m_target;
    std::vector<ReplayTarget> m_targets;
    QLabel* m_targetProblem;
    TopicField* m_to;
    QLineEdit* m_masks;
    QComboBox* m_maskKind;
    QCheckBox* m_keepPartitions;
    QCheckBox* m_shift;
    QCheckBox* m_loop;
    SegmentedControl* m_pace;
    QDoubleSpinBox* m_factor;
    RateSlider* m_rate;
};

}  // namespace weir::ui
