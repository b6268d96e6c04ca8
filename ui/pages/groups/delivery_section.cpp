// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/delivery_section.h"

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

QString nameOf(const TopicPartition& p) {
    return QStringLiteral("%1-%2").arg(QString::fromStdString(p.topic)).arg(p.partition.value);
}

KeyedColumn<DeliveryRow> number(const QString& title, qint64 (*value)(const ShareDelivery&), const QString& tooltip,
                                Tint tint = Tint::kText) {
    return {title,
            [value, tint](const DeliveryRow& row, int role) -> QVariant {
                const qint64 count = value(row.delivery);
                switch (role) {
                    case Qt::DisplayRole:
                        return formatCount(count);
                    case kSortRole:
                        return count;
                    case kTintRole:
                        return static_cast<int>(count > 0 ? tint : Tint::kTextSecondary);
                    default:
                        return {};
                }
            },
            tooltip, true};
}

std::vector<KeyedColumn<DeliveryRow>> deliveryColumns() {
    using D = DeliverySection;
    std::vector<KeyedColumn<DeliveryRow>> columns;
    columns.push_back({D::tr("Partition"), [](const DeliveryRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(nameOf(row.delivery.partition))
                                  : role == kSeriesRole   ? QVariant(row.delivery.partition.partition.value)
                                  : role == kMonoRole     ? QVariant(true)
                                                          : QVariant();
                       }});
    columns.push_back(number(
        D::tr("Start"), [](const ShareDelivery& d) { return qint64{d.start.value}; },
        D::tr("Below it every record is done")));
    columns.push_back(number(
        D::tr("Next"), [](const ShareDelivery& d) { return qint64{d.end.value}; },
        D::tr("From here on nothing was ever delivered")));
    columns.push_back(
        number(D::tr("Log end"), [](const ShareDelivery& d) { return qint64{d.highWatermark.value}; }, {}));
    columns.push_back(number(
        D::tr("In flight"), [](const ShareDelivery& d) { return qint64{d.inFlight}; },
        D::tr("Delivered, and not yet acknowledged"), Tint::kAccent));
    columns.push_back(number(
        D::tr("Again"), [](const ShareDelivery& d) { return qint64{d.waiting}; },
        D::tr("Released, or their lock ran out: delivered once more"), Tint::kWarnText));
    columns.push_back(number(
        D::tr("Done ahead"), [](const ShareDelivery& d) { return qint64{d.doneAhead}; },
        D::tr("Accepted above the start, which waits for those before them")));
    columns.push_back(number(
        D::tr("Given up"), [](const ShareDelivery& d) { return qint64{d.givenUp}; },
        D::tr("Rejected, or delivered as often as a record may be"), Tint::kBadText));
    columns.push_back(number(
        D::tr("Most deliveries"), [](const ShareDelivery& d) { return qint64{d.mostDeliveries}; },
        D::tr("Of one record that is not below the start")));
    columns.push_back({D::tr("Read by"), [](const DeliveryRow& row, int role) -> QVariant {
                           QStringList names;
                           for (const std::string& name : row.delivery.clients) {
                               names.append(QString::fromStdString(name));
                           }
                           return role == Qt::DisplayRole
                                      ? QVariant(names.isEmpty() ? kNone : names.join(QStringLiteral(", ")))
                                  : role == kMonoRole ? QVariant(true)
                                                      : QVariant();
                       }});
    return columns;
}

QString wordOf(DeliveryKind kind) {
    switch (kind) {
        case DeliveryKind::kAcquired:
            return DeliverySection::tr("In flight");
        case DeliveryKind::kAcknowledged:
            return DeliverySection::tr("Accepted");
        case DeliveryKind::kGivenUp:
            return DeliverySection::tr("Given up");
        case DeliveryKind::kAvailable:
            break;
    }
    return DeliverySection::tr("Again");
}

Tint tintOf(DeliveryKind kind) {
    return kind == DeliveryKind::kAcquired       ? Tint::kAccent
           : kind == DeliveryKind::kAcknowledged ? Tint::kOk
           : kind == DeliveryKind::kGivenUp      ? Tint::kBad
                                                 : Tint::kWarn;
}

std::vector<KeyedColumn<RangeRow>> rangeColumns() {
    using D = DeliverySection;
    std::vector<KeyedColumn<RangeRow>> columns;
    const auto count = [](const QString& title, qint64 (*value)(const DeliveryRange&)) -> KeyedColumn<RangeRow> {
        return {title,
                [value](const RangeRow& row, int role) -> QVariant {
                    return role == Qt::DisplayRole ? QVariant(formatCount(value(row.range)))
                           : role == kSortRole     ? QVariant(value(row.range))
                                                   : QVariant();
                },
                {},
                true};
    };
    columns.push_back(count(D::tr("First offset"), [](const DeliveryRange& r) { return qint64{r.first.value}; }));
    columns.push_back(count(D::tr("Last offset"), [](const DeliveryRange& r) { return qint64{r.last.value}; }));
    columns.push_back(count(D::tr("Records"), [](const DeliveryRange& r) { return qint64{r.last - r.first + 1}; }));
    columns.push_back({D::tr("State"), [](const RangeRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(wordOf(row.range.kind))
                                  : role == kChipRole     ? QVariant(static_cast<int>(tintOf(row.range.kind)))
                                                          : QVariant();
                       }});
    columns.push_back(count(D::tr("Delivered"), [](const DeliveryRange& r) { return qint64{r.deliveries}; }));
    columns.push_back(
        {D::tr("Held by"), [](const RangeRow& row, int role) -> QVariant {
             return role == Qt::DisplayRole
                        ? QVariant(row.range.memberId.empty() ? kNone : QString::fromStdString(row.range.memberId))
                    : role == kMonoRole ? QVariant(true)
                                        : QVariant();
         }});
    return columns;
}

}  // namespace

DeliverySection::DeliverySection(Backend& backend, const QString& group, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_group(group) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_model = new KeyedModel<DeliveryRow>(deliveryColumns(), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("group/deliveries"), this);
    m_table->setDefaultWidths({190, 96, 96, 96, 80, 72, 96, 80, 120, 180});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(9);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Deliveries"));
    m_table->setEmptyText(
        tr("Nothing was delivered yet. As soon as a member fetches, its partitions are listed here."));
    column->addWidget(m_table, 1);
    auto* holder = new QWidget(this);
    auto* margins = new QVBoxLayout(holder);
    margins->setContentsMargins(Theme::kPageMargin, Theme::kGroupGap, Theme::kPageMargin, Theme::kPageMargin);
    auto* card = new Card(tr("Records that are not done"), holder);
    m_title = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, card);
    card->head()->addWidget(m_title);
    card->setFlush();
    m_ranges = new KeyedModel<RangeRow>(rangeColumns(), this);
    m_rangeTable = new DataTable(backend.settings(), QStringLiteral("group/ranges"), card);
    m_rangeTable->setDefaultWidths({130, 110, 90, 120, 90, 200});
    m_rangeTable->setDefaultSort(0, Qt::AscendingOrder);
    m_rangeTable->setStretchColumn(5);
    m_rangeTable->setSource(m_ranges);
    m_rangeTable->setAccessibleName(tr("Records that are not done"));
    m_rangeTable->setEmptyText(tr("Everything that was delivered is done."));
    card->body()->addWidget(m_rangeTable, 1);
    margins->addWidget(card);
    column->addWidget(holder, 1);
    connect(m_table, &DataTable::currentRowChanged, this, &DeliverySection::showRanges);
    connect(m_table, &DataTable::rowOpened, this, [this](int row) {
        if (const DeliveryRow* chosen = m_model->rowAt(row)) {
            Q_EMIT opened(chosen->delivery.partition, chosen->delivery.start);
        }
    });
    connect(m_rangeTable, &DataTable::rowOpened, this, [this](int row) {
        const DeliveryRow* partition = m_model->rowAt(m_table->currentSourceRow());
        const RangeRow* range = m_ranges->rowAt(row);
        if (partition != nullptr && range != nullptr) {
            Q_EMIT opened(partition->delivery.partition, range->range.first);
        }
    });
}

void DeliverySection::update() {
    if (!isVisible() || !m_pace.begin()) {
        return;
    }
    m_backend.operations().shareDeliveries(m_group, this,
                                           [this](const ClusterResult<std::vector<ShareDelivery>>& answer) {
                                               m_pace.answered();
                                               if (!answer.ok()) {
                                                   Q_EMIT failed(QString::fromStdString(answer.error().message));
                                                   return;
                                               }
                                               std::vector<DeliveryRow> rows;
                                               for (const ShareDelivery& each : answer.value()) {
                                                   rows.push_back({each});
                                               }
                                               m_model->setRows(std::move(rows));
                                               if (m_table->currentSourceRow() < 0 && m_model->rowCount() > 0) {
                                                   m_table->setCurrentIndex(m_table->proxy().index(0, 0));
                                               }
                                               showRanges();
                                           });
}

void DeliverySection::showRanges() {
    const DeliveryRow* row = m_model->rowAt(m_table->currentSourceRow());
    std::vector<RangeRow> ranges;
    if (row != nullptr) {
        for (const DeliveryRange& range : row->delivery.ranges) {
            ranges.push_back({range});
        }
    }
    m_title->setText(row == nullptr ? QString() : nameOf(row->delivery.partition));
    m_ranges->setRows(std::move(ranges));
}

}  // namespace weir::ui
