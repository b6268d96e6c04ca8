// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

#include "broker/base/bytes.h"
#include "broker/records/compression.h"

/// One class for each codec, behind records::Codec and private to this folder. `compress` appends to `out`;
/// `decompress` writes into `scratch` as compression.h promises. The library headers stay in the .cpp files.
namespace weir::records {

using Decompressed = Result<ByteView, CodecError>;

/// Makes room for at least `wanted` bytes, but never more than `limit`. Old content stays.
inline void reserveScratch(Bytes& scratch, std::size_t wanted, std::size_t limit) {
    const std::size_t size = std::min(wanted, limit);
    if (scratch.size() < size) {
        scratch.resize(size);
    }
}

/// Doubles the room a decoder may write to; false when that is at `limit` already.
inline bool growScratch(Bytes& scratch, std::size_t limit) {
    constexpr std::size_t kSmallest = std::size_t{16} * 1024;
    const std::size_t before = scratch.size();
    reserveScratch(scratch, std::max(before * 2, kSmallest), limit);
    return scratch.size() > before;
}

inline Failure<CodecError> malformed(const char* what) {
    return fail(CodecErrc::kMalformed, what);
}
inline Failure<CodecError> tooLarge() {
    return fail(CodecErrc::kTooLarge, "records would decompress beyond the limit");
}

class GzipCodec {
public:
    GzipCodec();
    ~GzipCodec();
    void compress(CompressionLevel level, ByteView plain, Bytes& out);
    Decompressed decompress(ByteView packed, Bytes& scratch, std::size_t limit);

private:
    struct Streams;
    std::unique_ptr<Streams> m_streams;
};

class SnappyCodec {
public:
    static void compress(ByteView plain, Bytes& out);
    static Decompressed decompress(ByteView packed, Bytes& scratch, std::size_t limit);
};

class Lz4Codec {
public:
    Lz4Codec();
    ~Lz4Codec();
    void compress(CompressionLevel level, ByteView plain, Bytes& out);
    Decompressed decompress(ByteView packed, Bytes& scratch, std::size_t limit);

private:
    struct Contexts;
    std::unique_ptr<Contexts> m_contexts;
};

class ZstdCodec {
public:
    ZstdCodec();
    ~ZstdCodec();
    void compress(CompressionLevel level, ByteView plain, Bytes& out);
    Decompressed decompress(ByteView packed, Bytes& scratch, std::size_t limit);

private:
    struct Contexts;
    std::unique_ptr<Contexts> m_contexts;
};

}  // namespace weir::records
