// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/row_text.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/bridge/workshop.h"
#include "app/publish/kcat_command.h"
#include "app/serdes/decoders.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

/// Columns look for their fields in so much of a value; a list must not parse ten megabytes a row.
constexpr std::size_t kColumnBytes = 256 << 10;
constexpr int kMaxHeaders = 32;

QString headersLine(const RecordView& record) {
    std::string line;
    int shown = 0;
    for (const Header& header : decodeHeaders(record)) {
        if (++shown > kMaxHeaders || line.size() > kPreviewChars) {
            line += ", \u2026";
            break;
        }
        line += (line.empty() ? "" : ", ") + oneLine(header.key, 80) + '=' +
                (header.value ? preview(*header.value, 80) : std::string("null"));
    }
    return toQt(line);
}

}  // namespace

RowText::RowText(std::string topic, const QStringList& columns) : m_topic(std::move(topic)) {
    for (const QString& column : columns) {
        const auto path = json::parsePath(toStd(column));
        m_slots.push_back(path ? m_paths.add(*path) : -1);
    }
    m_fields.resize(m_paths.size());
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
    row.keyIsNull = !record.key;
    row.valueIsNull = !record.value;
    row.sizeBytes = record.sizeBytes;
    row.isControl = record.batch < from.chunk->batches.size() && from.chunk->batches[record.batch].isControl;
    if (record.key) {
        row.key = toQt(preview(*record.key));
    }
    if (record.value) {
        row.value = toQt(preview(*record.value));
    }
    if (record.headerCount > 0) {
        row.headers = headersLine(record);
    }
    if (!m_slots.empty()) {
        m_paths.extract(record.value ? record.value->first(std::min(record.value->size(), kColumnBytes)) : ByteView(),
                        m_fields);
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

std::vector<ui::DecodedView> viewsOf(const std::optional<ByteView>& bytes) {
    std::vector<ui::DecodedView> views;
    if (!bytes) {
        return views;
    }
    for (const Decoded& decoded : decodeAll(*bytes)) {
        views.push_back({toQt(decoderName(decoded.decoder)), decoded.ok, toQt(decoded.text), decoded.isJson});
    }
    return views;
}

std::optional<Bytes> copyOf(const std::optional<ByteView>& bytes) {
    return bytes ? std::optional(toBytes(*bytes)) : std::nullopt;
}

}  // namespace

ui::RecordDetail detailOf(const std::string& bootstrap, const RecordChunk& chunk, const RecordView& record) {
    ui::RecordDetail detail;
    detail.address = {chunk.partition, record.offset};
    detail.timestamp = record.timestamp;
    if (record.batch < chunk.batches.size()) {
        detail.batch = chunk.batches[record.batch];
    }
    detail.sizeBytes = record.sizeBytes;
    detail.key = copyOf(record.key);
    detail.value = copyOf(record.value);
    detail.keyViews = viewsOf(record.key);
    detail.valueViews = viewsOf(record.value);
    OutgoingRecord& outgoing = detail.asOutgoing;
    outgoing.key = detail.key;
    outgoing.value = detail.value;
    outgoing.headers = decodeHeaders(record);
    outgoing.timestamp = record.timestamp;
    outgoing.partition = chunk.partition.partition;
    for (const Header& header : outgoing.headers) {
        detail.headers.push_back(
            {toQt(oneLine(header.key)), header.value ? toQt(preview(*header.value, 4096)) : QString(), !header.value});
    }
    detail.kcatCommand = toQt(kcatCommand(bootstrap, chunk.partition.topic, outgoing));
    return detail;
}

}  // namespace weir::app
