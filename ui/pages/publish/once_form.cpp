// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/once_form.h"

#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "ui/pages/publish/headers_editor.h"
#include "ui/pages/publish/schema_picker.h"
#include "ui/pages/publish/send_options.h"
#include "ui/pages/publish/value_editor.h"
#include "ui/theme/theme.h"

namespace weir::ui {

OnceForm::OnceForm(Schemas& schemas, Texts texts, QWidget* parent)
    : QWidget(parent), m_schemas(schemas), m_texts(texts) {
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
    if (texts == Texts::kTemplates) {
        m_options->hideTimestamp();
    }
    m_keySchema = new SchemaPicker(schemas, tr("Key"), this);
    m_key->addToHead(m_keySchema);
    m_valueSchema = new SchemaPicker(schemas, tr("Value"), this);
    m_value->addToHead(m_valueSchema);
    const auto keyChanged = [this] {
        // A key with generators differs each time, and one that is encoded is other bytes than these, so no single
        // partition could be named.
        const std::optional<QString> text = m_key->text();
        const bool varies = m_keySchema->chosen().has_value() ||
                            (m_texts == Texts::kTemplates && text && text->contains(QLatin1String("{{")));
        m_options->setKey(varies ? std::nullopt : m_key->bytes());
        Q_EMIT changed();
    };
    connect(m_key, &ValueEditor::changed, this, keyChanged);
    connect(m_keySchema, &SchemaPicker::changed, this, keyChanged);
    connect(m_value, &ValueEditor::changed, this, &OnceForm::changed);
    connect(m_headers, &HeadersEditor::changed, this, &OnceForm::changed);
    m_options->setKey(m_key->bytes());
}

void OnceForm::setTopic(const QString& name, int partitions) {
    m_options->setTopic(!name.isEmpty(), partitions);
    if (name != m_topic) {
        m_topic = name;
        refreshSchemas();
    }
}

void OnceForm::refreshSchemas() {
    m_keySchema->refresh(m_topic + QStringLiteral("-key"));
    m_valueSchema->refresh(m_topic + QStringLiteral("-value"));
}

void OnceForm::encoded(QObject* context, Encoded done) {
    auto made = record();
    if (!made) {
        done(made);
        return;
    }
    encodeKey(*std::move(made), context, std::move(done));
}

void OnceForm::encodeKey(OutgoingRecord record, QObject* context, Encoded done) {
    const auto choice = m_keySchema->chosen();
    const auto text = m_key->text();
    // Null stays null, and bytes that came from a record are encoded already.
    if (!choice || !text || m_key->isRaw()) {
        encodeValue(std::move(record), context, std::move(done));
        return;
    }
    m_schemas.encode(choice->subject, choice->version, *text, context,
                     [this, record = std::move(record), context, done](const ClusterResult<Bytes>& bytes) mutable {
                         if (!bytes.ok()) {
                             done(fail(tr("The key: %1").arg(QString::fromStdString(bytes.error().message))));
                             return;
                         }
                         record.key = bytes.value();
                         encodeValue(std::move(record), context, std::move(done));
                     });
}

void OnceForm::encodeValue(OutgoingRecord record, QObject* context, Encoded done) {
    const auto choice = m_valueSchema->chosen();
    const auto text = m_value->text();
    if (!choice || !text || m_value->isRaw()) {
        done(std::move(record));
        return;
    }
    m_schemas.encode(choice->subject, choice->version, *text, context,
                     [record = std::move(record), done](const ClusterResult<Bytes>& bytes) mutable {
                         if (!bytes.ok()) {
                             done(fail(QString::fromStdString(bytes.error().message)));
                             return;
                         }
                         record.value = bytes.value();
                         done(std::move(record));
                     });
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

std::optional<SchemaChoice> OnceForm::keySchema() const {
    return m_keySchema->chosen();
}

std::optional<SchemaChoice> OnceForm::valueSchema() const {
    return m_valueSchema->chosen();
}

void OnceForm::setTexts(const std::optional<QString>& key, const std::optional<QString>& value) {
    m_key->setText(key);
    m_value->setText(value);
}

void OnceForm::focusKey() {
    m_key->edit().setFocus();
}

}  // namespace weir::ui
