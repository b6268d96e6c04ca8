// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/widgets/keyed_model.h"
#include "ui/widgets/pace.h"

class QLabel;

namespace weir::ui {

class DataTable;

struct DeliveryRow {
    ShareDelivery delivery;

    [[nodiscard]] const TopicPartition& key() const { return delivery.partition; }
    bool operator==(const DeliveryRow&) const = default;
};
struct RangeRow {
    DeliveryRange range;

    [[nodiscard]] const Offset& key() const { return range.first; }
    bool operator==(const RangeRow&) const = default;
};

/// What a share group's members have got: per partition where it stands and how much is out, and below the records of
/// the chosen partition with how often each was delivered, and to whom.
class DeliverySection : public QWidget {
    Q_OBJECT

public:
    DeliverySection(Backend& backend, const QString& group, QWidget* parent = nullptr);
    /// Asks if it is time to, and the section can be seen.
    void update();

Q_SIGNALS:
    void failed(const QString& sentence);
    /// Show the records of this partition from this offset on.
    void opened(const weir::TopicPartition& partition, weir::Offset from);

private:
    void showRanges();

    Backend& m_backend;
    QString m_group;
    KeyedModel<DeliveryRow>* m_model;
    DataTable* m_table;
    QLabel* m_title;
    KeyedModel<RangeRow>* m_ranges;
    DataTable* m_rangeTable;
    Pace m_pace{1000};
};

}  // namespace weir::ui
