// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"
#include "broker/records/batch_builder.h"
#include "broker/records/batch_validator.h"

namespace weir::testing {

/// One batch to make; what a test does not care about has a default.
struct BatchSpec {
    std::int32_t records = 1;
    /// Of the first record; each later one is `timestampStep` later.
    std::int64_t timestamp = 1'700'000'000'000;
    std::int64_t timestampStep = 0;
    /// Instead of the two above: one time per record.
    std::vector<std::int64_t> timestamps = {};
    std::size_t valueBytes = 10;
    /// Told apart by what is in the values.
    std::uint32_t fill = 1;
    Compression compression = Compression::kNone;
    Offset baseOffset{0};
    LeaderEpoch leaderEpoch{0};
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    Sequence baseSequence = kNoSequence;
    bool transactional = false;
};

/// A whole batch with its CRC.
[[nodiscard]] Bytes makeBatch(const BatchSpec& spec);

/// A batch together with the proof that it is valid, as Partition::append wants them.
class ReadyBatch {
public:
    explicit ReadyBatch(const BatchSpec& spec, records::ValidationRules rules = {});
    [[nodiscard]] MutableByteView bytes() { return m_bytes; }
    [[nodiscard]] const records::ValidatedBatch& validated() const { return *m_validated; }

private:
    Bytes m_bytes;
    Bytes m_scratch;
    records::Codec m_codec;
    std::optional<records::ValidatedBatch> m_validated;
};

}  // namespace weir::testing
