// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/row_text.h"

#include <QCoreApplication>
#include <algorithm>
#include <memory>

#include "app/bridge/workshop.h"
#include "app/publish/kcat_command.h"
#include "app/serdes/decoders.h"
#include "app/serdes/json_text.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

/// Columns look for their fields in so much of a value; a list must not parse ten megabytes a row.
constexpr std::size_t kColumnBytes = 256 << 10;
constexpr std::size_t kMaxPrettyBytes = std::size_t{16} << 20;
constexpr int kMaxHeaders = 32;
constexpr std::size_t kMaxListedHeaders = 200;
/// Linux takes 128 KiB as one argument.
constexpr std::int32_t kMaxCommandBytes = 96 << 10;

QString headersLine(const RecordView& record) {
    std::string line;
    int shown = 0;
    // What cannot be shown need not be decoded: a record may hold a million headers.
    RecordView some = record;
    some.headerCount = std::min(record.headerCount, kMaxHeaders + 1);
    for (const Header& header : decodeHeaders(some)) {
        if (++shown > kMaxHeaders || line.size() > kPreviewChars) {
            line += ", \u2026";
            break;
        }
        line += (line.empty() ? "" : ", ") + oneLine(header.key, 80) + '=' +
                (header.value ? preview(*header.value, 80) : std::string("null"));
    }
    return toQt(line);
}

// What a control batch says, in words. The key is (version, type), the value of an end marker (version, coordinator
// epoch): KIP-98.
QString markerText(const RecordView& record) {
    constexpr std::size_t kTypeAt = 2;
    const auto number = [](const std::optional<ByteView>& bytes, std::size_t at) {
        return bytes && bytes->size() >= at + 2 ? int{loadBigEndian<std::int16_t>(bytes->data() + at)} : -1;
    };
    switch (number(record.key, kTypeAt)) {
        case 0:
            return QCoreApplication::translate("weir::app::RowText", "transaction aborted");
        case 1:
            return QCoreApplication::translate("weir::app::RowText", "transaction committed");
        default:
            return QCoreApplication::translate("weir::app::RowText", "control record");
    }
}

bool isControl(const RecordChunk& chunk, const RecordView& record) {
    return record.batch < chunk.batches.size() && chunk.batches[record.batch].isControl;
}

}  // namespace

RowText::RowText(Cluster& cluster, std::string topic, const QStringList& columns)
    : m_schemas(cluster), m_topic(std::move(topic)) {
    for (const QString& column : columns) {
        const auto path = json::parsePath(toStd(column));
        m_slots.push_back(path ? m_paths.add(*path) : -1);
    }
    m_fields.resize(m_paths.size());
}

std::optional<std::string> RowText::decoded(RecordPart part, const std::optional<ByteView>& bytes) {
    // A list must not decode ten megabytes a row.
    return bytes && bytes->size() <= kColumnBytes ? m_schemas.json(m_topic, part, bytes) : std::nullopt;
}

ui::RecordRow RowText::operator()(const Row& from) {
    ui::RecordRow row;
    row.partition = {m_topic, from.partition};
    row.offset = from.offset;
    row.timestamp = kNoTimestamp;
    row.isMissing = from.isMissing;
    if (from.isMissing) {
        row.value = QCoreApplication::translate("weir::app::RowText", "no record at this offset");
        return row;
    }
    const RecordView& record = from.record;
    row.timestamp = record.timestamp;
    row.sizeBytes = record.sizeBytes;
    row.isControl = isControl(*from.chunk, record);
    if (record.batch < from.chunk->batches.size()) {
        row.outcome = from.chunk->batches[record.batch].outcome;
    }
    if (row.isControl) {
        row.value = markerText(record);
        return row;
    }
    row.keyIsNull = !record.key;
    row.valueIsNull = !record.value;
    const auto key = decoded(RecordPart::kKey, record.key);
    const auto value = decoded(RecordPart::kValue, record.value);
    if (record.key) {
        row.key = toQt(key ? oneLine(*key, kPreviewChars) : preview(*record.key));
    }
    if (record.value) {
        row.value = toQt(value ? oneLine(*value, kPreviewChars) : preview(*record.value));
    }
    if (record.headerCount > 0) {
        row.headers = headersLine(record);
    }
    if (!m_slots.empty()) {
        const ByteView text = value ? asBytes(*value) : record.value.value_or(ByteView());
        m_paths.extract(text.first(std::min(text.size(), kColumnBytes)), m_fields);
        std::string scratch;
        for (const int slot : m_slots) {
            row.columns.append(
                slot < 0 ? QString()
                         : toQt(oneLine(m_fields[static_cast<std::size_t>(slot)].text(scratch), kPreviewChars)));
        }
    }
    return row;
}

namespace {

QString schemaWords(const DecodedValue& value) {
    const SchemaVersion& schema = value.schema;
    const QString type = schema.type == "AVRO"       ? QStringLiteral("Avro")
                         : schema.type == "PROTOBUF" ? QStringLiteral("Protobuf")
                                                     : QStringLiteral("JSON Schema");
    const QString of = value.name.empty() ? type : QStringLiteral("%1, %2").arg(type, toQt(value.name));
    return schema.subject.empty()
               ? QCoreApplication::translate("weir::app::RowText", "Schema id %1 (%2)").arg(schema.id).arg(of)
               : QCoreApplication::translate("weir::app::RowText", "%1 version %2, id %3 (%4)")
                     .arg(toQt(schema.subject))
                     .arg(schema.version)
                     .arg(schema.id)
                     .arg(of);
}

ui::DecodedView schemaView(const ClusterResult<DecodedValue>& value) {
    ui::DecodedView view;
    view.decoder = QCoreApplication::translate("weir::app::RowText", "Schema registry");
    view.ok = value.ok();
    if (!value) {
        view.text = toQt(value.error().message);
        return view;
    }
    auto pretty = json::pretty(value->json, kMaxPrettyBytes);
    view.text = toQt(pretty ? *pretty : value->json);
    view.isJson = pretty.ok();
    view.note = schemaWords(*value);
    view.schemaSubject = toQt(value->schema.subject);
    return view;
}

std::vector<ui::DecodedView> viewsOf(const std::optional<ByteView>& bytes, const std::string& topic, RecordPart part,
                                     SchemaDecoder* schemas) {
    std::vector<ui::DecodedView> views;
    if (!bytes) {
        return views;
    }
    for (const Decoded& decoded : decodeAll(*bytes)) {
        views.push_back({toQt(decoderName(decoded.decoder)), decoded.ok, toQt(decoded.text), decoded.isJson});
    }
    const auto value = schemas == nullptr ? std::nullopt : schemas->decode(topic, part, *bytes);
    if (!value) {
        return views;
    }
    ui::DecodedView view = schemaView(*value);
    // Where nothing else makes sense of the bytes, it is worth saying at once why the schema did not either; a number
    // may begin with a zero byte without being framed.
    if (!view.ok && views.front().decoder == toQt(decoderName(Decoder::kHex))) {
        views.front().note = view.text;
    }
    views.insert(view.ok ? views.begin() : views.end(), std::move(view));
    return views;
}

std::optional<Bytes> copyOf(const std::optional<ByteView>& bytes) {
    return bytes ? std::optional(toBytes(*bytes)) : std::nullopt;
}

}  // namespace

ui::RecordDetail detailOf(const std::string& bootstrap, const RecordChunk& chunk, const RecordView& record,
                          SchemaDecoder* schemas) {
    ui::RecordDetail detail;
    detail.address = {chunk.partition, record.offset};
    detail.timestamp = record.timestamp;
    if (record.batch < chunk.batches.size()) {
        detail.batch = chunk.batches[record.batch];
    }
    detail.sizeBytes = record.sizeBytes;
    detail.key = copyOf(record.key);
    detail.value = copyOf(record.value);
    detail.keyViews = viewsOf(record.key, chunk.partition.topic, RecordPart::kKey, schemas);
    detail.valueViews = viewsOf(record.value, chunk.partition.topic, RecordPart::kValue, schemas);
    if (isControl(chunk, record)) {
        const QString words = QCoreApplication::translate("weir::app::RowText", "%1, by producer %2 in its epoch %3")
                                  .arg(markerText(record))
                                  .arg(detail.batch.producerId.value)
                                  .arg(detail.batch.producerEpoch.value);
        detail.valueViews.insert(detail.valueViews.begin(),
                                 {QCoreApplication::translate("weir::app::RowText", "Marker"), true, words, false});
    }
    const auto shared = std::make_shared<OutgoingRecord>();
    detail.asOutgoing = shared;
    OutgoingRecord& outgoing = *shared;
    outgoing.key = detail.key;
    outgoing.value = detail.value;
    outgoing.headers = decodeHeaders(record);
    outgoing.timestamp = record.timestamp;
    outgoing.partition = chunk.partition.partition;
    detail.headerCount = static_cast<qint64>(outgoing.headers.size());
    for (const Header& header : outgoing.headers) {
        if (detail.headers.size() == kMaxListedHeaders) {
            break;
        }
        detail.headers.push_back(
            {toQt(oneLine(header.key)), header.value ? toQt(preview(*header.value, 4096)) : QString(), !header.value});
    }
    detail.kcatCommand =
        record.sizeBytes <= kMaxCommandBytes
            ? toQt(kcatCommand(bootstrap, chunk.partition.topic, outgoing))
            : QCoreApplication::translate("weir::app::RowText",
                                          "# No command line holds a record of %1 bytes; export it instead.")
                  .arg(record.sizeBytes);
    return detail;
}

}  // namespace weir::app
