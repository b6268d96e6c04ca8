// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/cluster/cluster_models.h"
#include "ui/pages/cluster/cluster_section.h"

namespace weir::ui {

class DataTable;

/// What the cluster has agreed to speak, feature by feature.
class FeaturesSection : public ClusterSection {
    Q_OBJECT

public:
    explicit FeaturesSection(Backend& backend, QWidget* parent = nullptr);
    void setFilterText(const QString& text) override;

protected:
    void question() override;

private:
    KeyedModel<FeatureRow>* m_model;
    DataTable* m_table;
};

}  // namespace weir::ui
