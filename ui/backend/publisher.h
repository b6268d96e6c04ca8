// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "ui/backend/answer.h"
#include "ui/backend/jobs.h"
#include "ui/backend/schemas.h"

namespace weir::ui {

/// Repeated publishing. Key, value and header texts may hold generators: {{seq}}, {{uuid}}, {{now}}, {{int 1 100}},
/// {{float 1 100 2}}, {{pick a b c}}, {{name}}, {{walk 100 0.5}}.
struct RepeatSpec {
    QString topic;
    std::optional<QString> key;
    std::optional<QString> value;
    /// What key and value become is JSON for these.
    std::optional<SchemaChoice> keySchema;
    std::optional<SchemaChoice> valueSchema;
    std::vector<Header> headers;
    std::optional<PartitionId> partition;
    ProduceOptions options;
    /// Records a second, 0.1 to 100,000.
    double rate = 10;
    /// 0: until stopped.
    qint64 count = 0;
};

enum class FileFormat { kNdjson, kCsv, kLines };
struct FileSpec {
    QString topic;
    QString path;
    FileFormat format = FileFormat::kNdjson;
    /// Column (CSV) or JSON field (NDJSON) used as key; empty: no key. NDJSON written by Weir's own export is
    /// recognised and restores keys, headers and timestamps.
    QString keyField;
    QChar separator = QLatin1Char(',');
    /// Keys and values are JSON for these.
    std::optional<SchemaChoice> keySchema;
    std::optional<SchemaChoice> valueSchema;
    ProduceOptions options;
    /// 0: as fast as possible.
    double rate = 0;
};

class Publisher {
public:
    virtual ~Publisher() = default;
    virtual void publish(const QString& topic, const OutgoingRecord& record, const ProduceOptions& options,
                         QObject* context, Callback<PublishedRecord> done) = 0;
    virtual JobId startRepeat(const RepeatSpec& spec) = 0;
    virtual JobId startFile(const FileSpec& spec) = 0;
    /// What the generators of `text` would give now; an error sentence for a generator that does not exist.
    [[nodiscard]] virtual ClusterResult<QString> previewTemplate(const QString& text) const = 0;
    /// The first rows of a file as they would be published.
    virtual void previewFile(const FileSpec& spec, QObject* context, Callback<QStringList> done) = 0;
};

}  // namespace weir::ui
