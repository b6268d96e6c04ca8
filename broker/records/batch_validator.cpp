// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/batch_validator.h"

#include <spdlog/fmt/fmt.h>

#include "broker/base/assert.h"
#include "broker/records/record_iterator.h"
#include "broker/records/record_parse.h"

namespace weir::records {

namespace {

using Rejected = Failure<BatchRejection>;

Rejected reject(BatchErrc code, std::string message) {
    return fail(BatchRejection{code, std::move(message), {}});
}

std::int64_t saturatingAdd(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) {
        return sum;
    }
    return b < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

bool headersAreSound(const ParsedRecord& record) {
    if (record.headerCount == 0) {
        return true;
    }
    Cursor cursor(record.rawHeaders);
    std::optional<ByteView> key;
    std::optional<ByteView> value;
    for (std::int32_t i = 0; i < record.headerCount; ++i) {
        if (!readNullableBytes(cursor, key) || !key || !readNullableBytes(cursor, value)) {
            return false;
        }
    }
    return cursor.at == cursor.end;
}

Rejected notOneBatch(ByteView bytes, const Frame& frame) {
    switch (frame.framing) {
        case Framing::kEnd:
            return reject(BatchErrc::kInvalidRecord, "no record batch for the partition");
        case Framing::kPartial:
            return reject(BatchErrc::kInvalidRecord, "the record batch is cut short");
        case Framing::kBadLength:
            return reject(BatchErrc::kCorruptMessage, "the batch length is too small for a batch");
        case Framing::kOtherMagic: {
            const auto magic = std::to_integer<std::int8_t>(bytes[16]);
            const bool legacy = magic == 0 || magic == 1;
            return reject(legacy ? BatchErrc::kInvalidRecord : BatchErrc::kCorruptMessage,
                          fmt::format("record batches are of magic 2, this is {}", magic));
        }
        case Framing::kWhole:
            break;
    }
    return reject(BatchErrc::kInvalidRecord, "more than one record batch for the partition");
}

}  // namespace

/// One run over one batch; its parts are the steps of Kafka's order of checks.
class ValidationPass {
public:
    ValidationPass(const ValidationRules& rules, const BatchView& batch)
        : m_rules(rules),
          m_batch(batch),
          m_header(batch.header()),
          m_result(batch),
          m_oldest(saturatingAdd(rules.now.value, -rules.timestampBeforeMaxMs)),
          m_newest(saturatingAdd(rules.now.value, rules.timestampAfterMaxMs)) {
        if (rules.timestampBeforeMaxMs == std::numeric_limits<std::int64_t>::max()) {
            m_oldest = std::numeric_limits<std::int64_t>::min();
        }
    }

    Result<ValidatedBatch, BatchRejection> run(Codec& codec, Bytes& scratch) {
        if (auto rejected = checkFrame()) {
            return *std::move(rejected);
        }
        if (auto rejected = checkHeader()) {
            return *std::move(rejected);
        }
        auto plain = records::plainRecords(m_batch, codec, scratch, m_rules.decompressedLimit);
        if (!plain) {
            const bool large = plain.error().code == RecordErrc::kTooLarge;
            return reject(large ? BatchErrc::kMessageTooLarge : BatchErrc::kInvalidRecord,
                          std::move(plain).error().message);
        }
        m_result.m_plain = *plain;
        if (auto rejected = checkRecords(*plain)) {
            return *std::move(rejected);
        }
        m_result.m_logAppendTime = m_rules.timestampType == TimestampType::kLogAppendTime;
        return m_result;
    }

private:
    [[nodiscard]] std::optional<Rejected> checkFrame() const {
        const auto compression = m_batch.compression();
        if (!compression) {
            return reject(BatchErrc::kUnsupportedCompressionType, "unknown compression type");
        }
        if (*compression == Compression::kZstd && !m_rules.zstdAllowed) {
            return reject(BatchErrc::kUnsupportedCompressionType, "zstd needs a produce request of version 7 or later");
        }
        if (m_rules.origin == BatchOrigin::kClient && m_header.baseOffset != Offset(0)) {
            return reject(BatchErrc::kInvalidRecord,
                          fmt::format("the base offset of a produced batch is 0, not {}", m_header.baseOffset.value));
        }
        if (m_batch.size() > m_rules.maxBatchBytes) {
            return reject(BatchErrc::kMessageTooLarge, fmt::format("a batch of {} bytes is over max.message.bytes, {}",
                                                                   m_batch.size(), m_rules.maxBatchBytes));
        }
        if (!m_batch.checkCrc()) {
            return reject(BatchErrc::kCorruptMessage, "the batch does not match its CRC");
        }
        if (m_batch.size() > m_rules.maxSegmentBytes) {
            return reject(BatchErrc::kRecordListTooLarge, fmt::format("a batch of {} bytes fits no segment of {}",
                                                                      m_batch.size(), m_rules.maxSegmentBytes));
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Rejected> checkHeader() const {
        if (m_batch.isControl() && m_rules.origin == BatchOrigin::kClient) {
            return reject(BatchErrc::kInvalidRecord, "clients may not write control batches");
        }
        // The difference of two counts that are not negative cannot overflow; the sum could.
        if (m_header.recordCount <= 0 || m_header.lastOffsetDelta != m_header.recordCount - 1) {
            return reject(BatchErrc::kInvalidRecord, fmt::format("{} records cannot end at offset delta {}",
                                                                 m_header.recordCount, m_header.lastOffsetDelta));
        }
        if (m_header.producerId.value >= 0 && m_header.baseSequence.value < 0 && !m_batch.isControl()) {
            return reject(BatchErrc::kInvalidRecord, "an idempotent batch needs a base sequence");
        }
        if (m_batch.isTransactional() && m_header.producerId.value < 0) {
            return reject(BatchErrc::kInvalidRecord, "a transactional batch needs a producer id");
        }
        if (m_batch.timestampType() == TimestampType::kLogAppendTime) {
            return reject(BatchErrc::kInvalidTimestamp, "log append time is the broker's to set");
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Rejected> checkRecords(ByteView plain) {
        const bool judgeTime = m_rules.timestampType == TimestampType::kCreateTime;
        Cursor cursor(plain);
        ParsedRecord record;
        std::int64_t latest = kNoTimestamp.value;
        for (std::int32_t i = 0; i < m_header.recordCount; ++i) {
            if (!parseRecord(cursor, record) || record.offsetDelta != i || !headersAreSound(record)) {
                return brokenRecord(i);
            }
            const std::int64_t time = addWrapping(m_header.baseTimestamp.value, record.timestampDelta);
            if (time > latest) {
                latest = time;
                m_result.m_maxTimestampDelta = i;
            }
            if (judgeTime && time != kNoTimestamp.value && (time < m_oldest || time > m_newest)) {
                note(m_badTimestamps, i);
            }
            if (m_rules.keyRequired && !record.key && !m_batch.isControl()) {
                note(m_keyless, i);
            }
        }
        if (cursor.at != cursor.end) {
            return reject(BatchErrc::kInvalidRecord, "bytes follow the last record of the batch");
        }
        m_result.m_maxTimestamp = Timestamp(latest);
        if (!m_badTimestamps.empty()) {
            return fail(BatchRejection{BatchErrc::kInvalidTimestamp, "timestamp out of the range the topic allows",
                                       std::move(m_badTimestamps)});
        }
        if (!m_keyless.empty()) {
            return fail(BatchRejection{BatchErrc::kInvalidRecord, "a compacted topic takes no record without a key",
                                       std::move(m_keyless)});
        }
        return std::nullopt;
    }

    static Rejected brokenRecord(std::int32_t index) {
        return fail(BatchRejection{
            BatchErrc::kInvalidRecord, fmt::format("record {} of the batch is malformed", index), {index}});
    }
    static void note(std::vector<std::int32_t>& list, std::int32_t index) {
        if (list.size() < kMaxReportedRecords) {
            list.push_back(index);
        }
    }

    const ValidationRules& m_rules;
    const BatchView& m_batch;
    BatchHeader m_header;
    ValidatedBatch m_result;
    std::int64_t m_oldest;
    std::int64_t m_newest;
    std::vector<std::int32_t> m_badTimestamps;
    std::vector<std::int32_t> m_keyless;
};

Result<ValidatedBatch, BatchRejection> validateBatch(ByteView bytes, const ValidationRules& rules, Codec& codec,
                                                     Bytes& scratch) {
    const Frame frame = frameAt(bytes);
    if (frame.framing != Framing::kWhole || frame.size != bytes.size()) {
        return notOneBatch(bytes, frame);
    }
    const BatchView batch(bytes);
    return ValidationPass(rules, batch).run(codec, scratch);
}

void stampForAppend(MutableByteView batch, const ValidatedBatch& validated, const AppendStamp& stamp) {
    WEIR_ASSERT(batch.size() == validated.view().size());
    stampBaseOffset(batch, stamp.baseOffset);
    stampLeaderEpoch(batch, stamp.leaderEpoch);
    if (validated.usesLogAppendTime()) {
        stampLogAppendTime(batch, stamp.now);
    } else if (BatchView(batch).maxTimestamp() != validated.maxTimestamp()) {
        stampMaxTimestamp(batch, validated.maxTimestamp());
    }
}

}  // namespace weir::records
