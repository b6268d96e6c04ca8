// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/record_view/record_columns.h"

#include <QMenu>
#include <algorithm>

#include "ui/theme/theme.h"

namespace weir::ui {

RecordColumns::RecordColumns(Settings& settings, const QString& key, QWidget* parent)
    : QHeaderView(Qt::Horizontal, parent), m_settings(settings), m_key(key) {
    setModel(&m_titles);
    setSectionsMovable(true);
    setSectionsClickable(false);
    setHighlightSections(false);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    setMinimumSectionSize(36);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setTextElideMode(Qt::ElideRight);
    setAccessibleName(tr("Columns"));
    build();
    connect(this, &QHeaderView::sectionResized, this, [this](int logical) {
        if (m_quiet) {
            return;
        }
        if (m_specs.at(static_cast<std::size_t>(logical)).kind != RecordColumn::kValue) {
            fit(m_viewportWidth);
        }
        remember();
        Q_EMIT layoutChanged();
    });
    connect(this, &QHeaderView::sectionMoved, this, [this] {
        if (!m_quiet) {
            remember();
            Q_EMIT layoutChanged();
        }
    });
    connect(this, &QHeaderView::customContextMenuRequested, this, &RecordColumns::showMenu);
}

void RecordColumns::setFields(const QStringList& fields) {
    if (fields != m_fields) {
        m_fields = fields;
        build();
        fit(m_viewportWidth);
        Q_EMIT layoutChanged();
    }
}

void RecordColumns::build() {
    using enum RecordColumn;
    m_specs = {{kPartition, QStringLiteral("partition"), tr("Partition"), 76, false, false},
               {kOffset, QStringLiteral("offset"), tr("Offset"), 104, true, false},
               {kTimestamp, QStringLiteral("timestamp"), tr("Timestamp"), 132, false, false},
               {kKey, QStringLiteral("key"), tr("Key"), 140, false, false}};
    for (const QString& field : m_fields) {
        m_specs.push_back({kField, QStringLiteral("field:") + field, field, 110, false, false});
    }
    m_specs.push_back({kValue, QStringLiteral("value"), tr("Value"), 400, false, false});
    m_specs.push_back({kHeaders, QStringLiteral("headers"), tr("Headers"), 160, false, true});
    m_specs.push_back({kSize, QStringLiteral("size"), tr("Size (B)"), 72, true, false});
    m_quiet = true;
    m_titles.setColumnCount(0);
    m_titles.setColumnCount(static_cast<int>(m_specs.size()));
    for (int i = 0; i < static_cast<int>(m_specs.size()); ++i) {
        const ColumnSpec& spec = m_specs[static_cast<std::size_t>(i)];
        m_titles.setHeaderData(i, Qt::Horizontal, spec.title);
        m_titles.setHeaderData(i, Qt::Horizontal,
                               static_cast<int>((spec.isRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter),
                               Qt::TextAlignmentRole);
        resizeSection(i, Theme::of().px(spec.width));
        setSectionHidden(i, spec.isHiddenAtFirst);
    }
    recall();
    m_quiet = false;
}

void RecordColumns::recall() {
    const QVariantMap all = m_settings.value(m_key).toMap();
    std::vector<std::pair<int, int>> order;  // visual, logical
    for (int i = 0; i < static_cast<int>(m_specs.size()); ++i) {
        const QVariantMap one = all.value(m_specs[static_cast<std::size_t>(i)].id).toMap();
        if (one.isEmpty()) {
            order.emplace_back(i, i);
            continue;
        }
        resizeSection(i, std::clamp(one.value(QStringLiteral("width")).toInt(), 36, 4000));
        setSectionHidden(i, one.value(QStringLiteral("hidden")).toBool());
        order.emplace_back(one.value(QStringLiteral("place")).toInt(), i);
    }
    std::stable_sort(order.begin(), order.end());
    for (int place = 0; place < static_cast<int>(order.size()); ++place) {
        moveSection(visualIndex(order[static_cast<std::size_t>(place)].second), place);
    }
}

void RecordColumns::remember() {
    QVariantMap all = m_settings.value(m_key).toMap();
    for (int i = 0; i < static_cast<int>(m_specs.size()); ++i) {
        QVariantMap one = all.value(m_specs[static_cast<std::size_t>(i)].id).toMap();
        // A hidden section has no width; what it had stays.
        if (!isSectionHidden(i)) {
            one.insert(QStringLiteral("width"), sectionSize(i));
        } else if (!one.contains(QStringLiteral("width"))) {
            one.insert(QStringLiteral("width"), m_specs[static_cast<std::size_t>(i)].width);
        }
        one.insert(QStringLiteral("hidden"), isSectionHidden(i));
        one.insert(QStringLiteral("place"), visualIndex(i));
        all.insert(m_specs[static_cast<std::size_t>(i)].id, one);
    }
    m_settings.setValue(m_key, all);
}

int RecordColumns::firstShown() const {
    int visual = 0;
    while (visual < count() - 1 && isSectionHidden(logicalIndex(visual))) {
        ++visual;
    }
    return logicalIndex(visual);
}

int RecordColumns::lastShown() const {
    int visual = count() - 1;
    while (visual > 0 && isSectionHidden(logicalIndex(visual))) {
        --visual;
    }
    return logicalIndex(visual);
}

void RecordColumns::fit(int viewportWidth) {
    m_viewportWidth = viewportWidth;
    const auto found = std::find_if(m_specs.begin(), m_specs.end(),
                                    [](const ColumnSpec& spec) { return spec.kind == RecordColumn::kValue; });
    const auto value = static_cast<int>(found - m_specs.begin());
    if (viewportWidth <= 0 || isSectionHidden(value)) {
        return;
    }
    const bool wasQuiet = std::exchange(m_quiet, true);
    resizeSection(value, std::max(Theme::of().px(200), viewportWidth - (length() - sectionSize(value))));
    m_quiet = wasQuiet;
}

void RecordColumns::showMenu(const QPoint& position) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int visual = 0; visual < count(); ++visual) {
        const int column = logicalIndex(visual);
        QAction* action = menu->addAction(m_specs[static_cast<std::size_t>(column)].title);
        action->setCheckable(true);
        action->setChecked(!isSectionHidden(column));
        action->setEnabled(isSectionHidden(column) || count() - hiddenSectionCount() > 1);
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            setSectionHidden(column, !shown);
            fit(m_viewportWidth);
            remember();
            Q_EMIT layoutChanged();
        });
    }
    menu->popup(mapToGlobal(position));
}

}  // namespace weir::ui
