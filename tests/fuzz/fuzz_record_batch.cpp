// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/records/batch_builder.h"
#include "broker/records/batch_header.h"
#include "broker/records/batch_validator.h"
#include "broker/records/record_iterator.h"
#include "tests/fuzz/entries.h"

namespace weir::fuzz {

namespace {

using namespace weir::records;

/// The first byte of an input.
constexpr unsigned kRepair = 0x01;       // make length, magic and CRC right, which chance would never do
constexpr unsigned kKeyRequired = 0x02;  // of a compacted topic
constexpr unsigned kAppendTime = 0x04;   // of a topic with LogAppendTime
constexpr unsigned kFromBroker = 0x08;   // control batches and other offsets are allowed
constexpr unsigned kPackShift = 4;       // bits 4 to 6: compress the records with this codec first (1 to 4)
constexpr unsigned kPackMask = 0x07;

constexpr std::size_t kLimit = std::size_t{1} << 20;

/// Compresses the records as asked and makes the frame one that a validator looks into.
Bytes shapeBatch(unsigned mode, ByteView raw, Codec& codec) {
    Bytes batch = toBytes(raw);
    const unsigned pack = (mode >> kPackShift) & kPackMask;
    if ((mode & kRepair) == 0 || batch.size() < kBatchHeaderSize) {
        return batch;
    }
    BatchHeader header = readHeader(batch);
    if (pack >= 1 && pack <= 4) {
        batch.resize(kBatchHeaderSize);
        codec.compress(static_cast<Compression>(pack), {}, raw.subspan(kBatchHeaderSize), batch);
        header.attributes = static_cast<std::int16_t>((header.attributes & ~kCompressionMask) | static_cast<int>(pack));
    }
    header.batchLength = static_cast<std::int32_t>(batch.size() - kBatchPrefixSize);
    header.magic = kMagicV2;
    writeHeader(batch, header);
    stampCrc(batch);
    return batch;
}

struct Sums {
    std::int64_t records = 0;
    std::int64_t offsets = 0;
    std::size_t bytes = 0;
    bool headersBroken = false;
    bool operator==(const Sums&) const = default;
};

void add(Sums& sums, const RecordView& record) {
    ++sums.records;
    sums.offsets = static_cast<std::int64_t>(static_cast<std::uint64_t>(sums.offsets) * 31 +
                                             static_cast<std::uint64_t>(record.offset.value));
    for (const auto& part : {record.key, record.value}) {
        for (const std::byte b : part.value_or(ByteView())) {
            sums.bytes = sums.bytes * 31 + std::to_integer<std::size_t>(b);
        }
    }
    HeaderIterator headers(record);
    std::int32_t count = 0;
    for (HeaderView header; headers.next(header); ++count) {
        sums.bytes = sums.bytes * 31 + header.key.size() + header.value.value_or(ByteView()).size();
    }
    sums.headersBroken = sums.headersBroken || headers.broken();
    WEIR_ASSERT(headers.broken() || count == record.headerCount);
}

/// Reads a batch that may be anything; nothing if it had an error.
std::optional<Sums> readAll(const BatchView& batch, Codec& codec) {
    Bytes scratch;
    auto records = RecordIterator::open(batch, codec, scratch, kLimit);
    if (!records) {
        return std::nullopt;
    }
    Sums sums;
    for (RecordView record; records->next(record);) {
        add(sums, record);
        WEIR_ASSERT(decodeHeaders(record).size() <= static_cast<std::size_t>(record.headerCount));
        if (batch.isControl()) {
            (void)readEndMarker(record);
        }
    }
    if (records->error()) {
        return std::nullopt;
    }
    WEIR_ASSERT(sums.records == batch.recordCount());
    return sums;
}

/// What the validator lets pass, everybody else must be able to work with.
void checkAccepted(const ValidatedBatch& validated, Codec& codec) {
    const std::optional<Sums> sums = readAll(validated.view(), codec);
    WEIR_ASSERT(sums && !sums->headersBroken);

    Bytes stamped = toBytes(validated.view().bytes());
    stampForAppend(stamped, validated, {Offset(1000), LeaderEpoch(7), Timestamp(99)});
    const BatchView appended(stamped);
    WEIR_ASSERT(appended.checkCrc() && appended.isPlausible() && appended.baseOffset() == Offset(1000));
    WEIR_ASSERT(validated.usesLogAppendTime() || appended.maxTimestamp() == validated.maxTimestamp());

    const Bytes other = recompress(appended, validated.plainRecords(), Compression::kLz4, {}, codec);
    BatchBuilder builder;
    builder.start({.compression = Compression::kSnappy, .baseOffset = Offset(1000)});
    Bytes scratch;
    auto records = RecordIterator::open(BatchView(other), codec, scratch, kLimit);
    WEIR_ASSERT(records.ok());
    for (RecordView record; records->next(record);) {
        WEIR_ASSERT(builder.appendCopy(record));
    }
    WEIR_ASSERT(!records->error());
    const std::optional<Sums> copied = readAll(BatchView(builder.finish(codec)), codec);
    const std::optional<Sums> recompressed = readAll(BatchView(other), codec);
    WEIR_ASSERT(copied && recompressed && *copied == *recompressed && copied->bytes == sums->bytes);
    WEIR_ASSERT(BatchView(buildEmptyBatch(appended)).lastOffset() == appended.lastOffset());
}

}  // namespace

bool recordBatch(ByteView input) {
    if (input.empty()) {
        return false;
    }
    const auto mode = std::to_integer<unsigned>(input.front());
    Codec codec;
    const Bytes batch = shapeBatch(mode, input.subspan(1), codec);

    BatchWalker walker(batch);
    while (const auto found = walker.next()) {
        (void)readAll(*found, codec);
    }
    WEIR_ASSERT(walker.position() <= batch.size() && walker.stop() != Framing::kWhole);

    ValidationRules rules;
    rules.now = Timestamp(1'800'000'000'000);
    rules.decompressedLimit = kLimit;
    rules.keyRequired = (mode & kKeyRequired) != 0;
    rules.timestampType = (mode & kAppendTime) != 0 ? TimestampType::kLogAppendTime : TimestampType::kCreateTime;
    rules.origin = (mode & kFromBroker) != 0 ? BatchOrigin::kBroker : BatchOrigin::kClient;
    Bytes scratch;
    const auto validated = validateBatch(batch, rules, codec, scratch);
    if (!validated) {
        WEIR_ASSERT(validated.error().records.size() <= kMaxReportedRecords);
        WEIR_ASSERT(std::ranges::is_sorted(validated.error().records));
        return false;
    }
    Codec another;
    checkAccepted(*validated, another);
    return true;
}

}  // namespace weir::fuzz
