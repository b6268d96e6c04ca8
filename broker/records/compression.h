// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/model/record.h"

/// The codecs of a batch's records section, in the framings that Kafka's clients agree on:
///
///   gzip    one or more gzip members (RFC 1952)
///   snappy  written: xerial framing: 82 "SNAPPY" 00, version 1 and lowest compatible version 1 as big-endian int32,
///   then
///           per 32 KiB of input [int32 big-endian length][raw snappy block]; read: that, or one raw block for all
///   lz4     one LZ4 frame of independent 64 KiB blocks (what Kafka's Java reader insists on, KIP-57)
///   zstd    one or more frames (KIP-110)
namespace weir::records {

inline constexpr std::size_t kDefaultDecompressedLimit = std::size_t{64} << 20;

enum class CodecErrc {
    kMalformed,  ///< Not the codec's format, cut short, or followed by something else.
    kTooLarge,   ///< Would come out larger than the caller allows; how large is not known and was not tried.
};
using CodecError = Error<CodecErrc>;

/// Levels as in KIP-390: gzip 1…9, lz4 1…17, zstd -131072…22; clamped. Nothing: the codec's own default. Snappy has
/// none.
using CompressionLevel = std::optional<int>;

/// Compresses and decompresses, reusing the libraries' contexts from call to call: keep one for each thread that works
/// on batches. Contexts are made on first use. Not thread safe; movable.
class Codec {
public:
    Codec();
    ~Codec();
    Codec(Codec&&) noexcept;
    Codec& operator=(Codec&&) noexcept;

    /// Appends the compressed form of `plain` to `out`. Cannot fail: inputs of a batch are far below the libraries'
    /// limits (asserted: 1 GiB).
    void compress(Compression with, CompressionLevel level, ByteView plain, Bytes& out);

    /// The plain form of `packed`: a view into the first bytes of `scratch`, or `packed` itself if `with` is kNone.
    /// Valid until `scratch` is used again. `scratch` is memory to write into and keeps the size of the largest result
    /// yet, so that reuse neither allocates nor clears; its content means nothing.
    ///
    /// Hostile input is expected: memory grows with what really comes out and never beyond `limit` (+1 byte) plus the
    /// codecs' fixed windows, whatever sizes or windows the input claims (zstd decodes into `scratch` directly and
    /// needs no window).
    Result<ByteView, CodecError> decompress(Compression with, ByteView packed, Bytes& scratch,
                                            std::size_t limit = kDefaultDecompressedLimit);

private:
    struct Contexts;
    std::unique_ptr<Contexts> m_contexts;
};

}  // namespace weir::records
