// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/headers_editor.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QSignalBlocker>

#include "ui/theme/theme.h"

namespace weir::ui {

namespace {

enum Column { kName, kValue, kNull };

}  // namespace

HeadersEditor::HeadersEditor(QWidget* parent) : QTableWidget(0, 3, parent) {
    setAccessibleName(tr("Headers"));
    setHorizontalHeaderLabels({tr("Header"), tr("Value"), tr("Null")});
    horizontalHeader()->setSectionResizeMode(kName, QHeaderView::Interactive);
    horizontalHeader()->setSectionResizeMode(kValue, QHeaderView::Stretch);
    horizontalHeader()->setSectionResizeMode(kNull, QHeaderView::Fixed);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setColumnWidth(kName, Theme::of().px(150));
    setColumnWidth(kNull, Theme::of().px(48));
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(Theme::of().rowHeight());
    setFont(Theme::of().font(FontRole::kMono));
    setShowGrid(false);
    setTabKeyNavigation(false);
    setEditTriggers(AllEditTriggers);
    setMinimumHeight(Theme::of().px(92));
    keepEmptyRow();
    connect(this, &QTableWidget::itemChanged, this, [this] {
        keepEmptyRow();
        Q_EMIT changed();
    });
}

void HeadersEditor::addRow(const QString& name, const QString& value, bool null) {
    const QSignalBlocker quiet(this);
    const int row = rowCount();
    insertRow(row);
    setItem(row, kName, new QTableWidgetItem(name));
    setItem(row, kValue, new QTableWidgetItem(value));
    auto* box = new QTableWidgetItem;
    box->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
    box->setCheckState(null ? Qt::Checked : Qt::Unchecked);
    setItem(row, kNull, box);
}

void HeadersEditor::keepEmptyRow() {
    if (rowCount() == 0 || !item(rowCount() - 1, kName)->text().isEmpty()) {
        addRow({}, {}, false);
    }
}

std::vector<Header> HeadersEditor::headers() const {
    std::vector<Header> headers;
    for (int row = 0; row < rowCount(); ++row) {
        const QString name = item(row, kName)->text();
        if (name.isEmpty()) {
            continue;
        }
        Header header;
        header.key = name.toStdString();
        if (item(row, kNull)->checkState() != Qt::Checked) {
            header.value = toBytes(std::string_view(item(row, kValue)->text().toStdString()));
        }
        headers.push_back(std::move(header));
    }
    return headers;
}

void HeadersEditor::setHeaders(const std::vector<Header>& headers) {
    setRowCount(0);
    for (const Header& header : headers) {
        const std::string_view value = header.value ? asText(*header.value) : std::string_view();
        addRow(QString::fromStdString(header.key),
               QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size())), !header.value);
    }
    keepEmptyRow();
}

void HeadersEditor::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete && currentRow() >= 0 && currentRow() < rowCount() - 1) {
        removeRow(currentRow());
        Q_EMIT changed();
        return;
    }
    QTableWidget::keyPressEvent(event);
}

}  // namespace weir::ui
