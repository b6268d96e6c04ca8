// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/partitions_section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/card.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr qint64 kSegmentsEveryMs = 5000;

}  // namespace

PartitionsSection::PartitionsSection(Backend& backend, const QString& topic, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_topic(topic) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_model = new KeyedModel<PartitionRow>(partitionColumns(), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("topic/partitions"), this);
    m_table->setDefaultWidths({116, 56, 68, 84, 112, 96, 90, 80, 88, 76, 76, 104});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(6);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Partitions"));
    column->addWidget(m_table, 1);
    auto* holder = new QWidget(this);
    auto* margins = new QVBoxLayout(holder);
    margins->setContentsMargins(Theme::kPageMargin, Theme::kGroupGap, Theme::kPageMargin, Theme::kPageMargin);
    auto* card = new Card(tr("Segments"), holder);
    m_title = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, card);
    card->head()->addWidget(m_title);
    m_segments = new SegmentsView(card);
    m_facts = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, card);
    m_facts->setWordWrap(true);
    card->body()->addWidget(m_segments);
    card->body()->addWidget(m_facts);
    margins->addWidget(card);
    m_card = holder;
    column->addWidget(holder);
    connect(m_table, &DataTable::currentRowChanged, this, [this](int row) {
        const PartitionRow* chosen = m_model->rowAt(row);
        m_partition = chosen != nullptr ? chosen->now.partition.value : -1;
        askSegments();
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
    } else if (isVisible() && m_since.isValid() && m_since.elapsed() > kSegmentsEveryMs) {
        askSegments();
    }
    m_card->setVisible(m_partition >= 0);
}

void PartitionsSection::askSegments() {
    if (m_partition < 0) {
        return;
    }
    m_since.start();
    const int asked = ++m_asked;
    m_backend.topics().segments({m_topic.toStdString(), PartitionId(m_partition)}, this,
                                [this, asked](const ClusterResult<std::vector<SegmentInfo>>& answer) {
                                    if (asked != m_asked) {
                                        return;
                                    }
                                    if (answer.ok()) {
                                        showSegments(answer.value());
                                    } else {
                                        Q_EMIT failed(QString::fromStdString(answer.error().message));
                                    }
                                });
}

void PartitionsSection::showSegments(const std::vector<SegmentInfo>& segments) {
    const SnapshotPtr snapshot = m_backend.live().current();
    const TopicSnapshot* topic = snapshot->findTopic(m_topic.toStdString());
    std::int64_t bytes = 0;
    for (const SegmentInfo& segment : segments) {
        bytes += segment.sizeBytes;
    }
    const bool deletes = topic != nullptr && topic->cleanupPolicy.find("delete") != std::string::npos;
    const RetentionNow gone =
        deletes ? retentionNow(segments, topic->retentionMs, topic->retentionBytes, nowTimestamp()) : RetentionNow();
    m_segments->setSegments(segments, m_partition, gone.segments);
    m_title->setText(
        tr("Partition %1 · %2 · %3")
            .arg(m_partition)
            .arg(plural(static_cast<qint64>(segments.size()), tr("segment"), tr("segments")), formatBytes(bytes)));
    m_facts->setText(!deletes ? tr("Compacted: the newest record of each key stays, whatever its age.")
                     : gone.segments > 0
                         ? tr("Retention would delete %1 now, %2.")
                               .arg(plural(gone.segments, tr("segment"), tr("segments")), formatBytes(gone.bytes))
                         : tr("Retention would delete nothing now."));
}

}  // namespace weir::ui
