// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/pages/topic/partition_model.h"

namespace weir::ui {

class DataTable;
class PartitionDetail;

/// The partitions of one topic, and below them the chosen one in depth.
class PartitionsSection : public QWidget {
    Q_OBJECT

public:
    PartitionsSection(Backend& backend, const QString& topic, QWidget* parent = nullptr);
    void showState();

Q_SIGNALS:
    /// Show the records of this partition.
    void opened(weir::PartitionId partition);
    void failed(const QString& sentence);
    void transactionWanted(const QString& transactionalId);

private:
    void showDetail();

    Backend& m_backend;
    QString m_topic;
    PartitionRates m_rates;
    KeyedModel<PartitionRow>* m_model;
    DataTable* m_table;
    PartitionDetail* m_detail;
    int m_partition = -1;
};

}  // namespace weir::ui
