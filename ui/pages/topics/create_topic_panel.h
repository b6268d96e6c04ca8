// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace weir::ui {

class ConfigEditor;
class SegmentedControl;

/// A new topic: name, partitions, how long records are kept, and below, for who wants it, every other setting with its
/// documentation and default.
class CreateTopicPanel : public SidePanel {
    Q_OBJECT

public:
    explicit CreateTopicPanel(Backend& backend, QWidget* parent = nullptr);

Q_SIGNALS:
    void created(const QString& topic);

private:
    void buildQuickChoices();
    void buildAdvanced();
    void check();
    void create();
    [[nodiscard]] std::vector<ConfigChange> configs() const;

    Backend& m_backend;
    QLineEdit* m_name;
    QLabel* m_why;
    QSpinBox* m_partitions;
    SegmentedControl* m_cleanup;
    SegmentedControl* m_retention;
    QCheckBox* m_showAll;
    ConfigEditor* m_all;
    bool m_typed = false;
    bool m_asked = false;
};

}  // namespace weir::ui
