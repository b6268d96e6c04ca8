// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

namespace weir::ui {

class ConfigEditor;

/// The settings of a topic that exists: changes are collected, shown as before and after, and applied together.
class EditConfigPanel : public SidePanel {
    Q_OBJECT

public:
    EditConfigPanel(Backend& backend, const QString& topic, QWidget* parent = nullptr);

Q_SIGNALS:
    void applied(int changes);

private:
    void load();
    void apply();
    void check();

    Backend& m_backend;
    QString m_topic;
    ConfigEditor* m_editor;
};

}  // namespace weir::ui
