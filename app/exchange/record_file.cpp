// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/exchange/record_file.h"

#include <algorithm>
#include <span>

#include "app/serdes/json_text.h"

namespace weir::app {

RecordFileReader::RecordFileReader(RecordFileSpec spec)
    : m_spec(std::move(spec)), m_in(m_spec.path, std::ios::binary) {}

Result<std::unique_ptr<RecordFileReader>, std::string> RecordFileReader::open(const RecordFileSpec& spec) {
    auto reader = std::unique_ptr<RecordFileReader>(new RecordFileReader(spec));
    if (!reader->m_in) {
        return fail("The file " + spec.path + " cannot be read.");
    }
    reader->m_in.seekg(0, std::ios::end);
    reader->m_size = static_cast<std::int64_t>(reader->m_in.tellg());
    reader->m_in.seekg(0);
    // A byte order mark is no part of the first field.
    if (reader->m_in.peek() == 0xef) {
        reader->m_in.seekg(3);
    }
    if (spec.format == RecordFileFormat::kNdjson && !spec.keyField.empty()) {
        auto path = json::parsePath(spec.keyField);
        if (!path) {
            return fail("The key field is not a path: " + path.error());
        }
        reader->m_keyPath.add(*path);
    }
    if (spec.format == RecordFileFormat::kCsv) {
        reader->m_csv = std::make_unique<CsvReader>(reader->m_in, spec.separator);
        if (!reader->m_csv->next(reader->m_heading)) {
            return fail("The file " + spec.path + " is empty; its first row should name the columns.");
        }
        reader->m_isOwn = isOwnCsvHeading(reader->m_heading);
        const auto isKey = [&spec](const CsvField& column) { return column.text == spec.keyField; };
        if (!reader->m_isOwn && !spec.keyField.empty() &&
            std::none_of(reader->m_heading.begin(), reader->m_heading.end(), isKey)) {
            return fail("The file has no column \u201c" + spec.keyField + "\u201d.");
        }
    }
    return reader;
}

double RecordFileReader::progress() {
    const auto at = static_cast<double>(m_in.tellg());
    return at < 0 || m_size == 0 ? 1.0 : at / static_cast<double>(m_size);
}

Result<std::optional<OutgoingRecord>, std::string> RecordFileReader::next() {
    return m_csv != nullptr ? nextRow() : nextLine();
}

long RecordFileReader::line() const {
    return m_csv != nullptr ? static_cast<long>(m_csv->line()) : m_line;
}

Result<std::optional<OutgoingRecord>, std::string> RecordFileReader::nextLine() {
    std::string line;
    const bool isJson = m_spec.format == RecordFileFormat::kNdjson;
    do {
        if (!std::getline(m_in, line)) {
            return std::optional<OutgoingRecord>();
        }
        ++m_line;
        if (line.ends_with('\r')) {
            line.pop_back();
        }
    } while (isJson && line.find_first_not_of(" \t") == std::string::npos);
    OutgoingRecord record;
    if (isJson) {
        if (const auto problem = json::check(line)) {
            return fail("Line " + std::to_string(m_line) + " is not JSON at byte " + std::to_string(problem->at) +
                        ": " + problem->message);
        }
        if (m_isFirst || m_isOwn) {
            auto own = parseNdjson(line);
            m_isOwn = own.has_value();
            m_isFirst = false;
            if (own) {
                return std::optional(*std::move(own));
            }
        }
        if (!m_keyPath.empty()) {
            json::Field field;
            std::string scratch;
            m_keyPath.extract(asBytes(line), std::span(&field, 1));
            if (field.exists() && field.kind != json::Kind::kNull) {
                record.key = toBytes(field.text(scratch));
            }
        }
    }
    record.value = toBytes(line);
    return std::optional(std::move(record));
}

Result<std::optional<OutgoingRecord>, std::string> RecordFileReader::nextRow() {
    if (!m_csv->next(m_row)) {
        return std::optional<OutgoingRecord>();
    }
    const std::string place = "Row at line " + std::to_string(m_csv->line());
    if (m_csv->isBroken()) {
        return fail(place + " ends inside quotes.");
    }
    if (m_isOwn) {
        auto own = parseOwnCsv(m_row);
        if (!own) {
            return fail(place + " is damaged.");
        }
        return std::optional(*std::move(own));
    }
    if (m_row.size() != m_heading.size()) {
        return fail(place + " has " + std::to_string(m_row.size()) + " fields, the heading has " +
                    std::to_string(m_heading.size()) + ".");
    }
    auto record = fromColumns();
    if (!record) {
        return fail(std::string(record.error()));
    }
    return std::optional(*std::move(record));
}

Result<OutgoingRecord, std::string> RecordFileReader::fromColumns() const {
    OutgoingRecord record;
    std::string value = "{";
    for (std::size_t i = 0; i < m_row.size(); ++i) {
        const std::string& text = m_row[i].text;
        if (i != 0) {
            value += ',';
        }
        json::appendQuoted(value, m_heading[i].text);
        value += ':';
        // "007" and "+1" are names, not numbers; the JSON grammar tells.
        if (!m_row[i].isQuoted && json::parseNumber(text) && !json::check(text)) {
            value += text;
        } else {
            json::appendQuoted(value, text);
        }
        if (!m_spec.keyField.empty() && m_heading[i].text == m_spec.keyField) {
            record.key = toBytes(text);
        }
    }
    value += '}';
    record.value = toBytes(value);
    return record;
}

}  // namespace weir::app
