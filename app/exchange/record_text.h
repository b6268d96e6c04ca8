// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/exchange/csv.h"
#include "broker/model/record.h"

/// One record as text and back, byte for byte.
///
/// NDJSON: `{"topic":"t","partition":0,"offset":7,"timestamp":1767225600000,"key":"AAPL","value":{"price":93.20},
/// "headers":[{"key":"k","value":"v"}]}`. A value that is a JSON object or array on one line stands as it is; other
/// text stands as a JSON string; bytes that are no UTF-8 stand as `{"$base64":"…"}`; null is null.
///
/// CSV: columns partition,offset,timestamp,key,value,headers. Null is an empty field, empty text is `""`; bytes that
/// are no UTF-8 (and text that starts like that) are `base64:…`; headers are the JSON array.
namespace weir::app {

void appendNdjson(std::string& out, std::string_view topic, PartitionId partition, const RecordView& record);
inline constexpr std::string_view kCsvHeading = "partition,offset,timestamp,key,value,headers\n";
void appendCsvRecord(std::string& out, PartitionId partition, const RecordView& record);

/// A line that appendNdjson wrote; nothing when it is some other JSON. The partition is kept in the result.
[[nodiscard]] std::optional<OutgoingRecord> parseNdjson(std::string_view line);
/// True for the heading of appendCsvRecord's files.
[[nodiscard]] bool isOwnCsvHeading(const std::vector<CsvField>& heading);
[[nodiscard]] std::optional<OutgoingRecord> parseOwnCsv(const std::vector<CsvField>& row);

}  // namespace weir::app
