// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <vector>

#include "broker/model/schemas.h"
#include "ui/widgets/keyed_model.h"

/// Schemas in words, the same in lists, forms and questions.
namespace weir::ui {

/// "Avro", "JSON Schema", "Protobuf".
QString schemaTypeWord(const std::string& type);
/// "AVRO", "JSON", "PROTOBUF", in the order in which they are offered.
const QStringList& schemaTypes();
/// "BACKWARD", …, in the order in which they are offered.
const QStringList& schemaLevels();
/// What a level allows, as a sentence.
QString meaningOfLevel(const QString& level);
/// Draws the text of this type as JSON.
bool isJsonText(const std::string& type);
/// "money.proto is money, version 1"
QString wordsOf(const SchemaReference& reference);

struct SubjectRow {
    SchemaSubject subject;

    [[nodiscard]] const std::string& key() const { return subject.latest.subject; }
    bool operator==(const SubjectRow&) const = default;
};
/// Subject, type, versions, id of the latest, compatibility.
std::vector<KeyedColumn<SubjectRow>> subjectColumns();

}  // namespace weir::ui
