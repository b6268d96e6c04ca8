// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/exchange/record_text.h"

#include <array>
#include <span>

#include "app/serdes/decoders.h"
#include "app/serdes/json_path.h"
#include "app/serdes/json_text.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

constexpr std::string_view kBase64Name = "$base64";
constexpr std::string_view kBase64Prefix = "base64:";

bool hasField(ByteView document, std::string_view name) {
    json::PathSet paths;
    paths.add({{std::string(name), -1}});
    json::Field field;
    paths.extract(document, std::span(&field, 1));
    return field.exists();
}

// A JSON object or array that can stand in a line as it is and will be read back as it is.
bool canStandBare(ByteView bytes) {
    const std::string_view text = asText(bytes);
    return !text.empty() && (text.front() == '{' || text.front() == '[') &&
           (text.back() == '}' || text.back() == ']') && text.find_first_of("\r\n") == std::string_view::npos &&
           !findInvalidUtf8(text) && !json::check(text) && !hasField(bytes, kBase64Name);
}

void appendBytes(std::string& out, const std::optional<ByteView>& bytes) {
    if (!bytes) {
        out += "null";
    } else if (canStandBare(*bytes)) {
        out += asText(*bytes);
    } else if (!findInvalidUtf8(asText(*bytes))) {
        json::appendQuoted(out, asText(*bytes));
    } else {
        out += R"({"$base64":")" + toBase64(*bytes) + "\"}";
    }
}

void appendHeaders(std::string& out, const RecordView& record) {
    out += '[';
    bool isFirst = true;
    for (const Header& header : decodeHeaders(record)) {
        out += isFirst ? "{\"key\":" : ",{\"key\":";
        isFirst = false;
        json::appendQuoted(out, header.key);
        out += ",\"value\":";
        appendBytes(out, header.value ? std::optional<ByteView>(*header.value) : std::nullopt);
        out += '}';
    }
    out += ']';
}

// Nothing: not readable. The inner optional is the null of records.
std::optional<std::optional<Bytes>> bytesOf(const json::Field& field) {
    std::string scratch;
    switch (field.kind) {
        case json::Kind::kNull:
            return std::optional<Bytes>();
        case json::Kind::kString:
            return std::optional(toBytes(field.text(scratch)));
        case json::Kind::kObject: {
            json::PathSet paths;
            paths.add({{std::string(kBase64Name), -1}});
            json::Field inner;
            paths.extract(asBytes(field.raw), std::span(&inner, 1));
            Bytes decoded;
            if (inner.exists()) {
                return fromBase64(inner.raw, decoded) ? std::optional(std::optional(std::move(decoded))) : std::nullopt;
            }
            return std::optional(toBytes(field.raw));
        }
        case json::Kind::kMissing:
            return std::nullopt;
        default:
            return std::optional(toBytes(field.raw));
    }
}

bool readHeaders(std::string_view array, std::vector<Header>& headers) {
    for (int i = 0;; ++i) {
        json::PathSet paths;
        paths.add({{{}, i}, {"key", -1}});
        paths.add({{{}, i}, {"value", -1}});
        std::array<json::Field, 2> fields;
        paths.extract(asBytes(array), fields);
        if (!fields[0].exists()) {
            return true;
        }
        std::string scratch;
        auto value = bytesOf(fields[1]);
        if (!value) {
            return false;
        }
        headers.push_back({std::string(fields[0].text(scratch)), *std::move(value)});
    }
}

template <class Id>
std::optional<Id> idOf(std::string_view text) {
    const auto number = json::parseNumber(text);
    if (!number || !number->isInteger) {
        return std::nullopt;
    }
    return Id(static_cast<typename Id::Representation>(number->integer));
}

void appendCsvBytes(std::string& out, const std::optional<ByteView>& bytes) {
    if (!bytes) {
        return;
    }
    const std::string_view text = asText(*bytes);
    if (findInvalidUtf8(text) || text.starts_with(kBase64Prefix)) {
        out += kBase64Prefix;
        out += toBase64(*bytes);
        return;
    }
    appendCsv(out, text, ',', text.empty());
}

bool readCsvBytes(const CsvField& field, std::optional<Bytes>& out) {
    if (field.text.empty() && !field.isQuoted) {
        out.reset();
        return true;
    }
    if (field.text.starts_with(kBase64Prefix)) {
        return fromBase64(std::string_view(field.text).substr(kBase64Prefix.size()), out.emplace());
    }
    out = toBytes(field.text);
    return true;
}

}  // namespace

void appendNdjson(std::string& out, std::string_view topic, PartitionId partition, const RecordView& record) {
    out += "{\"topic\":";
    json::appendQuoted(out, topic);
    out += ",\"partition\":" + std::to_string(partition.value) + ",\"offset\":" + std::to_string(record.offset.value) +
           ",\"timestamp\":" + std::to_string(record.timestamp.value) + ",\"key\":";
    appendBytes(out, record.key);
    out += ",\"value\":";
    appendBytes(out, record.value);
    out += ",\"headers\":";
    appendHeaders(out, record);
    out += "}\n";
}

void appendCsvRecord(std::string& out, PartitionId partition, const RecordView& record) {
    out += std::to_string(partition.value) + ',' + std::to_string(record.offset.value) + ',' +
           std::to_string(record.timestamp.value) + ',';
    appendCsvBytes(out, record.key);
    out += ',';
    appendCsvBytes(out, record.value);
    out += ',';
    if (record.headerCount > 0) {
        std::string headers;
        appendHeaders(headers, record);
        appendCsv(out, headers, ',');
    }
    out += '\n';
}

std::optional<OutgoingRecord> parseNdjson(std::string_view line) {
    static const json::PathSet kPaths = [] {
        json::PathSet paths;
        for (const char* name : {"partition", "offset", "timestamp", "key", "value", "headers"}) {
            paths.add({{name, -1}});
        }
        return paths;
    }();
    std::array<json::Field, 6> fields;
    kPaths.extract(asBytes(line), fields);
    const auto partition = idOf<PartitionId>(fields[0].raw);
    const auto timestamp = idOf<Timestamp>(fields[2].raw);
    if (!partition || !fields[1].exists() || !timestamp || fields[5].kind != json::Kind::kArray) {
        return std::nullopt;
    }
    auto key = bytesOf(fields[3]);
    auto value = bytesOf(fields[4]);
    OutgoingRecord record;
    if (!key || !value || !readHeaders(fields[5].raw, record.headers)) {
        return std::nullopt;
    }
    record.key = *std::move(key);
    record.value = *std::move(value);
    record.timestamp = *timestamp;
    record.partition = *partition;
    return record;
}

bool isOwnCsvHeading(const std::vector<CsvField>& heading) {
    std::string joined;
    for (const CsvField& field : heading) {
        joined += (joined.empty() ? "" : ",") + field.text;
    }
    return joined + '\n' == kCsvHeading;
}

std::optional<OutgoingRecord> parseOwnCsv(const std::vector<CsvField>& row) {
    OutgoingRecord record;
    if (row.size() != 6) {
        return std::nullopt;
    }
    const auto partition = idOf<PartitionId>(row[0].text);
    const auto timestamp = idOf<Timestamp>(row[2].text);
    if (!partition || !timestamp || !readCsvBytes(row[3], record.key) || !readCsvBytes(row[4], record.value) ||
        !readHeaders(row[5].text, record.headers)) {
        return std::nullopt;
    }
    record.timestamp = *timestamp;
    record.partition = *partition;
    return record;
}

}  // namespace weir::app
