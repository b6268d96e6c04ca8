// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/data_table.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <algorithm>

#include "ui/backend/settings.h"
#include "ui/theme/theme.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

/// Widths are given for this many pixels of the normal density.
constexpr int kScaleOf = 100;
/// The column that takes the room left is never narrower.
constexpr int kLeastStretch = 160;

/// Sorts by kSortRole where the model has it, numbers as numbers; filters over all columns.
class TableProxy : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        const QVariant a = left.data(kSortRole);
        const QVariant b = right.data(kSortRole);
        if (!a.isValid() || !b.isValid()) {
            return QString::localeAwareCompare(left.data().toString(), right.data().toString()) < 0;
        }
        return QVariant::compare(a, b) == QPartialOrdering::Less;
    }
};

/// The outer columns stand on the margins of the page, the others 8 px from their neighbours.
QRect contentRect(const QStyleOptionViewItem& option, const QModelIndex& index) {
    bool first = false;
    bool last = false;
    if (const auto* table = qobject_cast<const QTableView*>(option.widget)) {
        const QHeaderView* header = table->horizontalHeader();
        const int visual = header->visualIndex(index.column());
        first = true;
        last = true;
        for (int i = 0; i < visual && first; ++i) {
            first = header->isSectionHidden(header->logicalIndex(i));
        }
        for (int i = visual + 1; i < header->count() && last; ++i) {
            last = header->isSectionHidden(header->logicalIndex(i));
        }
    }
    return option.rect.adjusted(first ? Theme::kPageMargin : 8, 0, last ? -Theme::kPageMargin : -8, 0);
}

}  // namespace

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::of();
    const QRect cell = option.rect;
    const bool enabled = (option.state & QStyle::State_Enabled) != 0 && (index.flags() & Qt::ItemIsEnabled) != 0;
    if ((option.state & QStyle::State_Selected) != 0) {
        painter->fillRect(cell, theme.color(Tint::kSelected));
    } else if ((option.state & QStyle::State_MouseOver) != 0) {
        painter->fillRect(cell, theme.color(Tint::kHover));
    }
    const QVariant tint = index.data(kTintRole);
    const Tint colour = tint.isValid() ? static_cast<Tint>(tint.toInt()) : Tint::kText;
    if (const QVariant share = index.data(kShareRole); share.isValid() && share.toDouble() > 0) {
        const double width = std::clamp(share.toDouble(), 0.0, 1.0) * (cell.width() - 8);
        painter->fillRect(QRectF(cell.left() + 4, cell.bottom() - 3, width, 2),
                          blend(theme.color(Tint::kPanel), theme.color(tint.isValid() ? colour : Tint::kAccent), 0.55));
    }
    QRect box = contentRect(option, index);
    if (const QVariant spark = index.data(kSparkRole); spark.isValid()) {
        std::vector<double> values;
        for (const QVariant& value : spark.toList()) {
            values.push_back(value.toDouble());
        }
        paintSparkline(*painter, QRectF(box).adjusted(0, 4, 0, -4), values,
                       theme.color(tint.isValid() ? colour : Tint::kIn));
        return;
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    if (const QVariant chip = index.data(kChipRole); chip.isValid() && !text.isEmpty()) {
        StateChip::paint(*painter, box, text, static_cast<Tint>(chip.toInt()));
        return;
    }
    if ((index.flags() & Qt::ItemIsUserCheckable) != 0) {
        QStyleOptionViewItem check(option);
        check.rect = QRect(box.left(), cell.center().y() - 8, 16, 16);
        check.state &= ~(QStyle::State_On | QStyle::State_Off);
        check.state |= index.data(Qt::CheckStateRole).toInt() == Qt::Checked ? QStyle::State_On : QStyle::State_Off;
        option.widget->style()->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &check, painter, option.widget);
        box.adjust(24, 0, 0, 0);
    }
    if (const QVariant series = index.data(kSeriesRole); series.isValid()) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.seriesColor(series.toInt()));
        painter->drawRoundedRect(QRectF(box.left(), cell.center().y() - 3.5, 8, 8), 2, 2);
        painter->restore();
        box.adjust(14, 0, 0, 0);
    }
    if (const QVariant icon = index.data(Qt::DecorationRole); icon.canConvert<QIcon>()) {
        icon.value<QIcon>().paint(painter, QRect(box.left(), cell.center().y() - 7, 16, 16));
        box.adjust(22, 0, 0, 0);
    }
    painter->setFont(theme.font(index.data(kMonoRole).toBool() ? FontRole::kMono : FontRole::kBody));
    painter->setPen(theme.color(enabled ? colour : Tint::kTextDisabled));
    const QVariant alignment = index.data(Qt::TextAlignmentRole);
    const auto flags = alignment.isValid() ? alignment.toInt() & static_cast<int>(Qt::AlignHorizontal_Mask)
                                           : static_cast<int>(Qt::AlignLeft);
    painter->drawText(box, flags | static_cast<int>(Qt::AlignVCenter) | static_cast<int>(Qt::TextSingleLine),
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, box.width()));
    if ((option.state & QStyle::State_HasFocus) != 0 && (option.state & QStyle::State_Selected) == 0) {
        painter->setPen(theme.color(Tint::kAccent));
        painter->drawRect(cell.adjusted(0, 0, -1, -1));
    }
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::of();
    const QFontMetrics metrics(theme.font(index.data(kMonoRole).toBool() ? FontRole::kMono : FontRole::kBody));
    const int extra = index.data(kChipRole).isValid() ? 28 : index.data(Qt::DecorationRole).isValid() ? 24 : 0;
    Q_UNUSED(option);
    return {metrics.horizontalAdvance(index.data(Qt::DisplayRole).toString()) + 18 + extra, theme.rowHeight()};
}

DataTable::DataTable(Settings& settings, const QString& name, QWidget* parent)
    : QTableView(parent), m_settings(settings), m_key(name + QStringLiteral("/columns")) {
    m_proxy = new TableProxy(this);
    m_proxy->setFilterKeyColumn(-1);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_proxy->setDynamicSortFilter(true);
    setItemDelegate(new TableDelegate(this));
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setAccessibleName(name);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    auto* header = horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(40);
    header->setStretchLastSection(false);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setTextElideMode(Qt::ElideRight);
    const auto sizes = [this] {
        verticalHeader()->setMinimumSectionSize(Theme::of().rowHeight());
        verticalHeader()->setDefaultSectionSize(Theme::of().rowHeight());
    };
    sizes();
    m_scale = Theme::of().px(kScaleOf);
    connect(&Theme::of(), &Theme::changed, this, sizes);
    connect(&Theme::of(), &Theme::changed, this, &DataTable::scaleColumns);
    connect(header, &QHeaderView::customContextMenuRequested, this, &DataTable::columnMenu);
    connect(header, &QHeaderView::sectionResized, this, &DataTable::remember);
    connect(header, &QHeaderView::sectionMoved, this, &DataTable::remember);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &DataTable::remember);
    connect(this, &QTableView::doubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT rowOpened(m_proxy->mapToSource(index).row()); });
}

void DataTable::setSource(QAbstractItemModel* model) {
    m_proxy->setSourceModel(model);
    QTableView::setModel(m_proxy);
    setSortingEnabled(true);
    restore();
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { Q_EMIT currentRowChanged(m_proxy->mapToSource(now).row()); });
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &DataTable::selectedRowsChanged);
}

QList<int> DataTable::selectedSourceRows() const {
    QList<int> rows;
    if (selectionModel() == nullptr) {
        return rows;
    }
    QModelIndexList indexes = selectionModel()->selectedRows();
    std::sort(indexes.begin(), indexes.end(), [](const auto& a, const auto& b) { return a.row() < b.row(); });
    for (const QModelIndex& index : indexes) {
        rows.append(m_proxy->mapToSource(index).row());
    }
    return rows;
}

int DataTable::currentSourceRow() const {
    return m_proxy->mapToSource(currentIndex()).row();
}

void DataTable::selectSourceRow(int row) {
    const QModelIndex index = m_proxy->mapFromSource(m_proxy->sourceModel()->index(row, 0));
    if (index.isValid()) {
        setCurrentIndex(index);
        scrollTo(index);
    }
}

void DataTable::setFilterText(const QString& text) {
    m_proxy->setFilterFixedString(text);
}
void DataTable::setDefaultWidths(const QList<int>& widths) {
    m_widths = widths;
    restoreAgain();
}
void DataTable::setDefaultHidden(const QList<int>& columns) {
    m_hidden = columns;
    restoreAgain();
}

void DataTable::setDefaultSort(int column, Qt::SortOrder order) {
    m_sortColumn = column;
    m_sortOrder = order;
    restoreAgain();
}

void DataTable::restoreAgain() {
    if (m_restored) {
        restore();
    }
}

void DataTable::setEmptyText(const QString& text) {
    m_emptyText = text;
    viewport()->update();
}

// Larger letters need wider columns.
void DataTable::scaleColumns() {
    const int scale = Theme::of().px(kScaleOf);
    if (scale == m_scale) {
        return;
    }
    auto* header = horizontalHeader();
    m_restoring = true;
    for (const int column : std::exchange(m_leftOut, {})) {
        header->setSectionHidden(column, false);
    }
    for (int i = 0; i < header->count(); ++i) {
        header->resizeSection(i, header->sectionSize(i) * scale / m_scale);
    }
    m_restoring = false;
    m_scale = scale;
    fitStretch();
}

void DataTable::setStretchColumn(int column) {
    m_stretch = column;
    fitStretch();
}

void DataTable::restore() {
    m_restoring = true;
    auto* header = horizontalHeader();
    for (int i = 0; i < m_widths.size() && i < header->count(); ++i) {
        header->resizeSection(i, Theme::of().px(m_widths.at(i)));
    }
    for (const int column : m_hidden) {
        header->setSectionHidden(column, true);
    }
    if (m_sortColumn >= 0) {
        sortByColumn(m_sortColumn, m_sortOrder);
    }
    // The number of columns guards against a state that another version of the page wrote.
    const QByteArray state = m_settings.value(m_key).toByteArray();
    if (!state.isEmpty() && m_settings.value(m_key + QStringLiteral("/count")).toInt() == header->count()) {
        header->restoreState(state);
        m_leftOut.clear();
        for (const QVariant& column : m_settings.value(m_key + QStringLiteral("/left-out")).toList()) {
            header->setSectionHidden(column.toInt(), false);
        }
        header->setSectionsMovable(true);
        if (isSortingEnabled() && header->sortIndicatorSection() < header->count()) {
            sortByColumn(header->sortIndicatorSection(), header->sortIndicatorOrder());
        }
    }
    m_restoring = false;
    m_restored = true;
    fitStretch();
}

void DataTable::remember() {
    if (m_restored && !m_restoring && isVisible()) {
        m_settings.setValue(m_key, horizontalHeader()->saveState());
        m_settings.setValue(m_key + QStringLiteral("/count"), horizontalHeader()->count());
        QVariantList leftOut;
        for (const int column : m_leftOut) {
            leftOut.append(column);
        }
        m_settings.setValue(m_key + QStringLiteral("/left-out"), leftOut);
    }
}

void DataTable::columnMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* header = horizontalHeader();
    for (int visual = 0; visual < header->count(); ++visual) {
        const int column = header->logicalIndex(visual);
        const QString title = model()->headerData(column, Qt::Horizontal).toString();
        if (title.isEmpty()) {
            continue;
        }
        QAction* action = menu->addAction(title);
        action->setCheckable(true);
        action->setChecked(!header->isSectionHidden(column));
        action->setEnabled(header->isSectionHidden(column) || header->count() - header->hiddenSectionCount() > 1);
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            m_givingWay.removeAll(column);
            m_leftOut.removeAll(column);
            horizontalHeader()->setSectionHidden(column, !shown);
            fitStretch();
            remember();
        });
    }
    menu->popup(header->mapToGlobal(position));
}

void DataTable::setGivingWay(const QList<int>& columns) {
    m_givingWay = columns;
    fitStretch();
}

void DataTable::fitStretch() {
    auto* header = horizontalHeader();
    if (m_stretch < 0 || m_stretch >= header->count() || header->isSectionHidden(m_stretch)) {
        return;
    }
    const bool wasRestoring = std::exchange(m_restoring, true);
    giveWay();
    const int others = header->length() - header->sectionSize(m_stretch);
    header->resizeSection(m_stretch, std::max(Theme::of().px(kLeastStretch), viewport()->width() - others));
    m_restoring = wasRestoring;
    // The view does so by itself only for what is wider than before.
    if (horizontalScrollBar()->maximum() > 0) {
        updateGeometries();
    }
}

void DataTable::giveWay() {
    auto* header = horizontalHeader();
    for (const int column : std::exchange(m_leftOut, {})) {
        header->setSectionHidden(column, false);
    }
    int needed = header->length() - header->sectionSize(m_stretch) + Theme::of().px(kLeastStretch);
    for (const int column : m_givingWay) {
        if (needed <= viewport()->width()) {
            return;
        }
        if (column < header->count() && !header->isSectionHidden(column)) {
            needed -= header->sectionSize(column);
            header->setSectionHidden(column, true);
            m_leftOut.append(column);
        }
    }
}

void DataTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitStretch();
}

void DataTable::copySelection(bool asJson) const {
    const auto* header = horizontalHeader();
    QStringList lines;
    QJsonArray array;
    QModelIndexList rows = selectionModel() != nullptr ? selectionModel()->selectedRows() : QModelIndexList();
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.row() < b.row(); });
    for (const QModelIndex& row : rows) {
        QStringList cells;
        QJsonObject object;
        for (int visual = 0; visual < header->count(); ++visual) {
            const int column = header->logicalIndex(visual);
            if (header->isSectionHidden(column)) {
                continue;
            }
            const QModelIndex index = row.siblingAtColumn(column);
            cells.append(index.data().toString());
            const QVariant exact = index.data(kSortRole);
            object.insert(model()->headerData(column, Qt::Horizontal).toString(),
                          exact.isValid() ? QJsonValue::fromVariant(exact) : QJsonValue(index.data().toString()));
        }
        lines.append(cells.join(QLatin1Char('\t')));
        array.append(object);
    }
    if (!rows.isEmpty()) {
        QApplication::clipboard()->setText(asJson ? QString::fromUtf8(QJsonDocument(array).toJson())
                                                  : lines.join(QLatin1Char('\n')));
    }
}

void DataTable::keyPressEvent(QKeyEvent* event) {
    const int row = currentSourceRow();
    if (event->matches(QKeySequence::Copy)) {
        copySelection(false);
    } else if (event->key() == Qt::Key_C && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier)) {
        copySelection(true);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && row >= 0) {
        Q_EMIT rowOpened(row);
    } else if (event->key() == Qt::Key_Space && event->modifiers() == Qt::NoModifier && row >= 0) {
        Q_EMIT rowPreviewed(row);
    } else if (event->key() == Qt::Key_Slash) {
        // Belongs to the page: it focuses the search.
        event->ignore();
    } else {
        QTableView::keyPressEvent(event);
    }
}

void DataTable::contextMenuEvent(QContextMenuEvent* event) {
    const QPoint at = event->reason() == QContextMenuEvent::Keyboard
                          ? viewport()->mapToGlobal(visualRect(currentIndex()).bottomLeft())
                          : event->globalPos();
    Q_EMIT menuRequested(at);
}

void DataTable::setHoverRow(int row) {
    if (row != m_hoverRow) {
        m_hoverRow = row;
        viewport()->update();
    }
}

void DataTable::mouseMoveEvent(QMouseEvent* event) {
    setHoverRow(rowAt(static_cast<int>(event->position().y())));
    QTableView::mouseMoveEvent(event);
}

void DataTable::leaveEvent(QEvent* event) {
    setHoverRow(-1);
    QTableView::leaveEvent(event);
}

void DataTable::paintEvent(QPaintEvent* event) {
    {
        // The whole row answers to the pointer, not one cell; and the selection runs to the right edge.
        QPainter painter(viewport());
        const auto band = [&](int row, Tint tint) {
            painter.fillRect(QRect(0, rowViewportPosition(row), viewport()->width(), rowHeight(row)),
                             Theme::of().color(tint));
        };
        if (model() != nullptr && m_hoverRow >= 0 && m_hoverRow < model()->rowCount()) {
            band(m_hoverRow, Tint::kHover);
        }
        if (selectionModel() != nullptr) {
            for (const QItemSelectionRange& range : selectionModel()->selection()) {
                const int first = std::max(range.top(), rowAt(0));
                const int last = rowAt(viewport()->height() - 1);
                for (int row = first; row <= range.bottom() && (last < 0 || row <= last); ++row) {
                    band(row, Tint::kSelected);
                }
            }
        }
    }
    QTableView::paintEvent(event);
    if (!m_emptyText.isEmpty() && (model() == nullptr || model()->rowCount() == 0)) {
        QPainter painter(viewport());
        painter.setFont(Theme::of().font(FontRole::kBody));
        painter.setPen(Theme::of().color(Tint::kTextSecondary));
        painter.drawText(viewport()->rect().adjusted(Theme::kPageMargin, Theme::kPageMargin, -Theme::kPageMargin, 0),
                         Qt::AlignTop | Qt::AlignHCenter | Qt::TextWordWrap, m_emptyText);
    }
}

}  // namespace weir::ui
