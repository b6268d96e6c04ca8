// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/once_form.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "ui/pages/publish/headers_editor.h"
#include "ui/pages/publish/send_options.h"
#include "ui/pages/publish/value_editor.h"
#include "ui/theme/theme.h"

namespace weir::ui {

OnceForm::OnceForm(bool withGenerators, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_key = new ValueEditor(tr("Key"), ValueEditor::Size::kOneLine, this);
    m_value = new ValueEditor(tr("Value"), ValueEditor::Size::kTall, this);
    m_headers = new HeadersEditor(this);
    m_options = new SendOptions(this);
    column->addWidget(m_key);
    column->addWidget(m_value, 3);
    column->addWidget(m_headers, 1);
    column->addWidget(m_options);
    if (withGenerators) {
        m_options->hideTimestamp();
    }
    connect(m_key, &ValueEditor::changed, this, [this, withGenerators] {
        // A key with generators differs each time, so no single partition could be named.
        const std::optional<QString> text = m_key->text();
        const bool varies = withGenerators && text && text->contains(QLatin1String("{{"));
        m_options->setKey(varies ? std::nullopt : m_key->bytes());
        Q_EMIT changed();
    });
    connect(m_value, &ValueEditor::changed, this, &OnceForm::changed);
    connect(m_headers, &HeadersEditor::changed, this, &OnceForm::changed);
    m_options->setKey(m_key->bytes());
}

void OnceForm::setTopic(bool isChosen, int partitions) {
    m_options->setTopic(isChosen, partitions);
}

void OnceForm::fill(const OutgoingRecord& record) {
    m_key->setBytes(record.key);
    m_value->setBytes(record.value);
    m_headers->setHeaders(record.headers);
}

Result<OutgoingRecord, QString> OnceForm::record() const {
    OutgoingRecord record;
    record.key = m_key->bytes();
    record.value = m_value->bytes();
    record.headers = m_headers->headers();
    record.partition = m_options->partition();
    auto timestamp = m_options->timestamp();
    if (!timestamp) {
        return fail(timestamp.error());
    }
    record.timestamp = *timestamp;
    return record;
}

ProduceOptions OnceForm::options() const {
    return m_options->produce();
}

std::optional<QString> OnceForm::keyText() const {
    return m_key->text();
}

std::optional<QString> OnceForm::valueText() const {
    return m_value->text();
}

void OnceForm::setTexts(const std::optional<QString>& key, const std::optional<QString>& value) {
    m_key->setText(key);
    m_value->setText(value);
}

void OnceForm::focusKey() {
    m_key->edit().setFocus();
}

}  // namespace weir::ui
