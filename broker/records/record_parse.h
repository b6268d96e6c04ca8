// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/records/varint.h"

/// The one parser of a record's bytes, shared by the iterator and the validator. Private to this folder.
namespace weir::records {

struct ParsedRecord {
    std::int64_t timestampDelta = 0;
    std::int32_t offsetDelta = 0;
    std::optional<ByteView> key;
    std::optional<ByteView> value;
    std::int32_t headerCount = 0;
    /// To the end of the record; walked only by who needs headers.
    ByteView rawHeaders;
};

/// Takes one record off the cursor; false if its lengths contradict each other. Headers are bounded, not walked.
inline bool parseRecord(Cursor& cursor, ParsedRecord& record) {
    std::int32_t length = 0;
    if (!readVarint(cursor, length) || length < 0 || static_cast<std::size_t>(length) > cursor.left()) {
        return false;
    }
    Cursor body(ByteView(cursor.at, static_cast<std::size_t>(length)));
    if (body.at == body.end) {
        return false;
    }
    ++body.at;  // attributes
    if (!readVarlong(body, record.timestampDelta) || !readVarint(body, record.offsetDelta) ||
        !readNullableBytes(body, record.key) || !readNullableBytes(body, record.value) ||
        !readVarint(body, record.headerCount)) {
        return false;
    }
    // A header is two bytes at least; without any the record must end here.
    constexpr std::size_t kSmallestHeader = 2;
    if (record.headerCount < 0 || static_cast<std::size_t>(record.headerCount) > body.left() / kSmallestHeader ||
        (record.headerCount == 0 && body.left() != 0)) {
        return false;
    }
    record.rawHeaders = ByteView(body.at, body.left());
    cursor.at = body.end;
    return true;
}

/// Two's complement addition without undefined behaviour: deltas may be anything.
inline std::int64_t addWrapping(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace weir::records
