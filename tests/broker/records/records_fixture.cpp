// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/records/records_fixture.h"

#include <limits>

#include "broker/base/assert.h"

namespace weir::records {

namespace {

std::optional<ByteView> viewOf(const Text& text) {
    return text ? std::optional(asBytes(*text)) : std::nullopt;
}
Text textOf(const std::optional<ByteView>& bytes) {
    return bytes ? Text(asText(*bytes)) : std::nullopt;
}

std::string randomText(std::mt19937_64& random, std::size_t longest) {
    std::string text(random() % (longest + 1), '\0');
    // Half of the texts compress well, the others not at all.
    const std::uint64_t alphabet = random() % 2 == 0 ? 4 : 256;
    for (char& c : text) {
        c = static_cast<char>(random() % alphabet);
    }
    return text;
}
Text maybeText(std::mt19937_64& random, std::size_t longest) {
    return random() % 5 == 0 ? std::nullopt : Text(randomText(random, longest));
}

int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

}  // namespace

const char* nameOf(Compression compression) {
    constexpr const char* kNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    return kNames[static_cast<std::size_t>(compression)];
}

Bytes fromHex(std::string_view hex) {
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(nibble(hex[i]) * 16 + nibble(hex[i + 1])));
    }
    return bytes;
}

std::vector<OwnedRecord> mixedRecords(std::int64_t base) {
    return {
        {base, 1000, std::nullopt, "hi"},
        {base + 1, 999, "", std::nullopt},
        {base + 2, 5000, "k", "", {{"h", std::nullopt}, {"", ""}, {"name", std::string("\0\xff", 2)}}},
        {base + 3, 5001, "k2", std::string(200, 'a')},
        {base + 4, -1, "na\xc3\xafve", "z\xe2\x82\xac"},
        {base + 5, 1767225600000, std::nullopt, std::nullopt},
    };
}

std::vector<OwnedRecord> randomRecords(std::mt19937_64& random, std::size_t count) {
    std::vector<OwnedRecord> records;
    for (std::size_t i = 0; i < count; ++i) {
        OwnedRecord record{static_cast<std::int64_t>(i), static_cast<std::int64_t>(random() % 2'000'000'000'000),
                           maybeText(random, 40), maybeText(random, random() % 50 == 0 ? 100'000 : 400)};
        for (std::size_t headers = random() % 4 == 0 ? random() % 5 : 0; headers > 0; --headers) {
            record.headers.emplace_back(randomText(random, 20), maybeText(random, 60));
        }
        records.push_back(std::move(record));
    }
    return records;
}

Bytes buildBatch(const std::vector<OwnedRecord>& records, const BatchOptions& options) {
    BatchBuilder builder;
    builder.start(options);
    for (const OwnedRecord& record : records) {
        std::vector<HeaderView> headers;
        for (const auto& [key, value] : record.headers) {
            headers.push_back({key, viewOf(value)});
        }
        WEIR_ASSERT(builder.append({.timestamp = Timestamp(record.timestamp),
                                    .key = viewOf(record.key),
                                    .value = viewOf(record.value),
                                    .headers = headers}));
    }
    Codec codec;
    return toBytes(builder.finish(codec));
}

OwnedRecord owned(const RecordView& record) {
    OwnedRecord copy{record.offset.value, record.timestamp.value, textOf(record.key), textOf(record.value)};
    HeaderIterator headers(record);
    for (HeaderView header; headers.next(header);) {
        copy.headers.emplace_back(header.key, textOf(header.value));
    }
    return copy;
}

ReadResult readBatch(ByteView batch, std::size_t limit) {
    Codec codec;
    Bytes scratch;
    auto records = RecordIterator::open(BatchView(batch), codec, scratch, limit);
    if (!records) {
        return {{}, records.error().code};
    }
    ReadResult result;
    for (RecordView record; records->next(record);) {
        HeaderIterator headers(record);
        for (HeaderView header; headers.next(header);) {
        }
        if (headers.broken()) {
            return {std::move(result.records), RecordErrc::kMalformed};
        }
        result.records.push_back(owned(record));
    }
    result.error = records->error();
    return result;
}

Bytes batchAround(ByteView payload, std::int32_t recordCount, Compression compression) {
    Bytes batch(kBatchHeaderSize);
    batch.insert(batch.end(), payload.begin(), payload.end());
    BatchHeader header;
    header.batchLength = static_cast<std::int32_t>(batch.size() - kBatchPrefixSize);
    header.attributes = static_cast<std::int16_t>(compression);
    header.lastOffsetDelta = recordCount == std::numeric_limits<std::int32_t>::min() ? 0 : recordCount - 1;
    header.recordCount = recordCount;
    writeHeader(batch, header);
    stampCrc(batch);
    return batch;
}

void putVarint(Bytes& out, std::int64_t value) {
    auto raw = (static_cast<std::uint64_t>(value) << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0);
    for (; raw >= 0x80; raw >>= 7) {
        out.push_back(static_cast<std::byte>(raw | 0x80));
    }
    out.push_back(static_cast<std::byte>(raw));
}

Bytes HandmadeRecord::encode() const {
    const auto append = [](Bytes& out, std::string_view text) {
        const ByteView bytes = asBytes(text);
        out.insert(out.end(), bytes.begin(), bytes.end());
    };
    Bytes body{std::byte{0}};
    putVarint(body, timestampDelta);
    putVarint(body, offsetDelta);
    putVarint(body, keyLength);
    append(body, key);
    putVarint(body, valueLength);
    append(body, value);
    putVarint(body, headerCount);
    append(body, headers);
    Bytes all;
    putVarint(all, length.value_or(static_cast<std::int64_t>(body.size())));
    all.insert(all.end(), body.begin(), body.end());
    return all;
}

}  // namespace weir::records
