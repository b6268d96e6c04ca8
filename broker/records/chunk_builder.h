// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/base/result.h"
#include "broker/model/admin.h"
#include "broker/model/record_sieve.h"
#include "broker/records/batch_header.h"
#include "broker/records/compression.h"
#include "broker/records/record_iterator.h"

namespace weir::records {

/// Batches of one partition, as they were stored or fetched, become the chunk that a ReadRequest asks for: records
/// outside the range are left out, and so are those that a sieve holds back. One chunk's worth; one thread.
///
/// The views of the chunk point into the batches, or into memory that is added to the chunk; whoever owns the batches
/// adds theirs.
class ChunkBuilder {
public:
    /// `sieve` may be nullptr. `codec` and `scratch` are memory to work in; all outlive the builder.
    ChunkBuilder(const ReadRequest& request, const RecordSieve* sieve, Codec& codec, Bytes& scratch, RecordChunk& chunk)
        : m_request(request), m_sieve(sieve), m_codec(codec), m_scratch(scratch), m_chunk(chunk) {}

    /// Adds the wanted records of one batch and moves `chunk.next`. False: the range or the number of records is used
    /// up. The error is a sentence: the batch cannot be read.
    Result<bool, std::string> add(const BatchView& batch);

private:
    bool takeAll(RecordIterator& records);
    bool takeSieved(RecordIterator& records, const BatchView& batch, ByteView plain);
    bool take(RecordView& record);
    [[nodiscard]] std::string damaged(const BatchView& batch, const std::string& why) const;

    const ReadRequest& m_request;
    const RecordSieve* m_sieve;
    Codec& m_codec;
    Bytes& m_scratch;
    RecordChunk& m_chunk;
};

}  // namespace weir::records
