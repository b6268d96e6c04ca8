// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/cluster/features_section.h"

#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr qint64 kEveryMs = 5'000;

}  // namespace

FeaturesSection::FeaturesSection(Backend& backend, QWidget* parent) : ClusterSection(backend, kEveryMs, parent) {
    m_model = new KeyedModel<FeatureRow>(featureColumns(), this);
    m_table = new DataTable(backend.settings(), QStringLiteral("cluster/features"), this);
    m_table->setDefaultWidths({276, 120, 100, 90, 90, 340});
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setStretchColumn(5);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Features"));
    m_table->setEmptyText(tr("The cluster tells of no features."));
    column()->addWidget(m_table, 1);
}

void FeaturesSection::setFilterText(const QString& text) {
    m_table->setFilterText(text);
}

void FeaturesSection::question() {
    backend().operations().features(this, [this](const ClusterResult<FeaturesInfo>& answer) {
        if (!answered(answer)) {
            return;
        }
        const FeaturesInfo& info = answer.value();
        std::vector<FeatureRow> rows;
        for (const FeatureState& each : info.features) {
            rows.push_back({each});
        }
        std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
        m_model->setRows(std::move(rows));
        const QString count = plural(m_model->rowCount(), tr("feature"), tr("features"));
        setFacts(info.epoch < 0 ? count : tr("%1 · finalized epoch %2").arg(count, formatCount(info.epoch)));
    });
}

}  // namespace weir::ui
