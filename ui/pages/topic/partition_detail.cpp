// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topic/partition_detail.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/card.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

enum View { kSegments, kProducers, kCompaction };
constexpr int kHeight = 148;

KeyedColumn<ProducerRow> number(const QString& title, qint64 (*value)(const ProducerInfo&),
                                const QString& tooltip = {}) {
    return {title,
            [value](const ProducerRow& row, int role) -> QVariant {
                const qint64 count = value(row.info);
                return role == Qt::DisplayRole ? QVariant(formatCountOrNone(count))
                       : role == kSortRole     ? QVariant(count)
                                               : QVariant();
            },
            tooltip, true};
}

std::vector<KeyedColumn<ProducerRow>> producerColumns() {
    using D = PartitionDetail;
    std::vector<KeyedColumn<ProducerRow>> columns;
    columns.push_back(number(D::tr("Producer id"), [](const ProducerInfo& p) { return qint64{p.id.value}; }));
    columns.push_back({D::tr("Transactional id"), [](const ProducerRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole
                                      ? QVariant(row.info.transactionalId.empty()
                                                     ? kNone
                                                     : QString::fromStdString(row.info.transactionalId))
                                  : role == kMonoRole ? QVariant(true)
                                                      : QVariant();
                       }});
    columns.push_back(number(
        D::tr("Epoch"), [](const ProducerInfo& p) { return qint64{p.epoch.value}; },
        D::tr("Writes of an older one are refused")));
    columns.push_back(number(
        D::tr("Last sequence"), [](const ProducerInfo& p) { return qint64{p.lastSequence.value}; },
        D::tr("By it a repeated batch is told from a new one")));
    columns.push_back({D::tr("Last write"), [](const ProducerRow& row, int role) -> QVariant {
                           switch (role) {
                               case Qt::DisplayRole:
                                   return formatRelative(row.info.lastTimestamp, nowTimestamp());
                               case Qt::ToolTipRole:
                                   return formatAbsolute(row.info.lastTimestamp);
                               case kSortRole:
                                   return QVariant::fromValue<qint64>(row.info.lastTimestamp.value);
                               default:
                                   return {};
                           }
                       }});
    columns.push_back({D::tr("Open since offset"),
                       [](const ProducerRow& row, int role) -> QVariant {
                           const bool isOpen = row.info.txnFirstOffset != kNoOffset;
                           switch (role) {
                               case Qt::DisplayRole:
                                   return formatCountOrNone(row.info.txnFirstOffset.value);
                               case kSortRole:
                                   return QVariant::fromValue<qint64>(row.info.txnFirstOffset.value);
                               case kTintRole:
                                   return static_cast<int>(isOpen ? Tint::kWarnText : Tint::kTextDisabled);
                               default:
                                   return {};
                           }
                       },
                       D::tr("First record of the transaction that it has open here"), true});
    return columns;
}

}  // namespace

PartitionDetail::PartitionDetail(Backend& backend, const QString& topic, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_topic(topic) {
    auto* margins = new QVBoxLayout(this);
    margins->setContentsMargins(Theme::kPageMargin, Theme::kGroupGap, Theme::kPageMargin, Theme::kPageMargin);
    margins->setSpacing(Theme::kGap);
    m_held = new QWidget(this);
    auto* held = new QHBoxLayout(m_held);
    held->setContentsMargins(0, 0, 0, 0);
    m_heldText = makeLabel(QString(), FontRole::kBody, Tint::kWarnText, m_held);
    m_heldText->setWordWrap(true);
    held->addWidget(m_heldText, 1);
    auto* show = makeButton(tr("Show the transaction"), ButtonKind::kOrdinary, QStringLiteral("swap"), m_held);
    held->addWidget(show);
    m_held->hide();
    margins->addWidget(m_held);
    auto* card = new Card(tr("In depth"), this);
    m_title = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, card);
    card->head()->addWidget(m_title);
    m_views = new SegmentedControl({tr("Segments"), tr("Producers"), tr("Compaction")}, card);
    m_views->setAccessibleName(tr("What to show of the partition"));
    card->head()->addWidget(m_views);
    m_stack = new QStackedWidget(card);
    m_stack->setMinimumHeight(Theme::of().px(kHeight));
    m_stack->addWidget(buildSegments());
    m_stack->addWidget(buildProducers());
    m_stack->addWidget(buildCompaction());
    card->body()->addWidget(m_stack);
    margins->addWidget(card);
    connect(m_views, &SegmentedControl::chosen, this, [this](int index) {
        m_stack->setCurrentIndex(index);
        ask();
    });
    connect(show, &QPushButton::clicked, this, [this] { Q_EMIT transactionWanted(m_holder); });
}

QWidget* PartitionDetail::buildSegments() {
    auto* box = new QWidget(m_stack);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_segments = new SegmentsView(box);
    m_facts = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, box);
    m_facts->setWordWrap(true);
    column->addWidget(m_segments);
    column->addWidget(m_facts);
    column->addStretch(1);
    return box;
}

QWidget* PartitionDetail::buildProducers() {
    m_producers = new KeyedModel<ProducerRow>(producerColumns(), this);
    m_producerTable = new DataTable(m_backend.settings(), QStringLiteral("topic/producers"), m_stack);
    m_producerTable->setDefaultWidths({110, 220, 80, 120, 120, 140});
    m_producerTable->setDefaultSort(0, Qt::AscendingOrder);
    m_producerTable->setStretchColumn(1);
    m_producerTable->setSource(m_producers);
    m_producerTable->setAccessibleName(tr("Producers of the partition"));
    m_producerTable->setEmptyText(
        tr("No idempotent or transactional producer has written here lately. Only those are remembered."));
    connect(m_producerTable, &DataTable::rowOpened, this, [this](int row) {
        if (const ProducerRow* producer = m_producers->rowAt(row);
            producer != nullptr && !producer->info.transactionalId.empty()) {
            Q_EMIT transactionWanted(QString::fromStdString(producer->info.transactionalId));
        }
    });
    return m_producerTable;
}

QWidget* PartitionDetail::buildCompaction() {
    auto* box = new QWidget(m_stack);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_compactionNote = makeLabel(QString(), FontRole::kBody, Tint::kText, box);
    m_compactionNote->setWordWrap(true);
    column->addWidget(m_compactionNote);
    m_compaction = new KeyValueList(box);
    column->addWidget(m_compaction);
    column->addStretch(1);
    return box;
}

void PartitionDetail::setPartition(PartitionId partition) {
    m_partition = partition;
    ++m_asked;
    for (Pace* pace : {&m_segmentPace, &m_producerPace, &m_compactionPace}) {
        pace->answered();
        pace->hurry();
    }
    m_producers->setRows({});
    m_holder.clear();
    m_title->setText(tr("Partition %1").arg(partition.value));
    ask();
}

void PartitionDetail::update(const PartitionSnapshot& now) {
    m_lastStable = now.lastStable;
    m_highWatermark = now.highWatermark;
    showHeld();
    if (isVisible()) {
        ask();
    }
}

void PartitionDetail::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ask();
}

void PartitionDetail::ask() {
    if (m_partition.value < 0) {
        return;
    }
    if (m_stack->currentIndex() == kSegments) {
        askSegments();
    } else if (m_stack->currentIndex() == kCompaction) {
        askCompaction();
    }
    // Who holds readers is said whatever is shown.
    if (m_stack->currentIndex() == kProducers || m_lastStable < m_highWatermark) {
        askProducers();
    }
}

void PartitionDetail::askSegments() {
    if (!m_segmentPace.begin()) {
        return;
    }
    m_backend.topics().segments({m_topic.toStdString(), m_partition}, this,
                                [this, asked = m_asked](const ClusterResult<std::vector<SegmentInfo>>& answer) {
                                    if (asked != m_asked) {
                                        return;
                                    }
                                    m_segmentPace.answered();
                                    const bool isTold = answer.ok() || answer.error().code != ClusterErrc::kUnsupported;
                                    m_segments->setVisible(isTold);
                                    if (answer.ok()) {
                                        showSegments(answer.value());
                                    } else if (!isTold) {
                                        // No trouble: this cluster never tells.
                                        m_facts->setText(QString::fromStdString(answer.error().message));
                                    } else {
                                        Q_EMIT failed(QString::fromStdString(answer.error().message));
                                    }
                                });
}

void PartitionDetail::askProducers() {
    if (!m_producerPace.begin()) {
        return;
    }
    m_backend.operations().producers(
        {m_topic.toStdString(), m_partition}, this,
        [this, asked = m_asked](const ClusterResult<std::vector<ProducerInfo>>& answer) {
            if (asked != m_asked) {
                return;
            }
            m_producerPace.answered();
            if (answer.ok()) {
                showProducers(answer.value());
            } else {
                m_producerTable->setEmptyText(QString::fromStdString(answer.error().message));
            }
        });
}

void PartitionDetail::askCompaction() {
    if (!m_compactionPace.begin()) {
        return;
    }
    m_backend.operations().compaction(
        m_topic, this, [this, asked = m_asked](const ClusterResult<std::vector<CompactionInfo>>& answer) {
            if (asked != m_asked) {
                return;
            }
            m_compactionPace.answered();
            if (!answer.ok()) {
                m_compactionNote->setText(QString::fromStdString(answer.error().message));
                return;
            }
            const auto& all = answer.value();
            const auto found = std::find_if(all.begin(), all.end(),
                                            [this](const auto& each) { return each.partition == m_partition; });
            if (found != all.end()) {
                showCompaction(*found);
            }
        });
}

void PartitionDetail::showSegments(const std::vector<SegmentInfo>& segments) {
    const SnapshotPtr snapshot = m_backend.live().current();
    const TopicSnapshot* topic = snapshot->findTopic(m_topic.toStdString());
    std::int64_t bytes = 0;
    for (const SegmentInfo& segment : segments) {
        bytes += segment.sizeBytes;
    }
    const bool deletes = topic != nullptr && topic->cleanupPolicy.find("delete") != std::string::npos;
    const RetentionNow gone =
        deletes ? retentionNow(segments, topic->retentionMs, topic->retentionBytes, nowTimestamp()) : RetentionNow();
    m_segments->setSegments(segments, m_partition.value, gone.segments);
    m_title->setText(
        tr("Partition %1 · %2 · %3")
            .arg(m_partition.value)
            .arg(plural(static_cast<qint64>(segments.size()), tr("segment"), tr("segments")), formatBytes(bytes)));
    const bool isKnown = topic != nullptr && !(m_backend.facts().isFolder && topic->cleanupPolicy.empty());
    m_facts->setText(!isKnown                       ? tr("The folder does not tell how long its records are kept.")
                     : topic->cleanupPolicy.empty() ? tr("Nothing is deleted: the topic has no cleanup policy.")
                     : !deletes ? tr("Compacted: the newest record of each key stays, whatever its age.")
                     : gone.segments > 0
                         ? tr("Retention would delete %1 now, %2.")
                               .arg(plural(gone.segments, tr("segment"), tr("segments")), formatBytes(gone.bytes))
                         : tr("Retention would delete nothing now."));
}

void PartitionDetail::showProducers(const std::vector<ProducerInfo>& producers) {
    std::vector<ProducerRow> rows;
    m_holder.clear();
    for (const ProducerInfo& producer : producers) {
        rows.push_back({producer});
        if (producer.txnFirstOffset != kNoOffset && producer.txnFirstOffset == m_lastStable) {
            m_holder = QString::fromStdString(producer.transactionalId);
        }
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_producers->setRows(std::move(rows));
    showHeld();
}

void PartitionDetail::showHeld() {
    const bool isHeld = m_lastStable < m_highWatermark;
    m_held->setVisible(isHeld);
    if (isHeld) {
        m_heldText->setText(
            tr("Readers of committed data wait at offset %1 of partition %2, %3 before the end: %4 is open there.")
                .arg(formatCount(m_lastStable.value))
                .arg(m_partition.value)
                .arg(plural(m_highWatermark - m_lastStable, tr("record"), tr("records")),
                     m_holder.isEmpty() ? tr("a transaction") : tr("the transaction %1").arg(m_holder)));
    }
}

void PartitionDetail::showCompaction(const CompactionInfo& info) {
    m_compaction->setVisible(info.isCompacted);
    if (!info.isCompacted) {
        m_compactionNote->setText(
            tr("This topic is not compacted: its old records go by age or size. Set cleanup.policy to compact to keep "
               "the newest record of each key instead."));
        return;
    }
    m_compactionNote->setText(
        info.isDue ? tr("A round is due: enough of the log has not been compacted yet.")
        : info.dirtyBytes == 0
            ? tr("Nothing to compact: only the active segment, or records that are too young, are left.")
            : tr("The next round begins when more than %1 of the log is not compacted.")
                  .arg(formatShare(info.minDirtyRatio)));
    m_compaction->set(tr("Not compacted"),
                      tr("%1, %2").arg(formatShare(info.dirtyRatio()), formatBytes(info.dirtyBytes)),
                      tr("Of what could be compacted now: %1").arg(formatBytes(info.cleanBytes + info.dirtyBytes)));
    m_compaction->set(tr("Compacted up to"), formatCountOrNone(info.cleanedUpTo.value), {}, true);
    m_compaction->set(tr("Could go up to"), formatCountOrNone(info.dirtyEnd.value),
                      tr("The active segment, open transactions and young records are left alone"), true);
    m_compaction->set(tr("Last round"),
                      info.lastRound == kNoTimestamp
                          ? tr("none since the broker started")
                          : tr("%1, %2 became %3")
                                .arg(formatRelative(info.lastRound, nowTimestamp()), formatBytes(info.lastBytesBefore),
                                     formatBytes(info.lastBytesAfter)),
                      info.lastRound == kNoTimestamp ? QString() : formatAbsolute(info.lastRound));
    m_compaction->set(
        tr("Tombstones stay"),
        info.lastRound == kNoTimestamp
            ? tr("%1 after the round that first meets them").arg(formatDuration(info.tombstonesKeptMs))
            : tr("%1 after a round; those of the last go from %2 on")
                  .arg(formatDuration(info.tombstonesKeptMs), formatAbsolute(info.lastRound + info.tombstonesKeptMs)));
}

}  // namespace weir::ui
