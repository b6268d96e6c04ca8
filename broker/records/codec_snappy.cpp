// SPDX-License-Identifier: GPL-3.0-or-later
#include <snappy.h>

#include <array>

#include "broker/base/assert.h"
#include "broker/records/codecs.h"

namespace weir::records {

namespace {

constexpr std::array<std::byte, 8> kXerialMagic = {std::byte{0x82}, std::byte{'S'}, std::byte{'N'}, std::byte{'A'},
                                                   std::byte{'P'},  std::byte{'P'}, std::byte{'Y'}, std::byte{0}};
constexpr std::size_t kXerialHeaderSize = 16;
constexpr std::int32_t kXerialVersion = 1;
constexpr std::size_t kXerialBlock = std::size_t{32} * 1024;
/// A copy of 64 bytes takes at least 3, so a block that claims more than 22 times its size is lying.
constexpr std::size_t kBestSnappyRatio = 22;

const char* chars(ByteView bytes) {
    return reinterpret_cast<const char*>(bytes.data());
}

/// Appends one raw block to what stands in `scratch` already.
std::optional<Failure<CodecError>> decodeBlock(ByteView block, Bytes& scratch, std::size_t& produced,
                                               std::size_t limit) {
    std::size_t claimed = 0;
    if (!snappy::GetUncompressedLength(chars(block), block.size(), &claimed)) {
        return malformed("snappy: block without a length");
    }
    if (claimed > block.size() * kBestSnappyRatio) {
        return malformed("snappy: block claims an impossible size");
    }
    if (claimed > limit - produced) {
        return tooLarge();
    }
    reserveScratch(scratch, produced + claimed, limit);
    if (!snappy::RawUncompress(chars(block), block.size(), reinterpret_cast<char*>(scratch.data() + produced))) {
        return malformed("snappy: broken block");
    }
    produced += claimed;
    return std::nullopt;
}

bool isXerial(ByteView packed) {
    return packed.size() >= kXerialHeaderSize && std::equal(kXerialMagic.begin(), kXerialMagic.end(), packed.begin());
}

}  // namespace

void SnappyCodec::compress(ByteView plain, Bytes& out) {
    const std::size_t start = out.size();
    const std::size_t blocks = (plain.size() + kXerialBlock - 1) / kXerialBlock;
    out.resize(start + kXerialHeaderSize + blocks * (4 + snappy::MaxCompressedLength(kXerialBlock)));
    std::byte* to = out.data() + start;
    to = std::copy(kXerialMagic.begin(), kXerialMagic.end(), to);
    storeBigEndian(to, kXerialVersion);
    storeBigEndian(to + 4, kXerialVersion);
    to += 8;
    while (!plain.empty()) {
        const ByteView block = plain.first(std::min(plain.size(), kXerialBlock));
        std::size_t size = 0;
        snappy::RawCompress(chars(block), block.size(), reinterpret_cast<char*>(to + 4), &size);
        storeBigEndian(to, static_cast<std::int32_t>(size));
        to += 4 + size;
        plain = plain.subspan(block.size());
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
}

Decompressed SnappyCodec::decompress(ByteView packed, Bytes& scratch, std::size_t limit) {
    std::size_t produced = 0;
    if (!isXerial(packed)) {
        if (const auto failure = decodeBlock(packed, scratch, produced, limit)) {
            return *failure;
        }
        return ByteView(scratch).first(produced);
    }
    // Some writers store the two version numbers little-endian; no reader cares, so neither does Weir.
    ByteView left = packed.subspan(kXerialHeaderSize);
    while (!left.empty()) {
        if (left.size() < 4) {
            return malformed("snappy: xerial block is cut short");
        }
        const auto size = loadBigEndian<std::int32_t>(left.data());
        left = left.subspan(4);
        if (size < 0 || static_cast<std::size_t>(size) > left.size()) {
            return malformed("snappy: xerial block is cut short");
        }
        if (const auto failure = decodeBlock(left.first(static_cast<std::size_t>(size)), scratch, produced, limit)) {
            return *failure;
        }
        left = left.subspan(static_cast<std::size_t>(size));
    }
    return ByteView(scratch).first(produced);
}

}  // namespace weir::records
