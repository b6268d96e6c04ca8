// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/partitions_section.h"

#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "ui/pages/topic/partition_detail.h"
#include "ui/widgets/data_table.h"

namespace weir::ui {
PartitionsSection::PartitionsSection(Backend& backend, const QString& topic, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_topic(topic) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_model = new KeyedModel<PartitionRow>(
        partitionColumns(QString::fromStdString(backend.facts().capabilities.whyNot(Feature::kByteRates))), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("topic/partitions"), this);
    m_table->setDefaultWidths({116, 56, 68, 84, 112, 96, 90, 80, 88, 76, 76, 104});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(6);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Partitions"));
    column->addWidget(m_table, 1);
    m_detail = new PartitionDetail(backend, topic, this);
    column->addWidget(m_detail);
    connect(m_detail, &PartitionDetail::failed, this, &PartitionsSection::failed);
    connect(m_detail, &PartitionDetail::transactionWanted, this, &PartitionsSection::transactionWanted);
    connect(m_table, &DataTable::currentRowChanged, this, [this](int row) {
        const PartitionRow* chosen = m_model->rowAt(row);
        const int partition = chosen != nullptr ? chosen->now.partition.value : -1;
        if (partition >= 0 && partition != m_partition) {
            m_partition = partition;
            m_detail->setPartition(chosen->now.partition);
        }
        showDetail();
    });
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const PartitionRow* chosen = m_model->rowAt(row)) {
            Q_EMIT opened(chosen->now.partition);
        }
    });
    showState();
}

void PartitionsSection::showState() {
    const SnapshotPtr snapshot = m_backend.live().current();
    const TopicSnapshot* topic = snapshot->findTopic(m_topic.toStdString());
    if (topic == nullptr) {
        m_model->setRows({});
        return;
    }
    m_model->setRows(m_rates.rows(*snapshot, *topic));
    m_table->viewport()->update();
    if (m_partition < 0 && m_model->rowCount() > 0) {
        m_table->setCurrentIndex(m_table->proxy().index(0, 0));
    }
    m_detail->setVisible(m_partition >= 0);
    showDetail();
}

void PartitionsSection::showDetail() {
    for (const PartitionRow& row : m_model->rows()) {
        if (row.now.partition.value == m_partition) {
            m_detail->update(row.now);
        }
    }
}

}  // namespace weir::ui
