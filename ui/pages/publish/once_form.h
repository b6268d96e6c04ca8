// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>
#include <optional>

#include "broker/model/admin.h"

namespace weir::ui {

class HeadersEditor;
class SchemaPicker;
class Schemas;
struct SchemaChoice;
class SendOptions;
class ValueEditor;

/// One record by hand: key, value, headers, and where and how it goes.
class OnceForm : public QWidget {
    Q_OBJECT

public:
    /// In texts of kTemplates stand {{generators}}, and no timestamp is asked for.
    enum class Texts { kPlain, kTemplates };
    OnceForm(Schemas& schemas, Texts texts, QWidget* parent = nullptr);
    void setTopic(const QString& name, int partitions);
    /// What the registry has may have changed.
    void refreshSchemas();
    void fill(const OutgoingRecord& record);
    /// An error sentence when a field cannot be understood.
    [[nodiscard]] Result<OutgoingRecord, QString> record() const;
    /// The same with key and value encoded by the schemas that are chosen; an error sentence when one does not fit.
    void encoded(QObject* context, std::function<void(const Result<OutgoingRecord, QString>&)> done);
    [[nodiscard]] ProduceOptions options() const;
    [[nodiscard]] std::optional<QString> keyText() const;
    [[nodiscard]] std::optional<QString> valueText() const;
    /// What key and value are encoded with, where that happens once they are made.
    [[nodiscard]] std::optional<SchemaChoice> keySchema() const;
    [[nodiscard]] std::optional<SchemaChoice> valueSchema() const;
    void setTexts(const std::optional<QString>& key, const std::optional<QString>& value);
    void focusKey();

Q_SIGNALS:
    void changed();

private:
    using Encoded = std::function<void(const Result<OutgoingRecord, QString>&)>;
    void encodeKey(OutgoingRecord record, QObject* context, Encoded done);
    void encodeValue(OutgoingRecord record, QObject* context, Encoded done);

    Schemas& m_schemas;
    const Texts m_texts;
    QString m_topic;
    ValueEditor* m_key;
    ValueEditor* m_value;
    SchemaPicker* m_keySchema = nullptr;
    SchemaPicker* m_valueSchema = nullptr;
    HeadersEditor* m_headers;
    SendOptions* m_options;
};

}  // namespace weir::ui
