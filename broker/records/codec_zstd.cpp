// SPDX-License-Identifier: GPL-3.0-or-later
#include <zstd.h>
#include <zstd_errors.h>

#include "broker/base/assert.h"
#include "broker/records/codecs.h"

namespace weir::records {

namespace {

/// How far a frame's claimed size is believed before anything has been decoded.
constexpr std::size_t kBelievedRatio = 32;
constexpr std::size_t kUsualZstdRatio = 4;

struct FreeCompressor {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

std::size_t firstGuess(ByteView packed) {
    const unsigned long long claimed = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed == ZSTD_CONTENTSIZE_ERROR) {
        return packed.size() * kUsualZstdRatio;
    }
    return static_cast<std::size_t>(std::min<unsigned long long>(claimed, packed.size() * kBelievedRatio));
}

}  // namespace

struct ZstdCodec::Contexts {
    std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor;
    std::unique_ptr<ZSTD_DCtx, FreeDecompressor> decompressor;
};

ZstdCodec::ZstdCodec() : m_contexts(std::make_unique<Contexts>()) {}
ZstdCodec::~ZstdCodec() = default;

void ZstdCodec::compress(CompressionLevel level, ByteView plain, Bytes& out) {
    if (m_contexts->compressor == nullptr) {
        m_contexts->compressor.reset(ZSTD_createCCtx());
        WEIR_ASSERT(m_contexts->compressor != nullptr);
    }
    const int wanted = level ? std::clamp(*level, ZSTD_minCLevel(), ZSTD_maxCLevel()) : ZSTD_CLEVEL_DEFAULT;
    const std::size_t start = out.size();
    const std::size_t bound = ZSTD_compressBound(plain.size());
    out.resize(start + bound);
    const std::size_t written =
        ZSTD_compressCCtx(m_contexts->compressor.get(), out.data() + start, bound, plain.data(), plain.size(), wanted);
    WEIR_ASSERT(ZSTD_isError(written) == 0U);
    out.resize(start + written);
}

Decompressed ZstdCodec::decompress(ByteView packed, Bytes& scratch, std::size_t limit) {
    if (m_contexts->decompressor == nullptr) {
        m_contexts->decompressor.reset(ZSTD_createDCtx());
        WEIR_ASSERT(m_contexts->decompressor != nullptr);
    }
    reserveScratch(scratch, firstGuess(packed), limit);
    // Whole frames into one buffer need no window and are the fastest way; a buffer that proves too small is enlarged
    // fourfold and filled anew, so the work is at most a third more than one pass.
    for (;;) {
        const std::size_t capacity = std::min(scratch.size(), limit);
        const std::size_t produced =
            ZSTD_decompressDCtx(m_contexts->decompressor.get(), scratch.data(), capacity, packed.data(), packed.size());
        if (ZSTD_isError(produced) == 0U) {
            return ByteView(scratch).first(produced);
        }
        if (ZSTD_getErrorCode(produced) != ZSTD_error_dstSize_tooSmall) {
            return malformed("zstd: broken frame");
        }
        if (!growScratch(scratch, limit)) {
            return tooLarge();
        }
        growScratch(scratch, limit);
    }
}

}  // namespace weir::records
