// SPDX-License-Identifier: GPL-3.0-or-later
#include <lz4frame.h>

#include "broker/base/assert.h"
#include "broker/records/codecs.h"

namespace weir::records {

namespace {

/// KIP-390 calls Kafka's fast compressor "level 9"; every other level is the high compressor's.
constexpr int kLevelThatMeansFast = 9;
constexpr int kFast = 0;
constexpr int kLowestLevel = 1;
constexpr int kHighestLevel = 17;
/// A first guess at the ratio; the buffer doubles where it falls short.
constexpr std::size_t kUsualLz4Ratio = 4;

LZ4F_preferences_t preferencesFor(CompressionLevel level) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.blockSizeID = LZ4F_max64KB;
    preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    const int wanted = level ? std::clamp(*level, kLowestLevel, kHighestLevel) : kLevelThatMeansFast;
    preferences.compressionLevel = wanted == kLevelThatMeansFast ? kFast : wanted;
    preferences.autoFlush = 1;
    return preferences;
}

}  // namespace

struct Lz4Codec::Contexts {
    LZ4F_cctx* compressor = nullptr;
    LZ4F_dctx* decompressor = nullptr;

    Contexts() = default;
    Contexts(const Contexts&) = delete;
    Contexts& operator=(const Contexts&) = delete;
    ~Contexts() {
        LZ4F_freeCompressionContext(compressor);
        LZ4F_freeDecompressionContext(decompressor);
    }
};

Lz4Codec::Lz4Codec() : m_contexts(std::make_unique<Contexts>()) {}
Lz4Codec::~Lz4Codec() = default;

void Lz4Codec::compress(CompressionLevel level, ByteView plain, Bytes& out) {
    LZ4F_cctx*& context = m_contexts->compressor;
    if (context == nullptr) {
        WEIR_ASSERT(!LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION)));
    }
    const LZ4F_preferences_t preferences = preferencesFor(level);
    const std::size_t start = out.size();
    out.resize(start + LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(plain.size(), &preferences));
    std::size_t at = start;
    const auto add = [&](std::size_t written) {
        WEIR_ASSERT(!LZ4F_isError(written));
        at += written;
    };
    add(LZ4F_compressBegin(context, out.data() + at, out.size() - at, &preferences));
    add(LZ4F_compressUpdate(context, out.data() + at, out.size() - at, plain.data(), plain.size(), nullptr));
    add(LZ4F_compressEnd(context, out.data() + at, out.size() - at, nullptr));
    out.resize(at);
}

Decompressed Lz4Codec::decompress(ByteView packed, Bytes& scratch, std::size_t limit) {
    LZ4F_dctx*& context = m_contexts->decompressor;
    if (context == nullptr) {
        WEIR_ASSERT(!LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)));
    }
    LZ4F_resetDecompressionContext(context);
    const std::size_t room = limit + 1;
    reserveScratch(scratch, packed.size() * kUsualLz4Ratio, room);
    std::size_t produced = 0;
    while (!packed.empty()) {
        if (produced == scratch.size()) {
            growScratch(scratch, room);  // `produced` is at most the limit here, which is less than the room
        }
        std::size_t written = std::min(scratch.size(), room) - produced;
        std::size_t read = packed.size();
        const std::size_t hint =
            LZ4F_decompress(context, scratch.data() + produced, &written, packed.data(), &read, nullptr);
        if (LZ4F_isError(hint)) {
            return malformed("lz4: broken frame");
        }
        produced += written;
        packed = packed.subspan(read);
        if (produced > limit) {
            return tooLarge();
        }
        if (hint == 0) {
            // Kafka's readers stop after one frame: what follows would be seen by some and not by others.
            if (!packed.empty()) {
                return malformed("lz4: bytes after the frame");
            }
            return ByteView(scratch).first(produced);
        }
        if (read == 0 && written == 0) {
            return malformed("lz4: frame makes no progress");
        }
    }
    return malformed("lz4: frame is cut short");
}

}  // namespace weir::records
