// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <limits>

#include "broker/base/assert.h"
#include "broker/records/codecs.h"

namespace weir::records {

namespace {

constexpr int kGzipFraming = 16;  // added to the window bits: RFC 1952 around the deflate stream, nothing else accepted
constexpr int kWindowBits = 15;
constexpr int kMemoryLevel = 8;
/// Deflate cannot do better, so a trailer that claims more than this many times its input is lying.
constexpr std::size_t kBestGzipRatio = 1032;
constexpr std::size_t kTrailerSize = 4;

Bytef* zlibBytes(const std::byte* bytes) {
    return reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes));  // zlib only reads next_in
}

/// The last four bytes of gzip are the size before compression, little-endian: a hint, checked by decoding.
std::size_t claimedSize(ByteView packed) {
    if (packed.size() < kTrailerSize) {
        return 0;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < kTrailerSize; ++i) {
        size |= std::to_integer<std::size_t>(packed[packed.size() - kTrailerSize + i]) << (8 * i);
    }
    return std::min(size, packed.size() * kBestGzipRatio);
}

}  // namespace

struct GzipCodec::Streams {
    z_stream deflater{};
    z_stream inflater{};
    bool deflaterReady = false;
    bool inflaterReady = false;
    int level = 0;

    Streams() = default;
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() {
        if (deflaterReady) {
            deflateEnd(&deflater);
        }
        if (inflaterReady) {
            inflateEnd(&inflater);
        }
    }

    z_stream& freshDeflater(int wantedLevel) {
        if (deflaterReady && level != wantedLevel) {
            deflateEnd(&deflater);
            deflaterReady = false;
        }
        if (!deflaterReady) {
            const int made = deflateInit2(&deflater, wantedLevel, Z_DEFLATED, kWindowBits + kGzipFraming, kMemoryLevel,
                                          Z_DEFAULT_STRATEGY);
            WEIR_ASSERT(made == Z_OK);
            deflaterReady = true;
            level = wantedLevel;
        } else {
            WEIR_ASSERT(deflateReset(&deflater) == Z_OK);
        }
        return deflater;
    }
    z_stream& freshInflater() {
        if (!inflaterReady) {
            WEIR_ASSERT(inflateInit2(&inflater, kWindowBits + kGzipFraming) == Z_OK);
            inflaterReady = true;
        } else {
            WEIR_ASSERT(inflateReset(&inflater) == Z_OK);
        }
        return inflater;
    }
};

GzipCodec::GzipCodec() : m_streams(std::make_unique<Streams>()) {}
GzipCodec::~GzipCodec() = default;

void GzipCodec::compress(CompressionLevel level, ByteView plain, Bytes& out) {
    z_stream& stream = m_streams->freshDeflater(level ? std::clamp(*level, 1, 9) : Z_DEFAULT_COMPRESSION);
    const std::size_t start = out.size();
    const std::size_t bound = deflateBound(&stream, plain.size());
    out.resize(start + bound);
    stream.next_in = zlibBytes(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = zlibBytes(out.data() + start);
    stream.avail_out = static_cast<uInt>(bound);
    WEIR_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(start + bound - stream.avail_out);
}

Decompressed GzipCodec::decompress(ByteView packed, Bytes& scratch, std::size_t limit) {
    z_stream& stream = m_streams->freshInflater();
    // One byte beyond the limit tells "exactly at the limit" from "more".
    const std::size_t room = limit + 1;
    reserveScratch(scratch, claimedSize(packed) + 1, room);
    stream.next_in = zlibBytes(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    std::size_t produced = 0;
    for (;;) {
        if (produced == scratch.size()) {
            growScratch(scratch, room);  // `produced` is at most the limit here, which is less than the room
        }
        const std::size_t chunk =
            std::min<std::size_t>(std::min(scratch.size(), room) - produced, std::numeric_limits<uInt>::max());
        stream.next_out = zlibBytes(scratch.data() + produced);
        stream.avail_out = static_cast<uInt>(chunk);
        const int state = inflate(&stream, Z_NO_FLUSH);
        produced += chunk - stream.avail_out;
        if (produced > limit) {
            return tooLarge();
        }
        if (state == Z_STREAM_END) {
            if (stream.avail_in == 0) {
                return ByteView(scratch).first(produced);
            }
            // Java's GZIPInputStream reads the members that follow as one stream, so does Weir.
            WEIR_ASSERT(inflateReset(&stream) == Z_OK);
        } else if (state == Z_BUF_ERROR || (stream.avail_in == 0 && stream.avail_out != 0)) {
            return malformed("gzip: stream is cut short");
        } else if (state != Z_OK) {
            return malformed("gzip: broken stream");
        }
    }
}

}  // namespace weir::records
