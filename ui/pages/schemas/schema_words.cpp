// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/schemas/schema_words.h"

#include <QCoreApplication>

#include "ui/theme/theme.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Schemas", text);
}

KeyedColumn<SubjectRow> number(const QString& title, const QString& tooltip, int (*value)(const SchemaSubject&)) {
    return {title,
            [value](const SubjectRow& row, int role) -> QVariant {
                return role == Qt::DisplayRole ? QVariant(formatCount(value(row.subject)))
                       : role == kSortRole     ? QVariant(value(row.subject))
                                               : QVariant();
            },
            tooltip, true};
}

}  // namespace

QString schemaTypeWord(const std::string& type) {
    return type == "AVRO" ? tr("Avro") : type == "PROTOBUF" ? tr("Protobuf") : tr("JSON Schema");
}

const QStringList& schemaTypes() {
    static const QStringList kTypes{QStringLiteral("AVRO"), QStringLiteral("JSON"), QStringLiteral("PROTOBUF")};
    return kTypes;
}

const QStringList& schemaLevels() {
    static const QStringList kLevels{QStringLiteral("BACKWARD"), QStringLiteral("BACKWARD_TRANSITIVE"),
                                     QStringLiteral("FORWARD"),  QStringLiteral("FORWARD_TRANSITIVE"),
                                     QStringLiteral("FULL"),     QStringLiteral("FULL_TRANSITIVE"),
                                     QStringLiteral("NONE")};
    return kLevels;
}

QString meaningOfLevel(const QString& level) {
    if (level == QLatin1String("NONE")) {
        return tr("Any change is taken.");
    }
    const QString than = level.endsWith(QLatin1String("_TRANSITIVE")) ? tr("any version before") : tr("the last one");
    if (level.startsWith(QLatin1String("BACKWARD"))) {
        return tr("A new version has to read what was written with %1: update consumers first.").arg(than);
    }
    if (level.startsWith(QLatin1String("FORWARD"))) {
        return tr("What is written with a new version has to be readable with %1: update producers first.").arg(than);
    }
    return tr("A new version and %1 have to read each other's records: update in any order.").arg(than);
}

bool isJsonText(const std::string& type) {
    return type != "PROTOBUF";
}

QString wordsOf(const SchemaReference& reference) {
    return tr("%1 is %2, version %3")
        .arg(QString::fromStdString(reference.name), QString::fromStdString(reference.subject))
        .arg(reference.version);
}

std::vector<KeyedColumn<SubjectRow>> subjectColumns() {
    std::vector<KeyedColumn<SubjectRow>> columns;
    columns.push_back({tr("Subject"), [](const SubjectRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(QString::fromStdString(row.key()))
                                  : role == kMonoRole     ? QVariant(true)
                                                          : QVariant();
                       }});
    columns.push_back({tr("Type"), [](const SubjectRow& row, int role) -> QVariant {
                           return role == Qt::DisplayRole ? QVariant(schemaTypeWord(row.subject.latest.type))
                                                          : QVariant();
                       }});
    columns.push_back(number(tr("Versions"), tr("How many versions there are, deleted ones left out"),
                             [](const SchemaSubject& subject) { return subject.versionCount; }));
    columns.push_back(number(tr("Id"), tr("Of the latest version: what stands in front of each record"),
                             [](const SchemaSubject& subject) { return subject.latest.id; }));
    columns.push_back(
        {tr("Compatibility"), [](const SubjectRow& row, int role) -> QVariant {
             switch (role) {
                 case Qt::DisplayRole:
                     return QString::fromStdString(row.subject.compatibility);
                 case Qt::ToolTipRole:
                     return meaningOfLevel(QString::fromStdString(row.subject.compatibility)) + QLatin1Char('\n') +
                            (row.subject.isOwnCompatibility ? tr("Set for this subject.") : tr("As for all subjects."));
                 case kTintRole:
                     return row.subject.isOwnCompatibility ? QVariant()
                                                           : QVariant(static_cast<int>(Tint::kTextSecondary));
                 default:
                     return {};
             }
         }});
    return columns;
}

}  // namespace weir::ui
