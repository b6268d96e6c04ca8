// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "broker/model/record.h"
#include "broker/records/batch_builder.h"
#include "broker/records/record_iterator.h"

/// Words that the tests of this folder share: owned records, batches of them, and reading them back.
namespace weir::records {

using Text = std::optional<std::string>;

/// A record that owns everything and compares.
struct OwnedRecord {
    std::int64_t offset = 0;
    std::int64_t timestamp = 0;
    Text key = std::nullopt;
    Text value = std::nullopt;
    std::vector<std::pair<std::string, Text>> headers = {};
    bool operator==(const OwnedRecord&) const = default;
};

struct ReadResult {
    std::vector<OwnedRecord> records;
    std::optional<RecordErrc> error;
};

inline constexpr Compression kAllCompressions[] = {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                                   Compression::kLz4, Compression::kZstd};
const char* nameOf(Compression compression);

Bytes fromHex(std::string_view hex);

/// The six records of every golden batch: null key, empty key, tombstone, empty value, three kinds of header, a time
/// before the first one's, no time at all, a long run, and a record of nothing.
std::vector<OwnedRecord> mixedRecords(std::int64_t baseOffset = 0);
/// Some thousand bytes of records of every shape.
std::vector<OwnedRecord> randomRecords(std::mt19937_64& random, std::size_t count);

/// Offsets of `records` are ignored: the builder counts.
Bytes buildBatch(const std::vector<OwnedRecord>& records, const BatchOptions& options = {});
/// Reads with the iterator until its end or its error; damaged headers count as kMalformed.
ReadResult readBatch(ByteView batch, std::size_t limit = kDefaultDecompressedLimit);
OwnedRecord owned(const RecordView& record);

/// A batch around given bytes in place of the records section, with a right length and CRC.
Bytes batchAround(ByteView payload, std::int32_t recordCount, Compression compression = Compression::kNone);

/// A record put together by hand, any part of which may lie.
struct HandmadeRecord {
    std::optional<std::int64_t> length = std::nullopt;
    std::int64_t timestampDelta = 0;
    std::int64_t offsetDelta = 0;
    std::int64_t keyLength = 1;
    std::string key = "k";
    std::int64_t valueLength = 2;
    std::string value = "vv";
    std::int64_t headerCount = 1;
    std::string headers = std::string("\x02h\x01", 3);

    [[nodiscard]] Bytes encode() const;
};
void putVarint(Bytes& out, std::int64_t value);

}  // namespace weir::records
