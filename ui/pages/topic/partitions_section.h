// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/pages/topic/partition_model.h"
#include "ui/pages/topic/segments_view.h"

class QLabel;

namespace weir::ui {

class DataTable;

/// The partitions of one topic, and below them the segment files of the chosen one, drawn to scale.
class PartitionsSection : public QWidget {
    Q_OBJECT

public:
    PartitionsSection(Backend& backend, const QString& topic, QWidget* parent = nullptr);
    void showState();

Q_SIGNALS:
    /// Show the records of this partition.
    void opened(weir::PartitionId partition);
    void failed(const QString& sentence);

private:
    void askSegments();
    void showSegments(const std::vector<SegmentInfo>& segments);

    Backend& m_backend;
    QString m_topic;
    PartitionRates m_rates;
    KeyedModel<PartitionRow>* m_model;
    DataTable* m_table;
    QWidget* m_card;
    QLabel* m_title;
    QLabel* m_facts;
    SegmentsView* m_segments;
    QElapsedTimer m_since;
    int m_asked = 0;
    int m_partition = -1;
};

}  // namespace weir::ui
