// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/records/batch_header.h"
#include "broker/records/compression.h"

/// The checks that stand between a produce request and the log, done once. Rules: Kafka's
/// ProduceRequest.validateRecords, UnifiedLog.analyzeAndValidateRecords and LogValidator.
namespace weir::records {

/// Why a batch is refused; each value is one error code of Kafka's.
enum class BatchErrc {
    kCorruptMessage,              ///< CORRUPT_MESSAGE: framing or CRC; the bytes changed on the way.
    kMessageTooLarge,             ///< MESSAGE_TOO_LARGE: over max.message.bytes, or decompresses beyond the limit.
    kRecordListTooLarge,          ///< RECORD_LIST_TOO_LARGE: fits no segment.
    kInvalidTimestamp,            ///< INVALID_TIMESTAMP.
    kUnsupportedCompressionType,  ///< UNSUPPORTED_COMPRESSION_TYPE.
    kInvalidRecord,               ///< INVALID_RECORD: well transported and still wrong.
};

struct BatchRejection {
    BatchErrc code;
    std::string message;
    /// Indexes in the batch of the records at fault, ascending, at most kMaxReportedRecords; empty if the batch as a
    /// whole is. Goes out as record_errors (Produce 8 and later).
    std::vector<std::int32_t> records;
};
inline constexpr std::size_t kMaxReportedRecords = 1000;

/// Who made the batch: clients may not send control batches, and their offsets count from 0.
enum class BatchOrigin : std::uint8_t { kClient, kBroker };

/// What the topic and the request ask for. Defaults are Kafka's.
struct ValidationRules {
    BatchOrigin origin = BatchOrigin::kClient;
    /// message.timestamp.type of the topic.
    TimestampType timestampType = TimestampType::kCreateTime;
    /// The broker's time, which CreateTime may leave by so much into the past and the future.
    Timestamp now = kNoTimestamp;
    std::int64_t timestampBeforeMaxMs = std::numeric_limits<std::int64_t>::max();
    std::int64_t timestampAfterMaxMs = 3'600'000;
    /// max.message.bytes and segment.bytes, against the size of the batch as sent.
    std::size_t maxBatchBytes = 1'048'588;
    std::size_t maxSegmentBytes = std::size_t{1} << 30;
    std::size_t decompressedLimit = kDefaultDecompressedLimit;
    /// cleanup.policy contains "compact": every record needs a key.
    bool keyRequired = false;
    /// False for Produce below version 7 (KIP-110).
    bool zstdAllowed = true;
};

/// Proof that a batch has passed, with what the checks found out. Only `validateBatch` makes one. Views the request's
/// bytes, and `plainRecords` the scratch that was handed in; valid while both are.
class ValidatedBatch {
public:
    [[nodiscard]] const BatchView& view() const { return m_view; }
    [[nodiscard]] std::int32_t recordCount() const { return m_view.recordCount(); }
    [[nodiscard]] ByteView plainRecords() const { return m_plain; }
    /// The topic stamps the time of append: `stampForAppend` does it, and the produce response carries the time.
    [[nodiscard]] bool usesLogAppendTime() const { return m_logAppendTime; }
    /// Of the records, whatever the header says; kNoTimestamp if none has one.
    [[nodiscard]] Timestamp maxTimestamp() const { return m_maxTimestamp; }
    /// Which record has it first: its offset is baseOffset + this.
    [[nodiscard]] std::int32_t maxTimestampDelta() const { return m_maxTimestampDelta; }

private:
    friend class ValidationPass;
    explicit ValidatedBatch(BatchView view) : m_view(view) {}

    BatchView m_view;
    ByteView m_plain;
    Timestamp m_maxTimestamp;
    std::int32_t m_maxTimestampDelta = 0;
    bool m_logAppendTime = false;
};

/// Checks that `bytes` are exactly one batch that may be appended. Reads uncompressed records once, skipping over keys
/// and values; decompresses others into `scratch`. Allocates on refusal only (and in `codec` and `scratch` until they
/// are warm). Any bytes are safe to pass.
Result<ValidatedBatch, BatchRejection> validateBatch(ByteView bytes, const ValidationRules& rules, Codec& codec,
                                                     Bytes& scratch);

/// What the broker writes into a batch as it enters the log.
struct AppendStamp {
    Offset baseOffset;
    LeaderEpoch leaderEpoch;
    /// Used under LogAppendTime only.
    Timestamp now;
};
/// Stamps `batch`, which is the bytes behind `validated` or a copy of them. The CRC changes only where LogAppendTime or
/// a wrong maxTimestamp of the client's (which Kafka corrects too) make it.
void stampForAppend(MutableByteView batch, const ValidatedBatch& validated, const AppendStamp& stamp);

}  // namespace weir::records
