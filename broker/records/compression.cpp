// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/records/compression.h"

#include "broker/base/assert.h"
#include "broker/records/codecs.h"

namespace weir::records {

struct Codec::Contexts {
    GzipCodec gzip;
    Lz4Codec lz4;
    ZstdCodec zstd;
};

Codec::Codec() : m_contexts(std::make_unique<Contexts>()) {}
Codec::~Codec() = default;
Codec::Codec(Codec&&) noexcept = default;
Codec& Codec::operator=(Codec&&) noexcept = default;

void Codec::compress(Compression with, CompressionLevel level, ByteView plain, Bytes& out) {
    constexpr std::size_t kLargestInput = std::size_t{1} << 30;
    WEIR_ASSERT(plain.size() <= kLargestInput);
    switch (with) {
        case Compression::kNone:
            out.insert(out.end(), plain.begin(), plain.end());
            return;
        case Compression::kGzip:
            m_contexts->gzip.compress(level, plain, out);
            return;
        case Compression::kSnappy:
            SnappyCodec::compress(plain, out);
            return;
        case Compression::kLz4:
            m_contexts->lz4.compress(level, plain, out);
            return;
        case Compression::kZstd:
            m_contexts->zstd.compress(level, plain, out);
            return;
    }
}

Result<ByteView, CodecError> Codec::decompress(Compression with, ByteView packed, Bytes& scratch, std::size_t limit) {
    switch (with) {
        case Compression::kNone:
            return packed;
        case Compression::kGzip:
            return m_contexts->gzip.decompress(packed, scratch, limit);
        case Compression::kSnappy:
            return SnappyCodec::decompress(packed, scratch, limit);
        case Compression::kLz4:
            return m_contexts->lz4.decompress(packed, scratch, limit);
        case Compression::kZstd:
            return m_contexts->zstd.decompress(packed, scratch, limit);
    }
    return malformed("no such codec");
}

}  // namespace weir::records
