// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "app/exchange/record_text.h"
#include "app/serdes/json_path.h"
#include "broker/base/result.h"

namespace weir::app {

enum class RecordFileFormat { kNdjson, kCsv, kLines };

struct RecordFileSpec {
    std::string path;
    RecordFileFormat format = RecordFileFormat::kNdjson;
    /// Column or JSON path used as key; empty: no key. Ignored for files that Weir wrote.
    std::string keyField;
    char separator = ',';
};

/// Records from a file, one after another. A file that Weir exported is recognised by its first record and restores
/// keys, headers, timestamps and partitions. Foreign NDJSON: the line is the value. Foreign CSV: the first row names
/// the columns and the value is a JSON object of them, numbers as numbers. Lines: the line is the value. One thread.
class RecordFileReader {
public:
    static Result<std::unique_ptr<RecordFileReader>, std::string> open(const RecordFileSpec& spec);

    /// Nothing at the end. An error is a sentence with the line; the next call goes on behind it.
    Result<std::optional<OutgoingRecord>, std::string> next();
    [[nodiscard]] bool isOwnExport() const { return m_isOwn; }
    /// Where the record that was read last begins, from 1.
    [[nodiscard]] long line() const;
    /// 0 to 1, by bytes.
    [[nodiscard]] double progress();

private:
    explicit RecordFileReader(RecordFileSpec spec);

    Result<std::optional<OutgoingRecord>, std::string> nextLine();
    Result<std::optional<OutgoingRecord>, std::string> nextRow();
    Result<OutgoingRecord, std::string> fromColumns() const;

    RecordFileSpec m_spec;
    std::ifstream m_in;
    std::unique_ptr<CsvReader> m_csv;
    std::vector<CsvField> m_heading;
    std::vector<CsvField> m_row;
    json::PathSet m_keyPath;
    bool m_isOwn = false;
    bool m_isFirst = true;
    long m_line = 0;
    std::int64_t m_size = 0;
};

}  // namespace weir::app
