// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/schema_picker.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/theme/theme.h"

namespace weir::ui {

SchemaPicker::SchemaPicker(Schemas& schemas, const QString& what, QWidget* parent)
    : QWidget(parent), m_schemas(schemas) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kSmallGap);
    m_subject = new QComboBox(this);
    m_subject->setAccessibleName(tr("%1: schema").arg(what));
    m_subject->setToolTip(tr("The text is JSON for this schema; what is sent is framed with the schema's id."));
    m_subject->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_subject->setMinimumContentsLength(16);
    m_subject->addItem(tr("As it is"));
    m_version = new QComboBox(this);
    m_version->setAccessibleName(tr("%1: schema version").arg(what));
    row->addWidget(m_subject, 1);
    row->addWidget(m_version);
    m_version->hide();
    hide();
    connect(m_subject, &QComboBox::currentIndexChanged, this, &SchemaPicker::showVersions);
}

std::optional<SchemaPicker::Choice> SchemaPicker::chosen() const {
    if (m_subject->currentIndex() <= 0) {
        return std::nullopt;
    }
    const QVariant version = m_version->currentData();
    return Choice{m_subject->currentText(), version.isValid() ? std::optional(version.toInt()) : std::nullopt};
}

void SchemaPicker::refresh(const QString& subject) {
    m_own = subject;
    m_schemas.look(this, [this](const ClusterResult<SchemaRegistryState>& state) {
        show(state.ok() ? state.value() : SchemaRegistryState{});
    });
}

void SchemaPicker::show(const SchemaRegistryState& state) {
    QStringList subjects;
    for (const SchemaSubject& each : state.subjects) {
        subjects << QString::fromStdString(each.latest.subject);
    }
    if (subjects.removeOne(m_own)) {
        subjects.prepend(m_own);
    }
    const QString before = m_subject->currentIndex() > 0 ? m_subject->currentText() : QString();
    {
        const QSignalBlocker quiet(m_subject);
        m_subject->clear();
        m_subject->addItem(tr("As it is"));
        m_subject->addItems(subjects);
        m_subject->setCurrentIndex(before.isEmpty() ? 0 : std::max(0, m_subject->findText(before)));
    }
    setVisible(!subjects.isEmpty());
    Q_EMIT offered(!subjects.isEmpty());
    if (m_subject->currentText() != before) {
        showVersions();
    }
}

void SchemaPicker::showVersions() {
    m_version->clear();
    m_version->setVisible(m_subject->currentIndex() > 0);
    Q_EMIT changed();
    if (m_subject->currentIndex() <= 0) {
        return;
    }
    m_version->addItem(tr("Latest"));
    const QString subject = m_subject->currentText();
    m_schemas.versions(subject, this, [this, subject](const ClusterResult<std::vector<SchemaVersion>>& versions) {
        if (!versions.ok() || m_subject->currentText() != subject || m_version->count() != 1) {
            return;
        }
        for (auto each = versions.value().rbegin(); each != versions.value().rend(); ++each) {
            m_version->addItem(tr("Version %1").arg(each->version), each->version);
        }
    });
}

}  // namespace weir::ui
