// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/topics/edit_config_panel.h"

#include <QVBoxLayout>

#include "ui/widgets/config_editor.h"
#include "ui/widgets/format.h"

namespace weir::ui {

EditConfigPanel::EditConfigPanel(Backend& backend, const QString& topic, QWidget* parent)
    : SidePanel(tr("Settings of %1").arg(topic), parent), m_backend(backend), m_topic(topic) {
    setWide(true);
    m_editor = new ConfigEditor(backend.settings(), QStringLiteral("topics/config"), ConfigEditor::Bar::kWithout, this);
    m_editor->setMinimumHeight(Theme::of().px(420));
    body()->addWidget(m_editor, 1);
    body()->setAlignment({});
    connect(m_editor, &ConfigEditor::changesChanged, this, &EditConfigPanel::check);
    connect(this, &SidePanel::accepted, this, &EditConfigPanel::apply);
    check();
    load();
}

void EditConfigPanel::load() {
    m_backend.topics().describeConfig(m_topic, this, [this](const ClusterResult<std::vector<ConfigEntry>>& answer) {
        if (answer.ok()) {
            m_editor->setEntries(answer.value());
        } else {
            showError(QString::fromStdString(answer.error().message));
        }
    });
}

void EditConfigPanel::check() {
    const auto count = static_cast<qint64>(m_editor->changes().size());
    setPrimary(count == 0 ? tr("Apply changes") : tr("Apply %1").arg(plural(count, tr("change"), tr("changes"))));
    setPrimaryEnabled(count > 0, tr("Nothing is changed yet."));
}

void EditConfigPanel::apply() {
    const std::vector<ConfigChange> changes = m_editor->changes();
    if (changes.empty()) {
        return;
    }
    setBusy(true);
    clearError();
    m_backend.topics().alterConfig(m_topic, changes, false, this,
                                   [this, count = static_cast<int>(changes.size())](const ClusterResult<void>& answer) {
                                       if (answer.ok()) {
                                           Q_EMIT applied(count);
                                           close();
                                       } else {
                                           showError(QString::fromStdString(answer.error().message));
                                       }
                                   });
}

}  // namespace weir::ui
