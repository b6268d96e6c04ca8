// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/pages/topic/segments_view.h"
#include "ui/widgets/keyed_model.h"
#include "ui/widgets/pace.h"

class QLabel;
class QStackedWidget;

namespace weir::ui {

class DataTable;
class KeyValueList;
class SegmentedControl;

struct ProducerRow {
    ProducerInfo info;

    [[nodiscard]] std::int64_t key() const { return info.id.value; }
    bool operator==(const ProducerRow&) const = default;
};

/// One partition in depth: its segment files drawn to scale, the producers that it remembers, and how far compaction
/// has come.
class PartitionDetail : public QWidget {
    Q_OBJECT

public:
    PartitionDetail(Backend& backend, const QString& topic, QWidget* parent = nullptr);
    /// Another partition; asks at once.
    void setPartition(PartitionId partition);
    /// The same one, later.
    void update(const PartitionSnapshot& now);

Q_SIGNALS:
    void failed(const QString& sentence);
    /// The transaction with this id, which holds readers; the id may be empty.
    void transactionWanted(const QString& transactionalId);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildSegments();
    QWidget* buildProducers();
    QWidget* buildCompaction();
    void ask();
    void askSegments();
    void askProducers();
    void askCompaction();
    void showSegments(const std::vector<SegmentInfo>& segments);
    void showProducers(const std::vector<ProducerInfo>& producers);
    void showCompaction(const CompactionInfo& info);
    void showHeld();

    Backend& m_backend;
    QString m_topic;
    PartitionId m_partition{-1};
    SegmentedControl* m_views;
    QStackedWidget* m_stack;
    QLabel* m_title;
    SegmentsView* m_segments;
    QLabel* m_facts;
    KeyedModel<ProducerRow>* m_producers;
    DataTable* m_producerTable;
    KeyValueList* m_compaction;
    QLabel* m_compactionNote;
    QWidget* m_held;
    QLabel* m_heldText;
    QString m_holder;
    Offset m_lastStable;
    Offset m_highWatermark;
    Pace m_segmentPace{5000};
    Pace m_producerPace{1000};
    Pace m_compactionPace{2000};
    int m_asked = 0;
};

}  // namespace weir::ui
