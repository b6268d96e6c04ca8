// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/log_builder.h"

#include "broker/base/assert.h"

namespace weir::testing {

Bytes makeBatch(const BatchSpec& spec) {
    records::BatchBuilder builder;
    builder.start({.compression = spec.compression,
                   .baseOffset = spec.baseOffset,
                   .leaderEpoch = spec.leaderEpoch,
                   .producerId = spec.producerId,
                   .producerEpoch = spec.producerEpoch,
                   .baseSequence = spec.baseSequence,
                   .transactional = spec.transactional});
    Bytes value(spec.valueBytes);
    for (std::size_t i = 0; i < value.size(); ++i) {
        value[i] = static_cast<std::byte>((spec.fill * 31 + i * 7) & 255U);
    }
    const auto count = spec.timestamps.empty() ? static_cast<std::size_t>(spec.records) : spec.timestamps.size();
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t time = spec.timestamps.empty()
                                      ? spec.timestamp + static_cast<std::int64_t>(i) * spec.timestampStep
                                      : spec.timestamps[i];
        const std::string key = "key-" + std::to_string(i);
        WEIR_ASSERT(builder.append({.timestamp = Timestamp(time), .key = asBytes(key), .value = ByteView(value)}));
    }
    records::Codec codec;
    return toBytes(builder.finish(codec));
}

ReadyBatch::ReadyBatch(const BatchSpec& spec, records::ValidationRules rules) : m_bytes(makeBatch(spec)) {
    if (rules.now == kNoTimestamp) {
        rules.now = Timestamp(spec.timestamp);
    }
    auto validated = records::validateBatch(m_bytes, rules, m_codec, m_scratch);
    WEIR_ASSERT(validated.ok());
    m_validated = *validated;
}

}  // namespace weir::testing
